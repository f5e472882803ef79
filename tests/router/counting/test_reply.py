"""The reply includes the page's own visit, and is never too high, whenever the visit is counted."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from router.items import Sender
from tests.router.fake_dynamodb import VISITS
from tests.router.rig import NOW, Rig, message_event

if TYPE_CHECKING:
    from collections.abc import Callable

READS = 5
"""The items that a reply reads: the connection, the count and who is here; the visit; the count if it is counted."""


@pytest.fixture(params=["marked", "direct"])
def either(request: pytest.FixtureRequest, rig: Rig) -> Rig:
    """The router in a crowd, which leaves counting to the stream, and without one."""
    if request.param == "marked":
        rig.crowd()
    return rig


def hello(rig: Rig, connection_id: str) -> tuple[int, list[int]]:
    rig.send(message_event(connection_id))
    reply = rig.transport.received[connection_id][-1]
    return reply["count"], reply["days"]


def at_read(rig: Rig, number: int, action: Callable[[], None]) -> list[int]:
    """Act before the `number`-th item is read. The returned list has one item for each read."""
    reads: list[int] = []

    def before_read() -> None:
        reads.append(1)
        if len(reads) == number:
            rig.table.before_read = lambda: reads.append(1)
            action()
            rig.table.before_read = before_read

    rig.table.before_read = before_read
    return reads


def test_a_lone_first_visitor_sees_one_before_and_after_being_counted(either: Rig) -> None:
    rig = either
    rig.connect("page", "visit-id-1")
    assert hello(rig, "page") == (1, [*[0] * 29, 1])
    rig.fold()
    assert hello(rig, "page") == (1, [*[0] * 29, 1])


@pytest.mark.parametrize("reads_backwards", [False, True])
@pytest.mark.parametrize("number", range(1, READS + 2))
def test_the_visit_is_counted_at_any_moment_of_the_reply(rig: Rig, number: int, reads_backwards: bool) -> None:
    rig.crowd()
    rig.connect("early", "visit-id-0")
    rig.fold()
    rig.connect("page", "visit-id-1")
    rig.table.reads_backwards = reads_backwards
    reads = at_read(rig, number, rig.fold)
    count, days = hello(rig, "page")
    assert (count, days[-1]) == (2, 2)
    assert len(reads) >= READS - 1


@pytest.mark.parametrize("number", range(1, READS + 2))
def test_others_are_counted_at_any_moment_of_the_reply(rig: Rig, number: int) -> None:
    rig.crowd()
    rig.connect("page", "visit-id-1")

    def others() -> None:
        for name in "abc":
            rig.connect(name, f"visit-id-{name}")
        page = rig.table.rows[VISITS].pop("visit#visit-id-1")
        rig.send({"Records": [one for one in rig.table.stream if "visit-id-1" not in str(one)]})
        rig.table.rows[VISITS]["visit#visit-id-1"] = page

    at_read(rig, number, others)
    count, days = hello(rig, "page")
    assert 1 <= count <= 4
    assert 1 <= days[-1] <= 4


def test_a_visit_of_yesterday_is_added_to_its_day(either: Rig) -> None:
    rig = either
    rig.connect("page", "visit-id-1")
    rig.clock.now += 3600  # after midnight
    assert hello(rig, "page") == (1, [*[0] * 28, 1, 0])
    rig.clock.now = NOW + 40 * 86_400
    assert hello(rig, "page") == (1, [0] * 30)


def test_whoever_is_not_counted_sees_the_others(rig: Rig) -> None:
    rig.crowd()
    rig.connect("owner", "visit-id-1", count="no")
    assert hello(rig, "owner") == (0, [0] * 30)
    rig.connect("page", "visit-id-2")
    assert hello(rig, "owner") == (0, [0] * 30)
    rig.fold()
    assert hello(rig, "owner")[0] == 1


@pytest.mark.parametrize("policy", ["connection", "visitor"])
def test_every_policy_includes_the_visitor(either: Rig, policy: str) -> None:
    rig = either
    rig.environment["VISIT_POLICY"] = policy
    rig.connect("page", "visit-id-1")
    assert hello(rig, "page")[0] == 1
    rig.connect("page-2", "visit-id-1")
    direct = rig.count()
    assert hello(rig, "page-2")[0] == max(direct, 1)
    rig.fold()
    assert hello(rig, "page-2")[0] == (2 if policy == "connection" else 1)


def test_a_visit_that_was_never_recorded_is_not_added(rig: Rig) -> None:
    rig.store.connections.add("page", NOW, Sender("visit-id-1"))
    assert hello(rig, "page")[0] == 0


def test_the_visit_that_was_counted_last_takes_one_request(rig: Rig) -> None:
    rig.connect("page", "visit-id-1")
    rig.table.calls.clear()
    assert hello(rig, "page") == (1, [*[0] * 29, 1])
    assert rig.table.calls == ["BatchGetItem"]


@pytest.mark.parametrize("number", range(1, READS + 1))
def test_others_are_counted_directly_at_any_moment_of_the_reply(rig: Rig, number: int) -> None:
    rig.connect("page", "visit-id-1")

    def others() -> None:
        for name in "abc":
            rig.connect(name, f"visit-id-{name}")

    at_read(rig, number, others)
    count, days = hello(rig, "page")
    assert 1 <= count == days[-1] <= 4


def test_after_another_visit_the_own_one_is_looked_up(rig: Rig) -> None:
    rig.connect("page", "visit-id-1")
    rig.connect("other", "visit-id-2")
    rig.table.calls.clear()
    assert hello(rig, "page")[0] == 2
    assert rig.table.calls == ["BatchGetItem"] * 3


def test_a_page_with_a_name_has_the_days_of_the_name(either: Rig) -> None:
    rig = either
    rig.environment["VISIT_NAMES"] = "blog"
    rig.connect("site", "visit-id-1")
    rig.connect("page", "visit-id-2", name="blog")
    assert hello(rig, "page") == (1, [*[0] * 29, 1])
    rig.fold()
    rig.clock.now += 86_400
    rig.connect("page-2", "visit-id-3", name="blog")
    assert hello(rig, "page-2") == (2, [*[0] * 28, 1, 1])


def test_numbers_of_a_marked_visit_to_a_name_are_added_once(rig: Rig) -> None:
    rig.environment["VISIT_NAMES"] = "blog"
    rig.crowd()
    rig.connect("page", "visit-id-1", name="blog")
    for number in range(1, 8):
        at_read(rig, number, rig.fold)
        assert hello(rig, "page") == (1, [*[0] * 29, 1])


def test_the_visit_that_was_counted_last_may_have_expired_and_come_again(rig: Rig) -> None:
    rig.connect("page", "visit-id-1")
    rig.clock.now += 86_400
    del rig.table.rows[VISITS]["visit#visit-id-1"]  # its TTL
    rig.crowd()
    rig.connect("page-2", "visit-id-1")
    assert rig.table.rows[VISITS]["visitorCount"]["lastVisit"] == {"S": "visit-id-1"}
    assert hello(rig, "page-2") == (2, [*[0] * 28, 1, 1])
