"""A crowd that arrives and leaves at once: all are accepted, none is lost, and none costs a thread."""

from __future__ import annotations

import asyncio
import sys
from pathlib import Path

import pytest

from tests.integration.sockets import Reader, with_readers
from tests.local_system import LocalSystem, wait_until

pytestmark = [pytest.mark.cloud, pytest.mark.skipif(sys.platform != "linux", reason="counts threads by /proc")]

CROWD, THREADS_AT_MOST = 250, 60


def threads(pid: int) -> int:
    return len(list(Path(f"/proc/{pid}/task").iterdir()))


def test_a_crowd_that_leaves_at_once_does_not_become_as_many_threads(project: Path) -> None:
    system = LocalSystem(project).ready()
    emulator = system.emulator()
    most = 0

    async def watch() -> None:
        nonlocal most
        while True:
            most = max(most, threads(emulator))
            await asyncio.sleep(0.01)

    async def come_and_leave(readers: list[Reader]) -> None:
        for reader in readers:
            await reader.until_count(CROWD)
        watching = asyncio.create_task(watch())
        await asyncio.gather(*(reader.socket.close() for reader in readers[1:]))
        # Their $disconnect come before this message in the emulator's queue, so it is answered last.
        assert await readers[0].hello() == CROWD
        watching.cancel()

    try:
        with_readers(system.socket_url, [f"visitor-{number:04}" for number in range(CROWD)], come_and_leave)
        wait_until(lambda: threads(emulator) < THREADS_AT_MOST, "few threads are left")
    finally:
        assert system.end() in (0, 130)
    assert 0 < most < THREADS_AT_MOST
