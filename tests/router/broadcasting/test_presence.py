"""Who is here: every page is told within a minute of a page that has left or returned, and a crowd costs little."""

from __future__ import annotations

from typing import Any

import pytest

from router.broadcasting.freshness import QUIET_SECONDS
from router.contract import ticks
from router.contract.log_values import Outcome
from router.errors import EventFailedError
from tests.router.fake_dynamodb import VISITS, FakeDynamoDB, client_error
from tests.router.faults import Fault, FaultyClient
from tests.router.rig import Rig, disconnect_event, recorded


@pytest.fixture
def rig() -> Rig:
    """Three pages, which have been told that they are three."""
    made = Rig()
    for name in "abc":
        made.connect(name, f"visit-id-{name}")
    made.fold()
    made.fold()
    assert online(made, "a") == 3
    made.table.stream.clear()
    made.clock.now += QUIET_SECONDS
    return made


def online(rig: Rig, page: str) -> Any:
    return rig.transport.received[page][-1]["online"]


def deliver(rig: Rig) -> None:
    records = [one for one in rig.table.stream if "presence" in str(one["dynamodb"]["Keys"])]
    rig.table.stream.clear()
    if records:
        rig.send({"Records": records})


def tick(rig: Rig) -> None:
    rig.send(dict(ticks.EVENT))


def test_a_departure_is_told_at_once(rig: Rig) -> None:
    rig.send(disconnect_event("c"))
    deliver(rig)
    assert [online(rig, page) for page in "ab"] == [2, 2]
    assert rig.transport.received["a"][-1]["count"] == 3


def test_a_page_that_returns_is_told_though_no_count_changes(rig: Rig) -> None:
    rig.connect("d", "visit-id-c")
    deliver(rig)
    assert [online(rig, page) for page in "abd"] == [4, 4, 4]


def test_a_crowd_that_leaves_is_one_broadcast_and_the_rest_comes_with_the_tick(rig: Rig) -> None:
    for number in range(50):
        rig.connect(f"d{number}", "visit-id-c")
    deliver(rig)
    before = len(rig.logged("broadcast"))
    for number in range(50):
        rig.clock.now += 0.1
        rig.send(disconnect_event(f"d{number}"))
        deliver(rig)
    assert len(rig.logged("broadcast")) == before
    rig.clock.now += 10
    tick(rig)
    assert (online(rig, "a"), len(rig.logged("broadcast"))) == (3, before + 1)
    tick(rig)
    assert len(rig.logged("broadcast")) == before + 1


def test_a_tick_with_nothing_to_tell_costs_one_read(rig: Rig) -> None:
    rig.table.calls.clear()
    rig.lines.clear()
    tick(rig)
    assert (rig.table.calls, rig.lines) == (["BatchGetItem"], [])


def test_a_departure_during_the_broadcast_is_told_later(rig: Rig) -> None:
    rig.send(disconnect_event("c"))

    def leave() -> None:
        rig.transport.on_post = lambda: None
        rig.send(disconnect_event("b"))

    rig.transport.on_post = leave
    deliver(rig)
    assert online(rig, "a") == 2
    tick(rig)
    assert online(rig, "a") == 1


@pytest.mark.parametrize("at", range(5))
def test_a_departure_between_any_two_requests_of_a_broadcast_is_told(rig: Rig, at: int) -> None:
    rig.send(disconnect_event("c"))
    client, rig.client = rig.client, None

    def leave() -> None:
        rig.client = None
        rig.send(disconnect_event("b"))
        rig.client = faulty

    faulty = FaultyClient(rig.table, [*[Fault.NONE] * at, Fault.MEANWHILE], leave)
    rig.client = faulty
    deliver(rig)
    rig.client = client
    assert not faulty.faults, "the broadcast makes fewer requests"
    tick(rig)
    assert online(rig, "a") == 1


def test_a_page_that_reconnects_is_the_only_one_that_is_told(rig: Rig) -> None:
    """As many are here as before, and the others know that. What the new connection was told may be older."""
    rig.clock.now += 3600
    rig.connect("d", "visit-id-c")
    deliver(rig)
    rig.clock.now += 100
    rig.send(disconnect_event("d"))
    rig.connect("e", "visit-id-c")
    posts = rig.transport.tries
    deliver(rig)
    assert (rig.transport.tries - posts, online(rig, "e")) == (1, 4)
    posts = rig.transport.tries
    tick(rig)
    assert rig.transport.tries == posts


