from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from router.broadcasting.rate_limiter import RateLimiter


def starts(limiter: RateLimiter, seconds: float, *, throttled: float = 0.0) -> int:
    """Return the number of posts that start within `seconds`, if this share of them is throttled."""
    now, number, owed = 0.0, 0, 0.0
    while now < seconds:
        wait = limiter.wait(now)
        if wait:
            now += wait
            continue
        number += 1
        owed += throttled
        limiter.answered(now, throttled=owed >= 1)
        owed -= owed >= 1
    return number


@given(st.integers(1, 20_000), st.integers(1, 5))
def test_the_rate_and_the_burst_are_limited(rate: int, seconds: int) -> None:
    number = starts(RateLimiter(rate, 0.0), seconds)
    assert number <= rate * seconds + max(1, rate * 0.1) + 1
    assert number >= min(rate, 900) * seconds * 0.9 - 1


def test_a_few_throttled_posts_do_not_slow_the_rest() -> None:
    limiter = RateLimiter(1000, 0.0)
    assert starts(limiter, 3, throttled=0.02) > 2900
    assert limiter.rate == 1000


def test_the_rate_adapts_to_throttling_and_recovers() -> None:
    limiter = RateLimiter(1000, 0.0)
    starts(limiter, 1, throttled=0.5)
    assert limiter.rate < 250
    slow = starts(limiter, 1, throttled=0.5)
    assert slow < 100
    now = 1.0
    for _ in range(80):
        now += 0.11
        limiter.answered(now, throttled=False)
    assert limiter.rate == 1000


@pytest.mark.parametrize(
    ("responses", "throttled", "rate"), [(8, 0, 1000), (8, 1, 1000), (8, 2, 500), (16, 2, 1000), (16, 3, 500)]
)
def test_more_than_an_eighth_throttled_halves_the_rate(responses: int, throttled: int, rate: float) -> None:
    limiter = RateLimiter(1000, 0.0)
    for number in range(responses - 1):
        limiter.answered(0.05, throttled=number < throttled)
    assert limiter.rate == 1000
    limiter.answered(0.1, throttled=False)
    assert limiter.rate == rate


def test_the_rate_rises_by_a_tenth_and_has_a_minimum() -> None:
    limiter = RateLimiter(1000, 0.0)
    limiter.answered(0.1, throttled=True)
    limiter.answered(0.2, throttled=False)
    assert limiter.rate == pytest.approx(550)
    for number in range(3, 40):
        limiter.answered(number / 10, throttled=True)
    assert limiter.rate == 1000 / 64


def test_a_clock_that_goes_back() -> None:
    limiter = RateLimiter(10, 1000.0)
    assert limiter.wait(1000.0) == 0.0
    assert 0 < limiter.wait(990.0) <= 0.1
    assert limiter.wait(990.2) == 0.0
