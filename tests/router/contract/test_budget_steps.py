"""The step of the budget, which the router acts by and `status` shows."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from router.contract.budget import NANODOLLARS, STEPS, month_of, step_of, usable

shares = st.floats(0, 1)
dollars = st.floats(0.0001, 10_000)
spending = st.floats(0, 2)
"""As a part of the month's dollars."""


def moment(text: str) -> float:
    return datetime.fromisoformat(text).replace(tzinfo=UTC).timestamp()


@pytest.mark.parametrize(
    ("at", "month", "share"),
    [
        ("2026-11-01T00:00:00", "2026-11", 0),
        ("2026-11-16T00:00:00", "2026-11", 0.5),
        ("2026-11-30T23:59:59", "2026-11", 1),
        ("2026-12-01T00:00:00", "2026-12", 0),
        ("2028-02-15T12:00:00", "2028-02", 0.5),
    ],
)
def test_a_month_is_a_calendar_month_in_utc(at: str, month: str, share: float) -> None:
    found, elapsed = month_of(moment(at), 0)
    assert found == month
    assert elapsed == pytest.approx(share, abs=1e-6)


@given(st.floats(0, 4e9), st.sampled_from([0, 60, 300, 86_400]))
def test_the_elapsed_share_is_below_one(now: float, month_seconds: float) -> None:
    month, share = month_of(now, month_seconds)
    assert month
    assert 0 <= share < 1


@given(shares, dollars, spending, spending)
def test_more_spent_is_never_a_lower_step(share: float, amount: float, some: float, more: float) -> None:
    low, high = sorted(int(part * amount * NANODOLLARS) for part in (some, more))
    assert step_of(low, share, amount) <= step_of(high, share, amount)


@given(shares, shares, dollars, spending)
def test_time_alone_never_raises_the_step(one: float, other: float, amount: float, part: float) -> None:
    """So it opens again by itself."""
    earlier, later = sorted((one, other))
    spent = int(part * amount * NANODOLLARS)
    assert step_of(spent, earlier, amount) >= step_of(spent, later, amount)


@given(shares, dollars)
def test_it_is_closed_before_the_budget_is_spent(share: float, amount: float) -> None:
    assert usable(share, amount) <= 0.95 * amount * (1 + 1e-12)
    spent = int(usable(share, amount) * NANODOLLARS) + 1
    assert STEPS[step_of(spent, share, amount)] == "closed"


@given(st.integers(0, 10**15), shares)
def test_without_a_budget_it_is_always_open(spent: int, share: float) -> None:
    assert STEPS[step_of(spent, share, 0)] == "open"
