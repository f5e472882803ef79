from __future__ import annotations

from datetime import UTC, datetime

import pytest

from router.contract.budget import month_of


@pytest.mark.parametrize(
    ("at", "name", "share"),
    [
        ((2026, 11, 1), "2026-11", 0.0),
        ((2026, 11, 16), "2026-11", 0.5),
        ((2028, 2, 15, 12), "2028-02", 0.5),
        ((2026, 12, 31, 23, 59, 59), "2026-12", 1.0),
    ],
)
def test_calendar_months(at: tuple[int, ...], name: str, share: float) -> None:
    moment = datetime(*at, tzinfo=UTC).timestamp()  # type: ignore[arg-type, misc]
    found, elapsed = month_of(moment, 0)
    assert (found, round(elapsed, 6)) == (name, share)


def test_months_of_a_given_length() -> None:
    name, share = month_of(1234.0, 100)
    assert (name, round(share, 6)) == ("12", 0.34)
