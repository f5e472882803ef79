from __future__ import annotations

import time
from datetime import UTC, datetime
from typing import TYPE_CHECKING

import pytest

from router import items
from router.items import Visit
from tests.router.rig import NOW

if TYPE_CHECKING:
    from collections.abc import Iterator

MIDNIGHT = int(datetime(2026, 11, 30, tzinfo=UTC).timestamp())


def test_the_day_of_a_visit() -> None:
    assert items.day_key(Visit("a", MIDNIGHT - 1), NOW + 86_400) == "day#2026-11-29"
    assert items.day_key(Visit("a", MIDNIGHT), NOW) == "day#2026-11-30"
    assert items.day_key(Visit("a", None), NOW) == "day#2026-11-29"


@pytest.fixture
def local_time(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """Run with a local time that is not UTC."""
    with monkeypatch.context() as patch:
        patch.setenv("TZ", "Asia/Tokyo")
        time.tzset()
        yield
    time.tzset()


@pytest.mark.usefixtures("local_time")
def test_days_are_utc() -> None:
    assert items.day_key(Visit("a", MIDNIGHT - 1), NOW) == "day#2026-11-29"
    assert items.last_day_keys(MIDNIGHT - 1, 1) == ["day#2026-11-29"]


def test_other_keys() -> None:
    assert items.salt_key("2026-11-29") == "salt#2026-11-29"
    assert items.limit_key("abc") == "limit#abc"
    assert items.network_attribute("0123456789abcdef" * 2) == "network0123456789abcdef"


def test_days_by_age() -> None:
    assert items.last_day_keys(NOW, 3) == ["day#2026-11-27", "day#2026-11-28", "day#2026-11-29"]
    assert items.day_keys(NOW, 5, 3) == ["day#2026-11-24", "day#2026-11-25"]


def test_the_end_of_a_day() -> None:
    assert items.end_of_day(MIDNIGHT - 1) == MIDNIGHT
    assert items.end_of_day(MIDNIGHT) == MIDNIGHT + 86_400


def test_lifetimes() -> None:
    assert (items.DAY_SECONDS, items.CONNECTION_LIFE_SECONDS) == (86_400, 7_800)


@pytest.mark.parametrize(
    ("text", "seconds"),
    [
        ("1", 1),
        ("0", None),
        ("-1", None),
        ("1.5", None),
        ("soon", None),
        ("9" * 5000, None),
        (5, None),
        (None, None),
        ("253402300799", 253_402_300_799),
        ("253402300800", None),
    ],
)
def test_epoch_seconds(text: object, seconds: int | None) -> None:
    assert items.parse_epoch_seconds(text) == seconds


def test_the_last_second_has_a_day() -> None:
    assert items.day_key(Visit("a", items.parse_epoch_seconds("253402300799")), NOW) == "day#9999-12-31"
