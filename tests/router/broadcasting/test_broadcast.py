from __future__ import annotations

from typing import Any

import pytest

from router.broadcasting import broadcast
from router.broadcasting.announcer import Occasion, announce
from router.contract.log_values import Outcome
from router.errors import StoreBusyError
from router.items import Totals
from tests.router.fake_dynamodb import CONNECTIONS, VISITS, FakeDynamoDB
from tests.router.faults import Fault, FaultyClient
from tests.router.rig import NOW, Rig


def open_connections(rig: Rig, *ids: str, age: int = 3600) -> None:
    for id_ in ids:
        rig.store.connections.add(id_, int(rig.clock.now) - age)


def set_count(rig: Rig, count: int) -> None:
    rig.table.rows[VISITS]["visitorCount"] = {"id": {"S": "visitorCount"}, "currentCount": {"N": str(count)}}


def test_the_message_is_compact_and_whoever_receives_it_is_here() -> None:
    assert broadcast.encode(1234, 5) == b'{"count":1234,"online":5}'
    assert broadcast.encode(3, 0) == b'{"count":3,"online":1}'
    assert broadcast.encode(3, 1, [0, 3]) == b'{"count":3,"online":1,"days":[0,3]}'


def test_every_page_receives_the_count_and_it_is_stored_as_announced(rig: Rig) -> None:
    rig.table = FakeDynamoDB(page=3)
    open_connections(rig, *"abcdefgh")
    set_count(rig, 1234)
    announce(rig.invocation())
    assert dict(rig.transport.received) == {id_: [{"count": 1234, "online": 8}] for id_ in "abcdefgh"}
    assert rig.table.rows[VISITS]["online"] == {
        "id": {"S": "online"},
        "connections": {"N": "8"},
        "announced": {"N": "1234"},
        "announcedNamed": {"N": "0"},
        "changesTold": {"N": "0"},
        "broadcastAt": {"N": str(NOW)},
        "begunAt": {"N": str(NOW * 1000)},
    }
    assert rig.lines == [
        {
            "level": "INFO",
            "message": "broadcast",
            "requestId": "8c2f4a1e-0000-4000-8000-000000000001",
            "count": 1234,
            "online": 8,
            "reached": 8,
            "gone": 0,
            "opening": 0,
            "failed": 0,
            "left": 0,
            "codes": {},
            "milliseconds": 0,
        }
    ]


def test_an_announced_count_costs_one_read(rig: Rig) -> None:
    open_connections(rig, "a")
    set_count(rig, 7)
    announce(rig.invocation())
    rig.table.calls.clear()
    announce(rig.invocation())
    assert rig.table.calls == ["BatchGetItem"]
    assert rig.transport.received["a"] == [{"count": 7, "online": 1}]
    assert rig.logged("broadcast_unneeded")[0]["count"] == 7
    set_count(rig, 3)  # the owner set it back
    announce(rig.invocation())
    assert rig.transport.received["a"][-1] == {"count": 3, "online": 1}


def test_the_count_is_read_after_the_connections_so_that_no_page_goes_back(rig: Rig) -> None:
    """A page that received 2 on a previous connection does not receive 1 on its new one."""

    class Slow(FakeDynamoDB):
        def scan(self, **request: Any) -> dict[str, Any]:
            set_count(rig, 2)
            open_connections(rig, "new connection of a page that has received 2")
            return super().scan(**request)

    rig.table = Slow()
    set_count(rig, 1)
    announce(rig.invocation())
    assert list(rig.transport.received.values()) == [[{"count": 2, "online": 1}]]


def test_without_connections_there_is_no_broadcast(rig: Rig) -> None:
    set_count(rig, 1)
    rig.transport.run = lambda posts: pytest.fail(str(posts))  # type: ignore[method-assign]
    announce(rig.invocation())
    assert rig.logged("broadcast_unneeded")[0]["count"] == 1
    assert rig.table.calls == ["BatchGetItem", "Scan"]


def test_that_the_last_of_several_pages_has_left_is_stored(rig: Rig) -> None:
    set_count(rig, 1)
    rig.store.broadcasts.record(2, 0, 0, None)
    announce(rig.invocation())
    assert rig.logged("broadcast")[0]["online"] == 0
    assert (rig.store.broadcasts.totals().announced, rig.store.broadcasts.totals().online) == (1, 0)


def test_closed_connections_are_deleted_unless_young(rig: Rig) -> None:
    open_connections(rig, "old", "here")
    open_connections(rig, "opening", age=10)
    set_count(rig, 2)
    for id_ in ("old", "opening"):
        rig.transport.scripts[id_].extend([Outcome.GONE] * 9)
    announce(rig.invocation())
    assert set(rig.table.rows[CONNECTIONS]) == {"here", "opening"}
    line = rig.logged("broadcast")[0]
    assert (line["reached"], line["gone"], line["opening"], line["level"]) == (1, 1, 1, "INFO")
    assert rig.store.broadcasts.totals().online == 2
    assert rig.store.broadcasts.totals().announced == 2


def test_failed_connections_do_not_make_a_broadcast_incomplete(rig: Rig) -> None:
    open_connections(rig, "a", "b")
    set_count(rig, 2)
    rig.transport.scripts["a"].extend([Outcome.FAILED] * 9)
    announce(rig.invocation())
    line = rig.logged("broadcast")[0]
    assert (line["failed"], line["codes"], line["level"]) == (1, {"FailedException": 1}, "WARNING")
    assert rig.store.broadcasts.totals().announced == 2
    assert set(rig.table.rows[CONNECTIONS]) == {"a", "b"}


