"""A broadcast in segments: each page is told once, nobody is left out, and what is lost is made good by the next."""

from __future__ import annotations

from collections import Counter
from itertools import pairwise
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from router.broadcasting import segments
from router.contract import ticks
from router.contract.log_values import Outcome
from router.errors import FunctionError
from router.events import Unknown, parse
from router.parts import Segment
from router.storage.segments import Told
from tests.router.fake_dynamodb import CONNECTIONS, VISITS, FakeDynamoDB
from tests.router.rig import ENVIRONMENT, NOW, FakeFunctions, Rig

READERS = 40


def made(readers: int = READERS, per_segment: int = 10, **environment: str) -> Rig:
    """Return a rig whose pages know the count 1, and that they are all here."""
    of_lambda = {"AWS_LAMBDA_FUNCTION_NAME": "router", "SEGMENT_CONNECTIONS": str(per_segment)}
    rig = Rig(environment={**ENVIRONMENT, **of_lambda, **environment}, table=FakeDynamoDB(page=7))
    rig.clock.timeout = 60
    for number in range(readers):
        rig.store.connections.add(f"page-{number:03}", NOW - 3600)
    set_count(rig, 1)
    rig.store.broadcasts.record(readers, 0, NOW - 600, rig.store.broadcasts.totals())
    return rig


def set_count(rig: Rig, count: int) -> None:
    rig.table.rows[VISITS]["visitorCount"] = {"id": {"S": "visitorCount"}, "currentCount": {"N": str(count)}}


def announce(rig: Rig, count: int) -> list[dict[str, Any]]:
    """Announce a count and return the events of the functions that are to tell it."""
    rig.invoked.clear()
    set_count(rig, count)
    rig.send(rig.count_event())
    return list(rig.invoked)


def deliver(rig: Rig, events: list[dict[str, Any]]) -> None:
    """Deliver events, and those that they lead to. The functions run at the same time."""
    rig.invoked.clear()
    began = rig.clock.now
    for event in events:
        assert rig.send(event) == {}
        rig.clock.now = began
    if rig.invoked:
        deliver(rig, list(rig.invoked))


def shown(rig: Rig) -> Counter[int]:
    return Counter(messages[-1]["count"] for messages in rig.transport.received.values())


def test_a_round_has_a_function_for_each_segment_and_the_last_to_end_stores_it() -> None:
    rig = made()
    events = announce(rig, 2)
    assert [event["router.segment"]["index"] for event in events] == [0, 1, 2, 3]
    assert rig.transport.tries == 0
    assert rig.store.broadcasts.totals().announced == 1
    deliver(rig, events)
    assert shown(rig) == {2: READERS}
    assert rig.transport.tries == READERS
    totals = rig.store.broadcasts.totals()
    assert (totals.announced, totals.online, totals.changes_told) == (2, READERS, 0)
    assert totals.broadcast_at <= int(rig.clock.now) + 10, "it has ended"


def test_a_round_that_begins_while_the_files_are_uploaded_keeps_its_time() -> None:
    """It ends by itself; the one before it only stores that the files have been written."""
    rig = made(SITE_BUCKET="site-bucket")
    events, put = announce(rig, 2), rig.bucket.put

    def slowly(key: str, content: bytes, *, content_type: str, cache_control: str) -> None:
        rig.clock.now += 20
        totals = rig.store.broadcasts.totals()
        rig.store.broadcasts.begin(totals, round(rig.clock.now * 1000), int(rig.clock.now) + 30, in_segments=True)
        put(key, content, content_type=content_type, cache_control=cache_control)

    rig.bucket.put = slowly  # type: ignore[method-assign]
    deliver(rig, events)
    totals = rig.store.broadcasts.totals()
    assert totals.broadcast_at == totals.begun_at // 1000 + 30
    assert (totals.announced, totals.badge.digest == "") == (1, False)


def test_a_few_are_told_by_one_function() -> None:
    rig = made(per_segment=READERS)
    assert announce(rig, 2) == []
    assert shown(rig) == {2: READERS}


def test_outside_lambda_there_are_no_segments() -> None:
    rig = made(AWS_LAMBDA_FUNCTION_NAME="")
    assert announce(rig, 2) == []
    assert shown(rig) == {2: READERS}


@settings(max_examples=40, deadline=None)
@given(st.integers(1, 200), st.integers(1, 30), st.data())
def test_each_page_is_told_once_in_any_order_with_any_events_delivered_twice(
    readers: int, per_segment: int, data: st.DataObject
) -> None:
    rig = made(readers, per_segment)
    events = announce(rig, 2)
    twice = data.draw(st.lists(st.sampled_from(events), max_size=6)) if events else []
    deliver(rig, data.draw(st.permutations([*events, *twice])))
    assert shown(rig) == {2: readers}
    assert rig.transport.tries == readers
    assert (rig.store.broadcasts.totals().announced, rig.store.broadcasts.totals().online) == (2, readers)


@settings(max_examples=40, deadline=None)
@given(st.data())
def test_lost_and_late_parts_are_made_good_and_no_page_is_told_an_older_count(data: st.DataObject) -> None:
    rig = made()
    late: list[dict[str, Any]] = []
    for count in range(2, 6):
        for event in announce(rig, count):
            fate = data.draw(st.sampled_from(["delivered", "delivered", "lost", "late", "twice"]))
            late += [event] if fate == "late" else []
            deliver(rig, [event] * {"delivered": 1, "twice": 2}.get(fate, 0))
        if late and count % 2:
            deliver(rig, [late.pop()])
        rig.clock.now += 1
    rig.clock.now += 60
    rig.invoked.clear()
    rig.send(dict(ticks.EVENT))
    deliver(rig, [*rig.invoked, *late])
    assert shown(rig) == {5: READERS}
    for messages in rig.transport.received.values():
        assert all(earlier["count"] <= later["count"] for earlier, later in pairwise(messages))


