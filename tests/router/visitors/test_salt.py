from __future__ import annotations

import time
from hashlib import blake2b

import pytest
from hypothesis import given
from hypothesis import strategies as st

from router.items import end_of_day
from router.visitors.salt import Salts, hashed
from tests.router.fake_dynamodb import VISITS
from tests.router.rig import NOW, Rig

DAY = 86_400
PARTS = st.lists(st.binary(max_size=4), max_size=4)


def test_a_salt_is_created_once_a_day_and_cached(rig: Rig) -> None:
    numbers = iter(range(9))
    salts = Salts(lambda length: bytes([next(numbers)]) * length)
    assert [salts.today(NOW, rig.store) for _ in range(3)] == [b"\0" * 32] * 3
    assert rig.table.calls == ["BatchGetItem", "PutItem"]
    assert salts.today(NOW + DAY, rig.store) == b"\1" * 32
    assert salts.today(NOW + DAY, Rig().store) == b"\1" * 32


def test_another_environment_finds_the_salt_of_the_first(rig: Rig) -> None:
    first = Salts(lambda length: b"a" * length).today(NOW, rig.store)
    assert Salts(lambda length: b"b" * length).today(NOW, rig.store) == first


def test_a_salt_expires_with_its_day_and_is_alone_in_its_item(rig: Rig) -> None:
    Salts(lambda length: b"a" * length).today(NOW, rig.store)
    (row,) = rig.table.rows[VISITS].values()
    assert row.keys() == {"id", "salt", "expiresAt"}
    assert row["id"] == {"S": "salt#2026-11-29"}
    assert int(row["expiresAt"]["N"]) == end_of_day(NOW)
    assert 0 < end_of_day(NOW) - NOW <= DAY
    assert end_of_day(NOW) % DAY == 0


@pytest.mark.skipif(not hasattr(time, "tzset"), reason="the time zone of a process cannot be set on Windows")
@pytest.mark.parametrize("zone", ["Pacific/Kiritimati", "Pacific/Pago_Pago"])
def test_days_are_those_of_utc_in_any_time_zone(zone: str, rig: Rig, monkeypatch: pytest.MonkeyPatch) -> None:
    with monkeypatch.context() as patch:
        patch.setenv("TZ", zone)
        time.tzset()
        Salts(lambda length: b"a" * length).today(NOW, rig.store)
    time.tzset()
    assert list(rig.table.rows[VISITS]) == ["salt#2026-11-29"]


def test_a_hash_is_of_each_part_after_its_length() -> None:
    message = b"\0\0\0\2ab" + b"\0\0\0\1c"
    assert hashed(b"key", b"ab", b"c") == blake2b(message, key=b"key", digest_size=16).hexdigest()


@given(PARTS, PARTS, st.binary(min_size=1, max_size=32))
def test_hashes_differ_with_any_part_and_with_the_key(some: list[bytes], others: list[bytes], key: bytes) -> None:
    assert (hashed(key, *some) == hashed(key, *others)) is (some == others)
    assert hashed(key, *some) != hashed(key[1:] + b"\1" + key[:1], *some)
    assert len(hashed(b"", *some)) == 32
