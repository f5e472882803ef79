"""The limits by window, subject and block. tests/router/test_abuse.py tests them through the handlers."""

from __future__ import annotations

import pytest

from router.counting import limits
from router.counting.limits import CONNECTS, REPLIES, VISITS, Window
from router.visitors.salt import hashed
from router.visitors.viewer import Viewer, network_of
from tests.router.fake_dynamodb import VISITS as TABLE
from tests.router.rig import NOW, Rig

VIEWER = Viewer(network_of("203.0.113.7"), own=True)


def limit_rows(rig: Rig) -> dict[str, dict[str, dict[str, str]]]:
    return {key: row for key, row in rig.table.rows[TABLE].items() if key.startswith("limit#")}


def test_the_windows() -> None:
    assert [window.seconds for window in (CONNECTS, VISITS, REPLIES)] == [600, 86_400, 10]


def test_no_limit_needs_no_request(rig: Rig) -> None:
    assert limits.take(REPLIES, 0, b"id", b"", rig.invocation())
    assert limits.take_for_viewer(CONNECTS, 0, VIEWER, rig.invocation())
    assert rig.table.calls == []


def test_a_subject_has_its_limit_in_each_window(rig: Rig) -> None:
    rig.clock.now = NOW - NOW % 10
    assert [limits.take(REPLIES, 2, b"id", b"", rig.invocation()) for _ in range(3)] == [True, True, False]
    assert limits.take(REPLIES, 2, b"other", b"", rig.invocation())
    assert limits.take(CONNECTS, 2, b"id", b"", rig.invocation())
    rig.clock.now += 9
    assert not limits.take(REPLIES, 2, b"id", b"", rig.invocation())
    rig.clock.now += 1
    assert limits.take(REPLIES, 2, b"id", b"", rig.invocation())


def test_an_item_expires_a_minute_after_its_window(rig: Rig) -> None:
    rig.clock.now = NOW - NOW % 10 + 3
    limits.take(REPLIES, 2, b"id", b"", rig.invocation())
    (row,) = limit_rows(rig).values()
    assert int(row["expiresAt"]["N"]) == NOW - NOW % 10 + 10 + 60


def test_the_key_hides_the_subject(rig: Rig) -> None:
    limits.take(REPLIES, 2, b"id", b"", rig.invocation())
    limits.take(REPLIES, 2, b"id", b"key", rig.invocation())
    assert len(limit_rows(rig)) == 2
    assert all(len(key) == len("limit#") + 32 for key in limit_rows(rig))


@pytest.mark.parametrize("address", ["203.0.113.7", "2001:db8::1"])
def test_windows_of_different_kinds_are_counted_separately(rig: Rig, address: str) -> None:
    viewer = Viewer(network_of(address), own=True)
    for kind in (b"one", b"two"):
        assert limits.take(Window(kind, 600), 1, b"id", b"", rig.invocation())
        assert limits.take_for_viewer(Window(kind, 600), 1, viewer, rig.invocation())
    assert len(limit_rows(rig)) == 4


@pytest.mark.parametrize(("address", "attributes"), [("203.0.113.7", 3), ("2001:db8::1", 4)])
def test_a_network_is_counted_in_the_item_of_its_block(rig: Rig, address: str, attributes: int) -> None:
    viewer = Viewer(network_of(address), own=True)
    assert [limits.take_for_viewer(CONNECTS, 1, viewer, rig.invocation()) for _ in range(2)] == [True, False]
    (row,) = limit_rows(rig).values()
    assert len(row) == attributes
    assert row["expiresAt"] == {"N": str((NOW // 600 + 1) * 600 + 60)}
    assert [name for name in row if name.startswith("network")] == [
        name for name in row if name not in {"id", "taken", "expiresAt"}
    ]


def test_key_and_attribute_are_hashes_with_the_salt_of_the_day(rig: Rig) -> None:
    viewer = Viewer(network_of("2001:db8:7:1::1"), own=True)
    invocation = rig.invocation()
    limits.take_for_viewer(CONNECTS, 1, viewer, invocation)
    number, salt = str(NOW // 600).encode(), invocation.salt()
    ((key, row),) = limit_rows(rig).items()
    assert key == f"limit#{hashed(salt, b'connects', viewer.block, number)}"
    attribute = f"network{hashed(salt, b'connects', viewer.network, number)[:16]}"
    assert row.keys() == {"id", "taken", "expiresAt", attribute}


def test_a_block_has_twice_the_limit_of_an_address(rig: Rig) -> None:
    networks = [Viewer(network_of(f"2001:db8:7:{number}::1"), own=True) for number in range(4)]
    taken = [limits.take_for_viewer(CONNECTS, 1, viewer, rig.invocation()) for viewer in networks]
    assert taken == [True, True, False, False]
