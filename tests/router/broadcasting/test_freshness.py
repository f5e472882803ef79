from __future__ import annotations

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from router.broadcasting.freshness import MIN_INTERVAL_SECONDS, PRESENCE_POSTS_A_MINUTE, interval, quiet_seconds

READERS = st.integers(0, 10**7)


@pytest.mark.parametrize(
    ("readers", "seconds"), [(0, 0), (5, 0), (6, 1), (10, 1), (40, 1), (1_000, 5), (10_000, 15.8), (100_000, 50)]
)
def test_the_interval_grows_with_the_audience(readers: int, seconds: float) -> None:
    assert interval(readers, 5) == pytest.approx(seconds, rel=0.01)


@given(READERS, st.integers(1, 3_600), st.floats(1, 100, exclude_min=True))
def test_more_readers_and_a_smaller_budget_never_shorten_it(readers: int, freshness: int, spacing: float) -> None:
    usual = interval(readers, freshness)
    assert usual <= interval(readers + 1, freshness)
    stretched = interval(readers, freshness, spacing)
    assert stretched == pytest.approx((usual or MIN_INTERVAL_SECONDS) * spacing), "a few readers notice the budget too"
    assert interval(readers, freshness, math.inf) == math.inf


def test_there_is_none_without_freshness_seconds() -> None:
    assert interval(10**6, 0) == 0


@given(READERS)
def test_who_is_here_is_told_in_300_posts_a_minute(readers: int) -> None:
    """A minute has one tick, and records at any time; a broadcast at either end belongs to it."""
    by_record, by_minute = quiet_seconds(readers, by_minute=False), quiet_seconds(readers, by_minute=True)
    ticks = 1 if by_minute <= 60 else 1 / math.ceil(by_minute / 60)
    assert readers * (ticks + (60 / by_record if by_record else 0)) <= PRESENCE_POSTS_A_MINUTE
    assert by_minute == 0 or readers > PRESENCE_POSTS_A_MINUTE
