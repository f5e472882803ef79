"""When there is a broadcast: the requests of a lone visit, the interval of an audience, what is left to the tick."""

from __future__ import annotations

from typing import Any

import pytest

from router import items
from router.broadcasting import freshness
from router.contract import ticks
from tests.router.fake_dynamodb import CONNECTIONS, VISITS, FakeDynamoDB
from tests.router.rig import Rig, disconnect_event

AUDIENCE = 1_000


def count(rig: Rig, number: int, last_visit: str = "") -> dict[str, Any]:
    """Set the count as `$connect` does if it counts directly, and return the batch of its record."""
    last = {"lastVisit": {"S": last_visit}} if last_visit else {}
    rig.table.rows[VISITS]["visitorCount"] = {
        "id": {"S": "visitorCount"},
        "currentCount": {"N": str(number)},
        "day#2026-11-29": {"N": str(number)},
        **last,
    }
    return rig.count_event()


def arrive(rig: Rig, connection_id: str, visit: str, age: int = 0) -> None:
    rig.store.connections.add(connection_id, int(rig.clock.now) - age, items.Sender(visit))


def tick(rig: Rig) -> None:
    rig.send(dict(ticks.EVENT))


def requests(rig: Rig, event: dict[str, Any]) -> list[str]:
    rig.table.calls.clear()
    rig.send(event)
    return rig.table.calls


def test_a_lone_visit_costs_two_reads_and_no_post(rig: Rig) -> None:
    for number in range(1, 4):
        arrive(rig, "page", f"visit-{number}")
        assert requests(rig, count(rig, number, f"visit-{number}")) == ["BatchGetItem", "Scan"]
        rig.table.rows[CONNECTIONS].clear()
    assert rig.transport.tries == 0
    assert rig.table.calls == ["BatchGetItem", "Scan"]
    assert "online" not in rig.table.rows[VISITS]


def test_neither_the_tick_nor_the_sweep_writes_because_of_a_lone_visit(rig: Rig) -> None:
    arrive(rig, "page", "visit-1")
    rig.send(count(rig, 1, "visit-1"))
    before = len(rig.table.stream)
    assert requests(rig, dict(ticks.EVENT)) == ["BatchGetItem"]
    rig.send({"source": "aws.events", "detail-type": "Scheduled Event"})
    assert (rig.transport.tries, len(rig.table.stream)) == (0, before)


def test_a_badge_that_is_due_is_one_more_write(rig: Rig) -> None:
    rig.environment["SITE_BUCKET"] = "site-bucket"
    arrive(rig, "page", "visit-1")
    assert requests(rig, count(rig, 1, "visit-1")) == ["BatchGetItem", "Scan", "UpdateItem"]
    assert b"visits: 1" in rig.bucket.files["badge.svg"]
    assert requests(rig, count(rig, 2, "visit-1")) == ["BatchGetItem", "Scan"]


def test_the_badge_is_stored_with_the_end_of_the_broadcast(rig: Rig) -> None:
    rig.environment["SITE_BUCKET"] = "site-bucket"
    for page in "ab":
        arrive(rig, page, f"visit-{page}")
    updates = ["BatchGetItem", "Scan", "UpdateItem", "BatchGetItem", "UpdateItem"]
    assert requests(rig, count(rig, 2, "visit-b")) == updates
    assert rig.store.broadcasts.totals().badge.written_at == int(rig.clock.now)


def test_a_second_page_is_told(rig: Rig) -> None:
    for page in "ab":
        arrive(rig, page, f"visit-{page}")
    rig.send(count(rig, 2, "visit-b"))
    assert [rig.transport.received[page] for page in "ab"] == [[{"count": 2, "online": 2}]] * 2


def test_a_lone_page_of_another_visit_is_told(rig: Rig) -> None:
    arrive(rig, "page", "visit-1")
    rig.send(count(rig, 2, "visit-2"))
    rig.send(count(rig, 3))
    assert [message["count"] for message in rig.transport.received["page"]] == [2, 3]


def test_a_lone_page_is_told_if_its_visit_is_not_the_last_of_the_batch(rig: Rig) -> None:
    arrive(rig, "page", "visit-2")
    first, second = count(rig, 1, "visit-1"), count(rig, 2, "visit-2")
    rig.send({"Records": [*first["Records"], *second["Records"]]})
    assert rig.transport.tries == 0
    rig.send({"Records": [*second["Records"], *count(rig, 3, "visit-3")["Records"]]})
    assert rig.transport.received["page"] == [{"count": 3, "online": 1}]


def test_a_lone_page_that_was_not_alone_is_told(rig: Rig) -> None:
    """Its reply has the number of those who were here in the last broadcast."""
    rig.store.broadcasts.record(2, 0, 0, None)
    arrive(rig, "page", "visit-1")
    rig.send(count(rig, 1, "visit-1"))
    assert rig.transport.received["page"] == [{"count": 1, "online": 1}]