def test_a_part_that_is_delivered_after_the_end_of_its_round_posts_nothing() -> None:
    rig = made()
    first = announce(rig, 2)
    deliver(rig, first[:3])
    rig.clock.now += 60
    deliver(rig, first[3:])
    assert sum(shown(rig).values()) < READERS
    assert rig.store.broadcasts.totals().changes_told == -1, "the tick repeats it"
    deliver(rig, announce(rig, 3))
    assert shown(rig) == {3: READERS}


def test_a_part_without_time_leaves_the_rest_to_the_next() -> None:
    """At two posts a second, a page of the scan has 20 connections, and an invocation has time for five of them."""
    rig = made(300, 150, POSTS_PER_SECOND="4")
    numbers = []
    for event in announce(rig, 2):
        chain = [event]
        while chain:
            numbers.append(chain[0]["router.segment"]["number"])
            rig.invoked.clear()
            rig.send(chain[0])
            chain = list(rig.invoked)
            rig.clock.now = rig.clock.started  # the segments run at the same time
    assert max(numbers) > 0
    assert shown(rig) == {2: 300}
    assert (rig.store.broadcasts.totals().announced, rig.store.broadcasts.totals().online) == (2, 300)


def test_a_failed_page_is_told_by_the_next_round_and_one_that_is_gone_is_deleted() -> None:
    rig = made()
    rig.transport.scripts["page-003"].extend([Outcome.FAILED] * 3)
    rig.transport.scripts["page-004"].append(Outcome.GONE)
    deliver(rig, announce(rig, 2))
    assert "page-004" not in rig.table.rows[CONNECTIONS]
    totals = rig.store.broadcasts.totals()
    assert (totals.announced, totals.online, totals.changes_told) == (2, READERS - 1, -1)
    rig.clock.now += 60
    rig.invoked.clear()
    rig.send(dict(ticks.EVENT))
    deliver(rig, list(rig.invoked))
    assert rig.transport.received["page-003"] == [{"count": 2, "online": READERS - 1}]


def test_a_function_that_cannot_be_invoked_is_logged() -> None:
    class Refusing(FakeFunctions):
        def invoke(self, event: Any) -> None:
            assert event["router.segment"]["total"] == 4
            raise FunctionError("Invoke: TooManyRequestsException")

    rig = made()
    rig.functions = Refusing([])
    announce(rig, 2)
    assert len(rig.logged("broadcast_failed")) == 4
    assert rig.logged("broadcast_failed")[0]["reason"] == "Invoke: TooManyRequestsException"


def test_a_failure_of_a_part_is_no_error_for_lambda() -> None:
    rig = made()
    events = announce(rig, 2)
    rig.transport.on_post = lambda: 1 / 0  # type: ignore[assignment]
    assert rig.send(events[0]) == {}
    assert rig.logged("broadcast_failed")[0]["error"] == "ZeroDivisionError"


def test_another_broadcast_during_a_round_waits_and_leaves_it_to_the_tick() -> None:
    rig = made(READERS, 10, POSTS_PER_SECOND="1")
    events = announce(rig, 2)
    began = rig.clock.now
    rig.clock.timeout = 20
    assert announce(rig, 3) == []
    assert not rig.logged("broadcast_failed")
    rig.clock.now, rig.clock.timeout = began, 60
    deliver(rig, events)
    rig.clock.now += 60
    rig.invoked.clear()
    rig.send(dict(ticks.EVENT))
    deliver(rig, list(rig.invoked))
    assert shown(rig) == {3: READERS}


def test_a_part_reports_once(rig: Rig) -> None:
    rig.store.broadcasts.begin(rig.store.broadcasts.totals(), 7, NOW + 60, in_segments=True)
    store = rig.store.segments
    assert store.claim(7, "0.0", NOW)
    assert not store.claim(7, "0.0", NOW)
    assert not store.claim(8, "1.0", NOW)
    assert not store.claim(7, "1.0", NOW + 60)
    assert store.report(7, "0.0", Told(5, 2, 1), ended=True) == (1, Told(5, 2, 1))
    assert store.report(7, "0.0", Told(5, 2, 1), ended=True) is None
    assert store.report(7, "1.0", Told(1), ended=False) == (1, Told(6, 2, 1))
    assert store.report(8, "1.1", Told(1), ended=True) is None


@pytest.mark.parametrize(("readers", "number"), [(0, 1), (50_000, 1), (50_001, 2), (1_000_000, 20)])
def test_the_number_of_segments(readers: int, number: int) -> None:
    rig = Rig(environment={**ENVIRONMENT, "AWS_LAMBDA_FUNCTION_NAME": "router"})
    assert segments.number_of(readers, rig.invocation()) == number


def test_the_event_is_parsed_as_it_was_sent() -> None:
    part = Segment(1, 0, 2, 3, 4, 5, 6, 7, 1, "page-1")
    assert parse(part.encode()) == part
    for wrong in ({"index": 2}, {"index": "0"}, {"more": 1}, {"after": 5}):
        assert isinstance(parse({"router.segment": {**part.encode()["router.segment"], **wrong}}), Unknown)
    assert isinstance(parse({"router.segment": {}}), Unknown)
