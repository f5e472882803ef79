"""One broadcast runs at a time: the posts keep their rate, and no page receives an older number after a newer one."""

from __future__ import annotations

from collections.abc import Callable
from itertools import pairwise
from typing import Any

import pytest

from router.contract import ticks
from router.contract.log_values import Outcome
from tests.router.fake_dynamodb import VISITS
from tests.router.faults import Fault, FaultyClient
from tests.router.rig import Rig, disconnect_event

PAGES = 1_001


def records(rig: Rig, word: str) -> dict[str, Any]:
    return {"Records": [one for one in rig.table.stream if word in str(one["dynamodb"]["Keys"])]}


def at_post(rig: Rig, number: int, act: Callable[[], None]) -> None:
    def on_post() -> None:
        if rig.transport.tries == number:
            act()

    rig.transport.on_post = on_post


@pytest.fixture
def rig() -> Rig:
    """A visit has been counted; its broadcast goes to 1,001 pages."""
    made = Rig()
    made.table.page = 1_000
    for number in range(PAGES - 1):
        made.store.connections.add(f"page-{number:04}", int(made.clock.now) - 3_600)
    made.connect("first", "visit-one")
    made.send(records(made, "visit#"))
    return made


def test_a_departure_and_a_tick_during_a_broadcast_begin_no_other(rig: Rig) -> None:
    def meanwhile() -> None:
        rig.connect("second", "visit-two")
        rig.send(records(rig, "visit#"))
        rig.send(disconnect_event("page-0000"))
        rig.send(records(rig, "presence"))
        rig.send(dict(ticks.EVENT))

    at_post(rig, 500, meanwhile)
    rig.send(rig.count_event())
    assert rig.transport.tries == PAGES
    rig.send(rig.count_event())
    rig.send(dict(ticks.EVENT))
    assert rig.transport.tries <= 2 * PAGES
    assert rig.transport.received["page-0500"][-1] == {"count": 2, "online": PAGES}
    counts = [[message["count"] for message in got] for got in rig.transport.received.values()]
    assert all(earlier <= later for got in counts for earlier, later in pairwise(got))
    assert (rig.store.broadcasts.totals().announced, rig.store.broadcasts.totals().changes_told) == (2, 1)


def begin(rig: Rig, until: int, age: float = 0) -> None:
    """Begin a broadcast whose function is ended by Lambda."""
    rig.store.broadcasts.record(PAGES, 0, 0, None)
    before = rig.store.broadcasts.totals()
    assert rig.store.broadcasts.begin(before, round((rig.clock.now - age) * 1000), int(rig.clock.now) + until)


def test_a_count_waits_for_the_end_of_another_broadcast(rig: Rig) -> None:
    begin(rig, 2)
    rig.send(rig.count_event())
    assert rig.clock.now >= rig.clock.started + 2
    assert rig.transport.tries == PAGES


@pytest.mark.parametrize(("age", "most"), [(0, 5), (30, 0)])
def test_a_broadcast_that_crashed_is_left_to_the_tick(rig: Rig, age: float, most: float) -> None:
    """It holds the time of its latest end. An invocation waits for the interval only, or not at all."""
    rig.clock.timeout = 60
    begin(rig, 57, age)
    assert rig.send(rig.count_event()) == {"batchItemFailures": []}
    assert (rig.transport.tries, rig.logged("broadcast_failed")) == (0, [])
    assert rig.clock.now - rig.clock.started <= most
    rig.send(dict(ticks.EVENT))
    assert rig.transport.tries == 0, "it may be running"
    rig.clock.now += 60
    rig.send(dict(ticks.EVENT))
    assert rig.transport.tries == PAGES


def test_a_count_that_has_been_told_meanwhile_is_not_told_again(rig: Rig) -> None:
    begin(rig, 30)
    sleep = rig.clock.sleep

    def end(seconds: float) -> None:
        sleep(seconds)
        totals = rig.store.broadcasts.totals()
        rig.store.broadcasts.record(PAGES, 0, int(rig.clock.now), totals, a_round=totals.begun_at)

    rig.clock.sleep = end  # type: ignore[method-assign]
    rig.send(rig.count_event())
    assert (rig.transport.tries, len(rig.logged("broadcast_unneeded"))) == (0, 1)


def test_two_that_begin_together_are_one(rig: Rig) -> None:
    def other() -> None:
        rig.send(rig.count_event())

    rig.client = FaultyClient(rig.table, [Fault.NONE, Fault.MEANWHILE], other)
    rig.send(rig.count_event())
    assert rig.transport.tries == PAGES


@pytest.mark.parametrize("requests_before", range(2, 5))
def test_a_broadcast_that_fails_is_not_in_the_way_of_the_next(rig: Rig, requests_before: int) -> None:
    rig.client = FaultyClient(rig.table, [*[Fault.NONE] * requests_before, Fault.THROTTLED])
    rig.send(rig.count_event())
    rig.client, started = None, rig.clock.now
    rig.send(rig.count_event())
    assert rig.clock.now - started < 1
    assert rig.table.rows[VISITS]["online"]["announced"] == {"N": "1"}


@pytest.mark.parametrize("requests_before", [4, 8])
def test_a_broadcast_that_fails_is_repeated_by_the_tick(rig: Rig, requests_before: int) -> None:
    rig.client = FaultyClient(rig.table, [*[Fault.NONE] * requests_before, Fault.THROTTLED])
    rig.send(rig.count_event())
    rig.client = None
    assert rig.logged("broadcast_failed")
    assert rig.send(dict(ticks.EVENT)) == {"told": False}
    assert rig.store.broadcasts.totals().is_announced


def test_a_transport_that_fails_is_not_in_the_way_of_the_next(rig: Rig) -> None:
    def fail() -> None:
        raise RuntimeError

    at_post(rig, 1, fail)
    rig.send(rig.count_event())
    assert rig.logged("broadcast_failed")[0]["error"] == "RuntimeError"
    rig.send(rig.count_event())
    assert rig.clock.now - rig.clock.started < 1
    assert rig.store.broadcasts.totals().announced == 1


def test_a_page_that_missed_it_is_noted(rig: Rig) -> None:
    rig.transport.scripts["page-0007"].extend([Outcome.FAILED] * 3)
    rig.send(rig.count_event())
    assert rig.store.broadcasts.totals().changes_told == -1
