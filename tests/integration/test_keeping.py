"""No acknowledged visit is lost, by a kill of all processes or a full disk; and the messages about it are true."""

from __future__ import annotations

import asyncio
import json
import os
import resource
import signal
import sys
from contextlib import suppress
from pathlib import Path

import aiohttp
import pytest

from local_cloud.visits import kept
from local_cloud.visits.rows import count_of
from tests.integration.sockets import BROWSER, Reader, with_readers
from tests.local_system import LocalSystem, wait_until

pytestmark = [
    pytest.mark.cloud,
    pytest.mark.skipif(sys.platform != "linux", reason="finds processes by /proc, and limits them by prlimit"),
]

BEFORE, ARRIVING, ENOUGH = 20_000, 120, 40
LATE = 100
"""The number of visits beyond what can be saved."""


def with_visits(project: Path, number: int) -> Path:
    """Return the state of a count that has been running for a while."""
    visits = project / "output/local/visits.json"
    visits.parent.mkdir(parents=True)
    rows = [{"id": {"S": f"visit#before-{one:06}"}, "arrivedAt": {"N": "1"}} for one in range(number)]
    rows.append({"id": {"S": "visitorCount"}, "currentCount": {"N": str(number)}})
    visits.write_text(json.dumps({"version": 1, "rows": rows}))
    return visits


async def arrive(system: LocalSystem, number: int, acknowledged: list[str], enough: asyncio.Event, wanted: int) -> None:
    """Let visits connect, accepted or not; `enough` is set once as many as wanted are accepted."""

    async def one(session: aiohttp.ClientSession, visit: str) -> None:
        with suppress(aiohttp.ClientError, OSError):
            await session.ws_connect(f"{system.socket_url}?visit={visit}", headers=BROWSER)
            acknowledged.append(visit)
            if len(acknowledged) >= wanted:
                enough.set()

    async with aiohttp.ClientSession(connector=aiohttp.TCPConnector(limit=0)) as session:
        await asyncio.gather(*(one(session, f"arriving-{visit:04}") for visit in range(number)))
    enough.set()


def kill_everything(system: LocalSystem) -> None:
    for pid in system.processes():
        with suppress(ProcessLookupError):
            os.kill(pid, signal.SIGKILL)


def kept_visits(visits: Path) -> set[str]:
    return {row["id"]["S"].removeprefix("visit#") for row in kept.read(visits)}


def test_a_kill_of_everything_at_once_loses_no_acknowledged_visit(project: Path) -> None:
    visits = with_visits(project, BEFORE)
    system = LocalSystem(project).ready()
    acknowledged: list[str] = []

    async def until_killed() -> None:
        enough = asyncio.Event()
        arriving = asyncio.create_task(arrive(system, ARRIVING, acknowledged, enough, ENOUGH))
        await enough.wait()
        kill_everything(system)
        await arriving

    asyncio.run(until_killed())
    system.end(signal.SIGKILL)
    wait_until(lambda: not system.processes(), "all are gone")
    assert len(acknowledged) >= ENOUGH
    assert set(acknowledged) <= kept_visits(visits)

    wanted = BEFORE + sum(visit.startswith("arriving-") for visit in kept_visits(visits))

    async def all_are_counted(readers: list[Reader]) -> None:
        if await readers[0].hello() != wanted:  # the last of them are still being counted
            await readers[0].until_count(wanted)

    again = LocalSystem(project).ready()
    try:
        with_readers(again.socket_url, [acknowledged[0]], all_are_counted)
    finally:
        assert again.end() in (0, 130)
    assert count_of(kept.read(visits)) == wanted


def limit_files(system: LocalSystem, size: int) -> None:
    """Limit every file of the run to `size` bytes: this simulates a full disk without root."""
    for pid in system.processes():
        with suppress(ProcessLookupError):
            resource.prlimit(pid, resource.RLIMIT_FSIZE, (size, resource.RLIM_INFINITY))


def test_on_a_full_disk_nothing_is_acknowledged_that_is_lost_and_the_end_says_so(project: Path) -> None:
    visits = with_visits(project, 50)
    system = LocalSystem(project).ready()
    acknowledged: list[str] = []
    asyncio.run(arrive(system, 10, acknowledged, asyncio.Event(), 10))
    assert len(acknowledged) == 10
    limit_files(system, 4096)  # less than the file that is there, so nothing can be folded into it at the end
    asyncio.run(arrive(system, LATE, acknowledged, asyncio.Event(), LATE))
    system.wait_for("cannot be saved")
    assert set(acknowledged) <= kept_visits(visits)
    assert len(set(acknowledged)) < LATE, "what could not be kept was not acknowledged"
    code = system.end(signal.SIGTERM)
    assert code == 1, system.output
    assert "Traceback" not in system.output
    assert "the visits are in" not in system.output
    *_, error, step = system.lines
    assert error.startswith("error: ")
    assert "visits.json" in error
    assert "No visit is lost" in error
    assert "next: free some space" in step
    assert set(acknowledged) <= kept_visits(visits)

    again = LocalSystem(project).ready()  # there is space again
    assert again.end(signal.SIGTERM) == 0
    assert again.lines[-1] == f"Stopped; the visits are in {visits}"
    assert [file.name for file in visits.parent.glob("*.journal")] == []
    assert set(acknowledged) <= kept_visits(visits)


@pytest.mark.parametrize(
    "content",
    ["[" * 100_000, '{"version": 2, "journal": 1, "rows": [{"id": {"S": "visit#\\ud800"}}]}'],
    ids=["100,000 brackets", "a lone surrogate"],
)
def test_damaged_visits_are_one_clear_error_before_anything_is_started(project: Path, content: str) -> None:
    visits = project / "output/local/visits.json"
    visits.parent.mkdir(parents=True)
    visits.write_text(content)
    system = LocalSystem(project)
    assert system.process.wait(60) == 1
    system.end()
    assert system.lines[0].startswith(f"error: {visits}: the saved visits cannot be read")
    assert "--fresh" in system.lines[-1]
    assert len(system.lines) == 2
    assert visits.read_text() == content
