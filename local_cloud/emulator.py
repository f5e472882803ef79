"""The emulator, seen from the process that starts it: where it is, what it reports, when it ended, how to stop it."""

from __future__ import annotations

import asyncio
import json
import os
import signal
import socket
import sys
from asyncio.subprocess import PIPE, Process
from collections.abc import AsyncIterator
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

from errors import LocalCloudError, OutputError
from local_cloud import environment
from local_cloud.access import Access, new_key
from local_cloud.ministack.environment import of_the_emulator
from local_cloud.reporting.inbox import Inbox
from local_cloud.reporting.reports import Report
from local_cloud.visits.state import PRIVATE_UMASK, State

PROJECT = Path(__file__).resolve().parent.parent

_LONGEST_REPORT = 16 * 1024 * 1024
_PATIENCE_SECONDS = 10.0
_SHOWN_LINES = 3
_READ_FROM_THE_END = 64 * 1024


@dataclass(frozen=True)
class Emulator:
    access: Access
    state: State
    process: Process
    inbox: Inbox

    @property
    def log(self) -> Path:
        return self.state.log

    def reports(self) -> AsyncIterator[Report]:
        """Until it ends."""
        return self.inbox.reports()

    async def keep(self, table: str) -> None:
        """Returns when the visits of before are back in `table` and every write to it is kept from now on.

        Raises OutputError when they cannot be.
        """
        assert self.process.stdin is not None  # noqa: S101 - a pipe, see start()
        self.process.stdin.write(json.dumps({"table": table}).encode() + b"\n")
        with suppress(ConnectionError):  # its end is noticed by those who watch for it
            await self.process.stdin.drain()
        answer = await self.inbox.keeping()
        if answer is not None and answer.problem:
            raise OutputError(
                str(self.state.visits),
                f"the visits cannot be saved: {answer.problem}",
                "free some space, or pass --state with another folder; those of before are still there",
            )

    async def watch(self) -> None:
        """Waits for its end, which is always too early while somebody waits. Raises LocalCloudError."""
        code = await self.process.wait()
        _end_group(self.process.pid)
        cause = f"signal {-code}" if code < 0 else f"exit code {code}"
        raise LocalCloudError(
            "the emulator of AWS",
            "\n  ".join([f"ended by itself ({cause}); the last of its log:", *last_lines(self.log)]),
            f"read {self.log}, then run the command again: the visits are kept",
        )

    async def stop(self) -> None:
        """Have it end, and wait for that. What was acknowledged is in the journal, however it ends."""
        assert self.process.stdin is not None  # noqa: S101 - a pipe, see start()
        self.process.stdin.close()
        with suppress(TimeoutError):
            async with asyncio.timeout(_PATIENCE_SECONDS):
                await self.process.wait()
        _end_group(self.process.pid)
        await self.process.wait()
        await self.inbox.close()


async def start(state: State, region: str) -> Emulator:
    """Started, not yet answering: whoever connects waits in the queue of its socket until it does.

    Raises LocalCloudError when it cannot be started.
    """
    with socket.create_server((environment.LOOPBACK, 0), backlog=1024) as listening, state.log.open("ab") as log:
        port: int = listening.getsockname()[1]
        access = Access(f"http://{environment.LOOPBACK}:{port}", new_key())
        own = of_the_emulator(os.environ, port=port, region=region, key=access.key, temporary=state.temporary)
        try:
            process = await asyncio.create_subprocess_exec(
                *(sys.executable, "-m", "local_cloud.ministack.process", str(listening.fileno()), str(state.folder)),
                cwd=PROJECT,
                env=own,
                umask=PRIVATE_UMASK,
                stdin=PIPE,
                stdout=PIPE,
                stderr=log,
                limit=_LONGEST_REPORT,
                pass_fds=(listening.fileno(), state.lock),
                # A session of its own, so that the terminal's Ctrl-C reaches only this process, which then ends it.
                start_new_session=True,
            )
        except OSError as exc:
            raise LocalCloudError("the emulator of AWS", f"cannot be started: {exc}", "run the command again") from exc
    assert process.stdout is not None  # noqa: S101 - a pipe, see above
    return Emulator(access, state, process, Inbox(process.stdout))


def last_lines(log: Path) -> list[str]:
    """The last errors in the log; its last lines, where it names none."""
    with log.open("rb") as file:
        file.seek(max(0, log.stat().st_size - _READ_FROM_THE_END))
        lines = [line for line in file.read().decode("utf-8", errors="replace").splitlines() if line.strip()]
    errors = [line for line in lines if "Error" in line or " ERROR " in line or " CRITICAL " in line]
    return [line.strip() for line in (errors or lines)[-_SHOWN_LINES:]] or ["(nothing)"]


def _end_group(process_group: int) -> None:
    """Its workers end by themselves once it is gone, unless one is busy; they are in its group, and nobody else is."""
    with suppress(ProcessLookupError, PermissionError):
        os.killpg(process_group, signal.SIGKILL)
