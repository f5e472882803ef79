"""The limits by window, subject and block. tests/router/test_abuse.py tests them through the handlers."""

from __future__ import annotations

import pytest

from router.counting import limits
from router.counting.limits import CONNECTS, REPLIES, VISITS
from router.errors import StoreBusyError
from router.memory import Memory
from router.visitors.salt import hashed
from router.visitors.viewer import Viewer, network_of
from tests.router.fake_dynamodb import VISITS as TABLE
from tests.router.faults import Fault, FaultyClient
from tests.router.rig import NOW, Rig

VIEWER = Viewer(network_of("203.0.113.7"), own=True)


def in_block(network: int, block: int = 7) -> Viewer:
    return Viewer(network_of(f"2001:db8:{block}:{network}::1"), own=True)


def limit_rows(rig: Rig) -> dict[str, dict[str, dict[str, str]]]:
    return {key: row for key, row in rig.table.rows[TABLE].items() if key.startswith("limit#")}


def connects(rig: Rig, limit: int, *viewers: Viewer) -> list[bool]:
    return [limits.take_connect(limit, viewer, rig.invocation()) for viewer in viewers]


def visits(rig: Rig, limit: int, *viewers: Viewer) -> list[bool]:
    return [limits.take_visit(limit, viewer, rig.invocation()) for viewer in viewers]


def test_the_windows() -> None:
    assert [window.seconds for window in (CONNECTS, VISITS, REPLIES)] == [600, 86_400, 10]


def test_no_limit_needs_no_request(rig: Rig) -> None:
    assert limits.take_reply(0, "id", rig.invocation()) == 0
    assert connects(rig, 0, *[VIEWER] * 9) == visits(rig, 0, *[VIEWER] * 9) == [True] * 9
    assert rig.table.calls == []


def test_a_connection_has_its_replies_in_each_window_without_a_request(rig: Rig) -> None:
    rig.clock.now = NOW - NOW % 10
    assert [limits.take_reply(2, "id", rig.invocation()) for _ in range(4)] == [0, 0, 1, 2]
    assert limits.take_reply(2, "other", rig.invocation()) == 0
    rig.clock.now += 9
    assert limits.take_reply(2, "id", rig.invocation()) == 3
    rig.clock.now += 1
    assert limits.take_reply(2, "id", rig.invocation()) == 0
    assert rig.table.calls == []


def test_the_first_connect_of_an_address_is_kept_in_memory_and_written_with_the_second(rig: Rig) -> None:
    rig.clock.now = NOW - NOW % 600
    assert connects(rig, 3, VIEWER) == [True]
    assert rig.table.calls == ["BatchGetItem", "PutItem"], "the salt of the day"
    assert limit_rows(rig) == {}
    assert connects(rig, 3, VIEWER) == [True]
    assert [row["taken"] for row in limit_rows(rig).values()] == [{"N": "2"}]
    assert connects(rig, 3, VIEWER, VIEWER) == [True, False]
    assert [row["taken"] for row in limit_rows(rig).values()] == [{"N": "3"}]
    rig.clock.now += 599
    assert connects(rig, 3, VIEWER) == [False]
    rig.clock.now += 1
    assert connects(rig, 3, VIEWER) == [True]


def test_who_is_refused_costs_no_further_request_in_the_window(rig: Rig) -> None:
    connects(rig, 2, *[VIEWER] * 3)
    calls = rig.table.calls.count("UpdateItem")
    assert connects(rig, 2, *[VIEWER] * 50) == [False] * 50
    assert rig.table.calls.count("UpdateItem") == calls
    assert connects(rig, 2, Viewer(network_of("203.0.113.8"), own=True)) == [True]


@pytest.mark.parametrize("viewer", [VIEWER, in_block(1)])
def test_each_environment_admits_one_more_than_the_limit_at_most(rig: Rig, viewer: Viewer) -> None:
    admitted = 0
    for _ in range(5):
        rig.memory = Memory()
        admitted += sum(connects(rig, 4, *[viewer] * 10))
    assert 4 <= admitted <= 4 + 5


def test_a_limit_of_one_needs_no_request(rig: Rig) -> None:
    assert connects(rig, 1, VIEWER, VIEWER, VIEWER) == [True, False, False]
    assert limit_rows(rig) == {}


