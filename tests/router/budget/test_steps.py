from __future__ import annotations

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from router.budget.steps import settled, spacing_of
from router.contract.budget import CLOSED, OPEN, REFUSING, SPACED, STEPS, THINNED, step_of, usable

SHARES = st.floats(0, 1)
DOLLARS = st.sampled_from([0.0001, 0.01, 1, 5, 100])


@pytest.mark.parametrize(
    ("left", "step"),
    [(0.5, OPEN), (0.101, OPEN), (0.099, SPACED), (0.049, THINNED), (0.024, REFUSING), (0.0, CLOSED), (-1, CLOSED)],
)
def test_the_steps(left: float, step: int) -> None:
    spent = (usable(0.5, 5) - left * 5) * 1e9
    assert step_of(round(spent), 0.5, 5) == step


def test_without_dollars_it_is_always_open() -> None:
    assert step_of(10**12, 0.5, 0) == OPEN
    assert spacing_of(10**12, 0.5, 0) == 1.0


@given(SHARES, DOLLARS, st.floats(0, 1.2), st.floats(0, 1.2))
def test_the_more_is_spent_the_wider_the_spacing_and_never_below_that_of_the_step(
    share: float, dollars: float, one: float, other: float
) -> None:
    less, more = sorted(round(part * dollars * 1e9) for part in (one, other))
    assert spacing_of(less, share, dollars) <= spacing_of(more, share, dollars)
    step = step_of(more, share, dollars)
    found = spacing_of(more, share, dollars)
    assert (found == 1.0) == (step == OPEN)
    assert (found == math.inf) == (step == CLOSED)
    assert step in {OPEN, CLOSED} or 4 <= found <= 30


@given(SHARES, DOLLARS)
def test_more_than_95_percent_are_never_usable(share: float, dollars: float) -> None:
    assert usable(share, dollars) <= 0.95 * dollars * (1 + 1e-9)


def test_a_step_has_to_end_clearly() -> None:
    for acted in range(len(STEPS)):
        for step in range(len(STEPS)):
            kept = (acted, step) in {(CLOSED, REFUSING), (REFUSING, THINNED)}
            assert settled(acted, step) == (acted if kept else step)
