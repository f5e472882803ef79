"""`build.py chaos`, from the first check to the verdict.

1. Open a port and a state folder of its own, both temporary: the user's count and output do not change.
2. Start an embedded cloud (cloud.py) with the real template, and a faulty network between the router and AWS.
3. Play the rounds (rounds.py), each with a fault from the table (faults.py), and print a row for each. In all of them a
   part of the visits is counted when they connect, and the others by the stream.
4. Drop all connections without notifying the router, and let the sweep remove them.
5. Print the verdict, with the seed. Exit code: 0 if all was right, 1 if not; the emulator's log is then kept.

The seed determines the faults, the visitors' actions, and how often the network fails. Processes run concurrently, so
their order depends on the machine; a defect that needs a certain order may take several runs with the same seed.
"""

from __future__ import annotations

import asyncio
import random
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import AsyncExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path

from console import Say
from local_cloud import environment, ports
from local_cloud.chaos import table
from local_cloud.chaos.cloud import Cloud
from local_cloud.chaos.crowd import Crowd
from local_cloud.chaos.faults import FAULTS, System
from local_cloud.chaos.network import FaultyProxy
from local_cloud.chaos.options import Options, check, sequence
from local_cloud.chaos.rounds import Rounds
from local_cloud.descriptors import allow_many
from local_cloud.run import log_to, signals
from local_cloud.visits import state
from settings import load

_CONTENTION = 0.1
"""After a conflict, a process of the router leaves visits to the stream for a while."""


def run(options: Options, say: Say) -> int:
    """Run the faults and return the exit code. say: prints one line. Raises ProjectError."""
    check(options, tuple(FAULTS))
    settings = load(options.settings_path)
    environment.shield_this_process()
    allow_many()
    with (
        _folder() as folder,
        ports.reserved(0) as sockets,
        state.opened(folder.path / "state") as opened,
    ):
        log_to(opened.log)
        network = FaultyProxy("", random.Random(f"{options.seed}/network"))  # noqa: S311 - not for cryptography
        network.contention = _CONTENTION
        cloud = Cloud(settings, opened, folder.path / "output", sockets, network)
        code = asyncio.run(_until_stopped(cloud, options, say))
        if code == 1:
            folder.kept = True
            say(f"The emulator's log and the visits are kept in {folder.path}")
    say(_verdict(code, options))
    return code


@dataclass
class _Folder:
    path: Path
    kept: bool = False


@contextmanager
def _folder() -> Iterator[_Folder]:
    folder = _Folder(Path(tempfile.mkdtemp(prefix="chaos-")))
    try:
        yield folder
    finally:
        if not folder.kept:
            shutil.rmtree(folder.path, ignore_errors=True)


def _verdict(code: int, options: Options) -> str:
    if code == 0:
        return f"All right, every time (seed {options.seed})"
    if code == 1:
        return f"NOT RIGHT (seed {options.seed}); to repeat it: {options.again()}"
    return f"Stopped before the end (seed {options.seed})"


async def _until_stopped(cloud: Cloud, options: Options, say: Say) -> int:
    """Run until the end or the first signal, which stops it and everything it started; further signals are ignored."""
    playing = asyncio.create_task(_play(cloud, options, say))
    with signals(playing.cancel, lambda: None) as received:
        try:
            return 0 if await playing else 1
        except asyncio.CancelledError:
            return 128 + received[0]


async def _play(cloud: Cloud, options: Options, say: Say) -> bool:
    """Play the rounds up to the first failed one. Return True if all were right."""
    async with AsyncExitStack() as stack:
        await stack.enter_async_context(cloud.network.serving())
        stack.push_async_callback(cloud.stop)
        say(f"Starting a separate embedded cloud; seed {options.seed}")
        await cloud.start()
        crowd = await stack.enter_async_context(Crowd(cloud.socket_url))
        rounds = Rounds(System(cloud, crowd), options.seed, options.visitors)
        for line in table.head():
            say(line)
        for number, fault in enumerate(sequence(options, tuple(FAULTS)), 1):
            if not _said(await rounds.play(number, fault), say):
                return False
        return _said(await rounds.end(), say)


def _said(row: table.Row, say: Say) -> bool:
    for line in row.lines():
        say(line)
    return row.right