def test_a_record_older_than_the_last_broadcast_is_compared_with_the_count(rig: Rig) -> None:
    for page in "ab":
        arrive(rig, page, f"visit-{page}")
    older = count(rig, 1, "visit-a")
    rig.send(count(rig, 2, "visit-b"))
    assert requests(rig, older) == ["BatchGetItem", "BatchGetItem"]
    assert rig.transport.tries == 2
    rig.send(count(rig, 1))  # the owner set it back
    assert rig.transport.received["a"][-1]["count"] == 1


@pytest.fixture
def audience() -> Rig:
    """A thousand pages, which have been told of the first visit."""
    rig = Rig(table=FakeDynamoDB(page=AUDIENCE))
    rig.clock.timeout = 60
    for number in range(AUDIENCE):
        arrive(rig, f"page-{number:04}", f"visit-{number}", age=3600)
    rig.send(count(rig, 1))
    assert rig.transport.tries == AUDIENCE
    return rig


def test_the_next_broadcast_begins_after_the_interval(audience: Rig) -> None:
    began = audience.clock.started
    audience.send(count(audience, 2))
    assert audience.transport.tries == 2 * AUDIENCE
    assert audience.store.broadcasts.totals().begun_at == pytest.approx((began + 5 * freshness.SHARE) * 1000, abs=10)


def test_counts_that_come_while_it_waits_are_one_broadcast(audience: Rig) -> None:
    batch = count(audience, 2)
    sleep, last = audience.clock.sleep, audience.clock.now

    def meanwhile(seconds: float) -> None:
        sleep(seconds)
        if audience.transport.tries == AUDIENCE:
            count(audience, 9)

    audience.clock.sleep = meanwhile  # type: ignore[method-assign]
    audience.send(batch)
    assert audience.transport.received["page-0000"][-1]["count"] == 9
    assert audience.store.broadcasts.totals().begun_at >= (last + 4) * 1000
    audience.clock.sleep = sleep  # type: ignore[method-assign]
    audience.send(audience.count_event())
    assert audience.transport.tries == 2 * AUDIENCE


def test_a_visit_after_a_quiet_time_is_told_at_once(audience: Rig) -> None:
    audience.clock.now += 60
    began = audience.clock.now
    audience.send(count(audience, 2))
    assert audience.store.broadcasts.totals().begun_at == round(began * 1000)


def test_what_an_invocation_cannot_wait_for_is_left_to_the_tick(audience: Rig) -> None:
    audience.clock.timeout = 5
    for number in (2, 3):
        audience.send(count(audience, number))
    assert audience.transport.tries == AUDIENCE
    assert audience.table.rows[VISITS]["presence"]["changes"] == {"N": "1"}, "noted once"
    audience.clock.timeout = 60
    audience.clock.now += 50
    tick(audience)
    assert audience.transport.received["page-0999"][-1]["count"] == 3
    tick(audience)
    assert audience.transport.tries == 2 * AUDIENCE


@pytest.mark.parametrize("readers", [2, 12, 50, 100, 300])
def test_who_is_here_is_never_more_than_a_minute_old(readers: int) -> None:
    rig = Rig(table=FakeDynamoDB(page=AUDIENCE))
    for number in range(readers):
        arrive(rig, f"page-{number:04}", f"visit-{number}", age=3600)
    rig.send(count(rig, 1))
    here, shown_at = readers, dict[int, float]()
    for second in range(1, 400):
        rig.clock.now += 1
        if second % 37 == 0 and here > 1:
            here -= 1
            rig.send(disconnect_event(f"page-{here:04}"))
            deliver_presence(rig)
        if second % 60 == 20:
            tick(rig)
        shown = rig.transport.received["page-0000"][-1]["online"]
        shown_at.setdefault(here, rig.clock.now)
        assert shown == here or rig.clock.now - shown_at[here] <= 60


def test_a_thousand_readers_of_whom_one_leaves_each_second_cost_300_posts_a_minute(audience: Rig) -> None:
    audience.clock.now += 60
    before = audience.transport.tries
    minutes = 10
    for second in range(minutes * 60):
        audience.clock.now += 1
        audience.send(disconnect_event(f"page-{AUDIENCE - 1 - second:04}"))
        deliver_presence(audience)
        if second % 60 == 0:
            tick(audience)
    assert audience.transport.tries - before <= 300 * minutes


def deliver_presence(rig: Rig) -> None:
    records = [one for one in rig.table.stream if "presence" in str(one["dynamodb"]["Keys"])]
    rig.table.stream.clear()
    rig.send({"Records": records})