def test_a_broadcast_cut_short_leaves_the_count_unannounced(rig: Rig) -> None:
    open_connections(rig, *map(str, range(300)))
    set_count(rig, 9)
    rig.clock.timeout = 5
    rig.transport.on_post = lambda: rig.clock.sleep(0.1)
    announce(rig.invocation())
    line = rig.logged("broadcast")[0]
    assert line["left"] > 0
    assert line["reached"] + line["left"] == 300
    assert line["level"] == "WARNING"
    assert rig.store.broadcasts.totals().announced == 0
    rig.transport.on_post = lambda: None
    rig.table.page = 1000
    announce(rig.invocation())
    assert rig.store.broadcasts.totals().announced == 9


def test_the_order_is_the_same_every_time_unless_there_is_no_time_for_all(rig: Rig) -> None:
    open_connections(rig, *"cab")
    for count in (1, 2):
        set_count(rig, count)
        announce(rig.invocation())
    assert list(rig.transport.received) == ["a", "b", "c"]
    rig.transport.received.clear()
    rig.environment["POSTS_PER_SECOND"] = "1"
    rig.clock.timeout = 4.0
    set_count(rig, 3)
    announce(rig.invocation())
    assert 0 < len(rig.transport.received) < 3
    assert rig.store.broadcasts.totals().announced == 2


def test_the_order_is_random_only_without_time_for_all(rig: Rig) -> None:
    numbers = iter(range(100, 0, -1))
    rig.random = lambda: next(numbers)
    open_connections(rig, *"abc")
    set_count(rig, 1)
    announce(rig.invocation())
    assert list(rig.transport.received) == ["a", "b", "c"]
    rig.environment["POSTS_PER_SECOND"] = "1"
    rig.clock.timeout = 4.0
    set_count(rig, 2)
    rig.transport.received.clear()
    announce(rig.invocation())
    assert next(iter(rig.transport.received)) == "c"


def test_the_duration_is_logged(rig: Rig) -> None:
    open_connections(rig, "a", "b")
    set_count(rig, 1)
    rig.transport.on_post = lambda: rig.clock.sleep(0.75)
    announce(rig.invocation())
    assert rig.logged("broadcast")[0]["milliseconds"] == 1500


def test_no_time_to_read_the_connections(rig: Rig) -> None:
    open_connections(rig, "a")
    set_count(rig, 1)
    rig.clock.timeout = 1
    with pytest.raises(StoreBusyError, match="Scan: out of time"):
        announce(rig.invocation())
    assert rig.transport.tries == 0


def test_the_broadcast_is_logged_before_it_is_stored(rig: Rig) -> None:
    open_connections(rig, "a")
    set_count(rig, 1)
    rig.client = FaultyClient(rig.table, [*[Fault.NONE] * 4, Fault.THROTTLED])
    with pytest.raises(StoreBusyError):
        announce(rig.invocation())
    assert rig.logged("broadcast")[0]["reached"] == 1
    assert rig.clock.now == NOW


def test_a_long_broadcast_continues_with_the_newest_count(rig: Rig) -> None:
    """The first count is stored as announced, so that the record of the newer count triggers another broadcast."""
    rig.environment["POSTS_PER_SECOND"] = "10"
    rig.clock.timeout = 60
    open_connections(rig, *map(str, range(30)))
    set_count(rig, 1)

    def add_visit() -> None:
        if rig.transport.tries == 5:
            set_count(rig, 2)

    rig.transport.on_post = add_visit
    announce(rig.invocation())
    assert {messages[0]["count"] for messages in rig.transport.received.values()} == {1, 2}
    assert (rig.store.broadcasts.totals().count, rig.store.broadcasts.totals().announced) == (2, 1)
    announce(rig.invocation())
    assert all(messages[-1] == {"count": 2, "online": 30} for messages in rig.transport.received.values())
    assert rig.store.broadcasts.totals().announced == 2


def test_an_error_while_reading_the_newest_count_is_ignored(rig: Rig) -> None:
    rig.environment["POSTS_PER_SECOND"] = "10"
    open_connections(rig, *map(str, range(30)))
    set_count(rig, 1)
    rig.client = FaultyClient(rig.table, [Fault.NONE] * 4 + [Fault.LOST_REQUEST, Fault.THROTTLED, Fault.NONE])
    announce(rig.invocation())
    assert {messages[0]["count"] for messages in rig.transport.received.values()} == {1}
    assert rig.logged("broadcast")[0]["reached"] == 30


@pytest.mark.parametrize("age", [100, 30])
def test_who_is_here_is_told_to_pages_that_opened_since_the_last_broadcast_began(rig: Rig, age: int) -> None:
    """A broadcast in segments may last longer than an invocation. The reply to a page may be of the one before it."""
    open_connections(rig, "old", age=200)
    open_connections(rig, "during", age=age)
    set_count(rig, 1)
    assert rig.store.broadcasts.begin(Totals(0, None, 0), (NOW - 120) * 1000, NOW)
    rig.store.broadcasts.record(2, 0, NOW - 25, Totals(1, 2, 0), a_round=(NOW - 120) * 1000)
    rig.store.note_presence()
    announce(rig.invocation(), Occasion(by_minute=True))
    assert dict(rig.transport.received) == {"during": [{"count": 1, "online": 2}]}
