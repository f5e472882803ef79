"""Events become timestamped lines, bursts are merged, repeated errors are printed at intervals."""

from __future__ import annotations

import asyncio
import time
from collections.abc import AsyncIterator

import pytest

from local_cloud.announcer import Announcer
from local_cloud.reporting.reports import FunctionRan, Problem, Report
from router.contract.log_events import VisitRecorded
from router.contract.log_line import encode

NOON = time.struct_time((2026, 11, 24, 12, 0, 0, 1, 328, 0))
ARRIVED = FunctionRan((encode(VisitRecorded("abcd"), "r"),), "")


async def stream(*reports: Report) -> AsyncIterator[Report]:
    for report in reports:
        yield report


def announced(*reports: Report, clock: float = 0.0) -> list[str]:
    said: list[str] = []
    announcer = Announcer(said.append, burst_seconds=0.01, wall_clock=lambda: NOON, clock=lambda: clock)
    asyncio.run(announcer.follow(stream(*reports)))
    return said


def test_a_line_has_its_time() -> None:
    assert announced(ARRIVED) == ["12:00:00  new visitor (count will follow)"]


def test_a_burst_is_one_line() -> None:
    assert announced(*[ARRIVED] * 20) == ["12:00:00  20 new visitors (count will follow)"]


def test_nothing_to_tell_is_nothing_said() -> None:
    assert announced(FunctionRan((), "")) == []


def test_the_same_error_is_reported_again_only_after_a_while() -> None:
    said: list[str] = []
    now = [0.0]
    announcer = Announcer(said.append, burst_seconds=0.0, wall_clock=lambda: NOON, clock=lambda: now[0])
    for moment in (0.0, 1.0, 5.0, 11.0):
        now[0] = moment
        asyncio.run(announcer.follow(stream(Problem("no space"))))
    assert said == ["12:00:00  error: no space"] * 2


def test_a_closed_terminal_raises_where_it_is_awaited() -> None:
    def gone(_: str) -> None:
        raise BrokenPipeError

    with pytest.raises(BrokenPipeError):
        asyncio.run(Announcer(gone, burst_seconds=0.0).follow(stream(ARRIVED)))