def test_a_failed_write_keeps_what_is_in_memory(rig: Rig) -> None:
    connects(rig, 9, VIEWER)
    rig.client = FaultyClient(rig.table, [Fault.NONE, Fault.THROTTLED])  # the salt, and the limit
    with pytest.raises(StoreBusyError, match="UpdateItem"):
        connects(rig, 9, VIEWER)
    rig.client = None
    connects(rig, 9, VIEWER)
    assert [row["taken"] for row in limit_rows(rig).values()] == [{"N": "2"}]


def test_visitors_are_written_at_once(rig: Rig) -> None:
    assert visits(rig, 2, VIEWER) == [True]
    assert [row["taken"] for row in limit_rows(rig).values()] == [{"N": "1"}]
    assert visits(rig, 2, VIEWER, VIEWER, VIEWER) == [True, False, False]


def test_an_item_expires_a_minute_after_its_window(rig: Rig) -> None:
    rig.clock.now = NOW - NOW % 600 + 3
    connects(rig, 2, VIEWER, VIEWER)
    (row,) = limit_rows(rig).values()
    assert int(row["expiresAt"]["N"]) == NOW - NOW % 600 + 600 + 60


@pytest.mark.parametrize("viewer", [VIEWER, in_block(1)])
def test_windows_of_different_kinds_are_counted_separately(rig: Rig, viewer: Viewer) -> None:
    assert connects(rig, 2, viewer, viewer) == visits(rig, 2, viewer, viewer) == [True, True]
    assert len(limit_rows(rig)) == 2


@pytest.mark.parametrize(("viewer", "attributes"), [(VIEWER, 3), (in_block(1), 4)])
def test_a_network_is_counted_in_the_item_of_its_block(rig: Rig, viewer: Viewer, attributes: int) -> None:
    assert visits(rig, 1, viewer, viewer) == [True, False]
    (row,) = limit_rows(rig).values()
    assert len(row) == attributes
    assert row["expiresAt"] == {"N": str((NOW // 86_400 + 1) * 86_400 + 60)}
    assert [name for name in row if name.startswith("network")] == [
        name for name in row if name not in {"id", "taken", "expiresAt"}
    ]


def test_key_and_attribute_are_hashes_with_the_salt_of_the_day(rig: Rig) -> None:
    viewer = in_block(1)
    invocation = rig.invocation()
    limits.take_visit(1, viewer, invocation)
    number, salt = str(NOW // 86_400).encode(), invocation.salt()
    ((key, row),) = limit_rows(rig).items()
    assert key == f"limit#{hashed(salt, b'visits', viewer.block, number)}"
    attribute = f"network{hashed(salt, b'visits', viewer.network, number)[:16]}"
    assert row.keys() == {"id", "taken", "expiresAt", attribute}


def test_a_block_has_twice_the_limit_of_an_address(rig: Rig) -> None:
    networks = [in_block(number) for number in range(4)]
    assert visits(rig, 1, *networks) == [True, True, False, False]


def test_a_block_that_has_reached_its_limit_costs_no_further_request_and_no_memory(rig: Rig) -> None:
    assert sum(connects(rig, 2, *map(in_block, range(20)))) == 4
    calls = rig.table.calls.count("UpdateItem")
    assert connects(rig, 2, *map(in_block, range(20, 500))) == [False] * 480
    assert rig.table.calls.count("UpdateItem") == calls
    (requests,) = rig.memory.clients._requests.values()
    assert len(requests.refused) == 3


def test_the_networks_of_a_block_share_what_is_kept_in_memory(rig: Rig) -> None:
    assert connects(rig, 3, in_block(1), in_block(2), in_block(1), in_block(1), in_block(1)) == [True] * 4 + [False]
    (row,) = limit_rows(rig).values()
    assert row["taken"] == {"N": "4"}
    assert sorted(row[name]["N"] for name in row if name.startswith("network")) == ["1", "3"]
    assert connects(rig, 3, *map(in_block, range(3, 9))) == [True] * 2 + [False] * 4
    assert connects(rig, 3, in_block(1, block=8)) == [True]
