"""`build.py local`, from the first check to the last saved visit.

1. Take the port, before anything is started: in use, it says so and names a free one.
2. Open the state folder and lock it; read the visits that a run before has left there, or set them aside (`--fresh`).
3. Start the emulator as a child process on a free loopback port. It ends when this process ends, in whatever way.
4. Deploy to it, with the code that deploys to AWS.
5. Have the emulator's process put the visits back into their table, and keep each from here on before it is
   acknowledged.
6. Open the edge on the port, ask it for the page, and say `Ready: http://localhost:8080`.
7. Print what happens, and republish what is edited, until Ctrl-C, SIGTERM or the emulator's own end.
8. Close the pages' sockets, have the emulator end, fold its journal into the file of visits, unlock.

Steps 1 and 2 take milliseconds; the emulator boots while this process loads what it deploys with.

Exit code: 0 when it is stopped after step 6, since then it did what it was asked for; 130 (Ctrl-C) or 143 (SIGTERM)
when it is stopped earlier. What fails is raised as a ProjectError, the visits that cannot be saved at the end included.
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
    """The exit code. say: prints one line. Raises ProjectError."""
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
    except KeyboardInterrupt:  # in the moments in which asyncio does not have the signals yet, or no longer
        return 128 + signal.SIGINT


def _kept_rows(opened: State, *, fresh: bool, say: Callable[[str], None]) -> list[Row]:
    if fresh:
        aside = kept.set_aside(opened.visits)
        if aside is not None:
            say(f"Beginning with no visits; those of before are in {aside}")
    return kept.read(opened.visits)


def log_to(log: Path) -> None:
    """What libraries in this process log goes where the emulator's log lines are, not to the terminal."""
    logging.raiseExceptions = False  # on a full disk, the terminal has better things to say
    handler = logging.FileHandler(log, encoding="utf-8")
    handler.setFormatter(logging.Formatter("%(asctime)s %(levelname)s [%(name)s, edge] %(message)s"))
    handler.setLevel(logging.WARNING)
    logging.getLogger().addHandler(handler)


async def _until_stopped(session: Session) -> int:
    stop = asyncio.Event()
    with signals(stop.set, lambda: session.say("Still saving the visits; a moment")) as received:
        await session.serve(stop)
        if session.ready:
            kept.fold(session.state.visits)
    session.say(f"Stopped; the visits are in {session.state.visits}" if session.ready else "Stopped")
    return 0 if session.ready else 128 + received[0]


@contextmanager
def signals(first: Callable[[], object], further: Callable[[], object]) -> Iterator[list[int]]:
    """Calls `first` at the first SIGINT or SIGTERM, and `further` at each one after it. The signals received so far."""
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
        # Whoever presses Ctrl-C once more must not interrupt what is left, which takes milliseconds.
        for number in _SIGNALS:
            loop.remove_signal_handler(number)
