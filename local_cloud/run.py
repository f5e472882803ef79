"""`build.py local`, from the first check to the last saved visit.

1. Open the port, before anything is started; if it is in use, report it and name a free one.
2. Open and lock the state folder; read the visits that an earlier run saved there, or set them aside (`--fresh`).
3. Start the emulator as a child process on a free loopback port. It ends whenever this process ends, for any reason.
4. Deploy to it, with the code that deploys to AWS.
5. Let the emulator's process restore the visits to their table, and persist each write from then on before it is
   acknowledged.
6. Open the edge on the port, request the page, and print `Ready: http://localhost:8080`.
7. Print events, and republish edited files, until Ctrl-C, SIGTERM or the end of the emulator.
8. Close the pages' WebSockets, stop the emulator, fold its journal into the file of visits, unlock.

Steps 1 and 2 take milliseconds; the emulator boots while this process imports the deployment code.

Exit code: 0 when stopped after step 6, because it has done its job; 130 (Ctrl-C) or 143 (SIGTERM) when stopped earlier.
Failures are raised as a ProjectError, including visits that cannot be saved at the end.
"""

from __future__ import annotations

import asyncio
import logging
import os
import signal
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

from local_cloud import environment, ports
from local_cloud.descriptors import allow_many
from local_cloud.options import Options
from local_cloud.session import Session
from local_cloud.visits import kept, state
from local_cloud.visits.rows import Row
from local_cloud.visits.state import State
from settings import load

_SIGNALS = (signal.SIGINT, signal.SIGTERM)


def run(options: Options, say: Callable[[str], None]) -> int:
    """Run the embedded cloud and return the exit code. say: prints one line. Raises ProjectError."""
    settings = load(options.settings_path)
    user_environment = dict(os.environ)
    environment.shield_this_process()
    allow_many()
    try:
        with ports.reserved(options.port) as sockets, state.opened(options.state_folder) as opened:
            rows = _kept_rows(opened, fresh=options.fresh, say=say)
            log_to(opened.log)
            say(f"Starting the embedded cloud; its log is {opened.log}")
            session = Session(options, settings, opened, rows, sockets, user_environment, say)
            return asyncio.run(_until_stopped(session))
    except KeyboardInterrupt:  # before asyncio handles the signals, or after
        return 128 + signal.SIGINT


def _kept_rows(opened: State, *, fresh: bool, say: Callable[[str], None]) -> list[Row]:
    if fresh:
        aside = kept.set_aside(opened.visits)
        if aside is not None:
            say(f"Starting with no visits; the earlier ones are in {aside}")
    return kept.read(opened.visits)


def log_to(log: Path) -> None:
    """Write this process's library logs to the emulator's log instead of the terminal."""
    logging.raiseExceptions = False  # on a full disk, logging would flood the terminal with tracebacks
    handler = logging.FileHandler(log, encoding="utf-8")
    handler.setFormatter(logging.Formatter("%(asctime)s %(levelname)s [%(name)s, edge] %(message)s"))
    handler.setLevel(logging.WARNING)
    logging.getLogger().addHandler(handler)


async def _until_stopped(session: Session) -> int:
    stop = asyncio.Event()
    with signals(stop.set, lambda: session.say("Still saving the visits, please wait")) as received:
        await session.serve(stop)
        if session.ready:
            kept.fold(session.state.visits)
    session.say(f"Stopped; the visits are in {session.state.visits}" if session.ready else "Stopped")
    return 0 if session.ready else 128 + received[0]


@contextmanager
def signals(first: Callable[[], object], further: Callable[[], object]) -> Iterator[list[int]]:
    """Call `first` at the first SIGINT or SIGTERM, and `further` at each later one. Return the signals received so
    far."""
    loop = asyncio.get_running_loop()
    received: list[int] = []

    def note(number: int) -> None:
        received.append(number)
        (first if len(received) == 1 else further)()

    for number in _SIGNALS:
        loop.add_signal_handler(number, note, number)
    try:
        yield received
    finally:
        # A further Ctrl-C must not interrupt the remaining work, which takes milliseconds.
        for number in _SIGNALS:
            loop.remove_signal_handler(number)
