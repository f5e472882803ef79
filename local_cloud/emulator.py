"""The emulator's process, from the side that starts it: its address, its reports, its end, and stopping it.

The import of `EMULATOR` chooses the emulator."""

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
from local_cloud.ministack.description import EMULATOR
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
    """A running emulator."""

    access: Access
    state: State
    process: Process
    inbox: Inbox

    @property
    def log(self) -> Path:
        """Return the path of the emulator's log."""
        return self.state.log

    def reports(self) -> AsyncIterator[Report]:
        """Return the reports until the process ends."""
        return self.inbox.reports()

    async def keep(self, table: str) -> None:
        """Restore the visits to `table`; return once that is done and every further write is persisted.

        Raises OutputError when they cannot be saved.
        """
        assert self.process.stdin is not None  # noqa: S101 - a pipe, see start()
        self.process.stdin.write(json.dumps({"table": table}).encode() + b"\n")
        with suppress(ConnectionError):  # `watch` reports that it has ended
            await self.process.stdin.drain()
        answer = await self.inbox.keeping()
        if answer is not None and answer.problem:
            raise OutputError(
                str(self.state.visits),
                f"the visits cannot be saved: {answer.problem}",
                "free some space, or pass --state with another folder; the earlier visits are not lost",
            )

    async def watch(self) -> None:
        """Wait for the process to end, which is always unexpected while this runs. Raises LocalCloudError."""
        code = await self.process.wait()
        _end_group(self.process.pid)
        cause = f"signal {-code}" if code < 0 else f"exit code {code}"
        raise LocalCloudError(
            "the emulator of AWS",
            "\n  ".join([f"ended unexpectedly ({cause}); the end of its log:", *last_lines(self.log)]),
            f"read {self.log}, then run the command again: the visits are saved",
        )

    async def stop(self) -> None:
        """Ask the process to end, and wait for it. Acknowledged visits are in the journal, however it ends."""
        assert self.process.stdin is not None  # noqa: S101 - a pipe, see start()
        self.process.stdin.close()
        with suppress(TimeoutError):
            async with asyncio.timeout(_PATIENCE_SECONDS):
                await self.process.wait()
        _end_group(self.process.pid)
        await self.process.wait()
        await self.inbox.close()


async def start(state: State, region: str) -> Emulator:
    """Start the emulator. It does not respond yet: connections wait in its socket's queue until it does.

    Raises LocalCloudError when it cannot be started.
    """
    with socket.create_server((environment.LOOPBACK, 0), backlog=1024) as listening, state.log.open("ab") as log:
        port: int = listening.getsockname()[1]
        access = Access(f"http://{environment.LOOPBACK}:{port}", new_key())
        own = EMULATOR.environment(os.environ, port=port, region=region, key=access.key, temporary=state.temporary)
        try:
            process = await asyncio.create_subprocess_exec(
                *(sys.executable, "-m", EMULATOR.module, str(listening.fileno()), str(state.folder)),
                cwd=PROJECT,
                env=own,
                umask=PRIVATE_UMASK,
                stdin=PIPE,
                stdout=PIPE,
                stderr=log,
                limit=_LONGEST_REPORT,
                pass_fds=(listening.fileno(), state.lock),
                # A session of its own, so that the terminal's Ctrl-C reaches only this process, which then stops it.
                start_new_session=True,
            )
        except OSError as exc:
            raise LocalCloudError("the emulator of AWS", f"cannot be started: {exc}", "run the command again") from exc
    assert process.stdout is not None  # noqa: S101 - a pipe, see above
    return Emulator(access, state, process, Inbox(process.stdout))


def last_lines(log: Path) -> list[str]:
    """Return the last errors in the log, or its last lines if there are no errors."""
    with log.open("rb") as file:
        file.seek(max(0, log.stat().st_size - _READ_FROM_THE_END))
        lines = [line for line in file.read().decode("utf-8", errors="replace").splitlines() if line.strip()]
    errors = [line for line in lines if "Error" in line or " ERROR " in line or " CRITICAL " in line]
    return [line.strip() for line in (errors or lines)[-_SHOWN_LINES:]] or ["(nothing)"]


def _end_group(process_group: int) -> None:
    """Kill the process group. Idle workers exit with the emulator, busy ones do not; nothing else is in the group."""
    with suppress(ProcessLookupError, PermissionError):
        os.killpg(process_group, signal.SIGKILL)