def test_pages_that_were_told_of_one_that_was_gone_are_all_told(rig: Rig) -> None:
    rig.clock.now += 3600
    rig.transport.scripts["b"].append(Outcome.GONE)
    rig.send(disconnect_event("c"))
    rig.connect("d", "visit-id-c")
    rig.table.rows[VISITS]["visitorCount"]["currentCount"] = {"N": "4"}
    rig.send(recorded("stream_count"))
    assert [online(rig, page) for page in "ad"] == [3, 3], "b is gone"
    tick(rig)
    assert [online(rig, page) for page in "ad"] == [2, 2]


def test_a_count_that_comes_meanwhile_is_told_to_all(rig: Rig) -> None:
    rig.clock.now += 3600
    rig.send(disconnect_event("c"))
    rig.connect("d", "visit-id-c")

    def another() -> None:
        rig.table.rows[VISITS]["visitorCount"]["currentCount"] = {"N": "4"}

    rig.client = FaultyClient(rig.table, [*[Fault.NONE] * 3, Fault.MEANWHILE], another)
    deliver(rig)
    assert [rig.transport.received[page][-1]["count"] for page in "abd"] == [4, 4, 4]


def test_pages_that_were_gone_are_told_by_the_next_tick(rig: Rig) -> None:
    """$disconnect is delivered on a best-effort basis."""
    rig.clock.now += 3600
    rig.transport.scripts["b"].extend([Outcome.GONE] * 9)
    rig.send(disconnect_event("c"))
    deliver(rig)
    assert online(rig, "a") == 2
    tick(rig)
    assert online(rig, "a") == 1
    tick(rig)
    assert len(rig.logged("broadcast")) == 3


def test_a_new_visit_tells_it_too(rig: Rig) -> None:
    rig.send(disconnect_event("c"))
    rig.connect("d", "visit-id-d")
    rig.clock.now -= QUIET_SECONDS
    rig.fold()
    rig.fold()
    assert online(rig, "a") == 3
    before = len(rig.logged("broadcast"))
    tick(rig)
    assert len(rig.logged("broadcast")) == before


def test_an_incomplete_broadcast_leaves_the_change_untold(rig: Rig) -> None:
    rig.send(disconnect_event("c"))
    rig.transport.on_post = lambda: rig.clock.sleep(40)
    deliver(rig)
    rig.transport.on_post = lambda: None
    rig.transport.received.clear()
    tick(rig)
    assert [online(rig, page) for page in "ab"] == [2, 2]


def test_broadcasts_cut_short_are_followed_by_quiet_too(rig: Rig) -> None:
    rig.transport.on_post = lambda: rig.clock.sleep(40)
    for number in range(10):
        rig.connect(f"d{number}", "visit-id-c")
        deliver(rig)
    assert len(rig.logged("broadcast")) == 2, "the first is that of the fixture"


def test_what_a_page_missed_is_told_by_the_next_tick(rig: Rig) -> None:
    rig.send(disconnect_event("c"))
    rig.transport.scripts["b"].extend([Outcome.FAILED] * 3)
    deliver(rig)
    assert "b" not in rig.transport.received or online(rig, "b") == 3
    tick(rig)
    assert online(rig, "b") == 2


@pytest.mark.parametrize("fault", [Fault.THROTTLED, Fault.LOST_REQUEST])
@pytest.mark.parametrize("requests_before", range(5))
def test_a_tick_that_fails_is_left_to_the_next(rig: Rig, fault: Fault, requests_before: int) -> None:
    rig.send(disconnect_event("c"))
    rig.client = FaultyClient(rig.table, [*[Fault.NONE] * requests_before, fault])
    tick(rig)
    assert not rig.logged("failed")
    assert len(rig.logged("broadcast_failed")) == (requests_before > 0)
    rig.client = None
    tick(rig)
    assert online(rig, "a") == 2


def test_a_tick_without_time_for_the_connections_is_no_error_for_lambda(rig: Rig) -> None:
    rig.send(disconnect_event("c"))
    rig.clock.timeout = 1
    tick(rig)
    assert rig.logged("broadcast_failed")[0]["reason"] == "Scan: out of time"


def test_a_tick_that_no_retry_can_help_is_an_error_for_lambda(rig: Rig) -> None:
    class Refusing(FakeDynamoDB):
        def batch_get_item(self, **_: Any) -> Any:
            raise client_error("BatchGetItem", "AccessDeniedException")

    rig.client = Refusing()
    with pytest.raises(EventFailedError, match="Tick: BatchGetItem"):
        tick(rig)


def test_the_sweep_tells_it_as_well(rig: Rig) -> None:
    rig.send(disconnect_event("c"))
    rig.clock.now += 300
    rig.send(recorded("scheduled"))
    assert online(rig, "a") == 2
    assert rig.table.rows[VISITS]["presence"]["changes"] == {"N": "1"}
