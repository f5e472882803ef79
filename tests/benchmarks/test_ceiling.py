"""The budget is kept: by the router under attack, and by its rules in whole months of any traffic."""

from __future__ import annotations

from functools import cache

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from benchmarks.ceiling import DAY, attack, month_of_dollars, throttles_of
from benchmarks.gateway import Gateway
from benchmarks.months import MINUTES, Costs, Ledger, Phase, measured, run
from benchmarks.traffics import traffics
from router.contract.budget import CLOSED, OPEN, REFUSING
from template_gen import rates
from template_gen.prices import price_of

SLOW = {"viral month", "everything at once"}
METER_ERROR = 0.02
"""The part by which a bill may exceed what was metered; benchmarks/ceiling.py finds less."""


@pytest.mark.parametrize("name", sorted(traffics(1.0).keys() - SLOW))
def test_the_router_keeps_to_its_dollars_under_attack(name: str) -> None:
    found = attack(name, 0.01, DAY // 4, slack=2.0, cold=len(name) % 2 == 0)
    assert found.bill <= found.dollars
    assert found.bill <= found.metered * 1.05
    assert name != "honest visitors" or found.served > 0


@cache
def costs() -> Costs:
    return measured(month_of_dollars(5, 30 * DAY))


def test_what_events_cost_is_what_the_gateway_counts_with() -> None:
    assert costs().message <= price_of(rates.MESSAGE) * 2
    assert costs().refusal < costs().message
    assert costs().departure < costs().visit
    assert costs().visit < 60e-6


def ledger(dollars: float, slack: float = 1.0, environments: int = 10) -> Ledger:
    throttles = throttles_of(dollars, rates.MONTH_SECONDS)
    return Ledger(dollars, costs(), Gateway(throttles, 0, slack), throttles, environments)


def log_uniform(low: float, high: float) -> st.SearchStrategy[float]:
    return st.floats(0, 1).map(lambda part: low * (high / low) ** part)


PHASES = st.lists(
    st.builds(
        Phase,
        minutes=log_uniform(1, MINUTES).map(round),
        connects=st.one_of(st.just(0.0), log_uniform(0.5, 1e7)),
        hold=st.integers(1, 120),
        messages=st.one_of(st.just(0.0), log_uniform(0.5, 1e7)),
    ),
    min_size=1,
    max_size=8,
)


@settings(deadline=None, max_examples=25)
@given(PHASES, log_uniform(0.01, 100), st.floats(1, 2), st.sampled_from([1, 10, 100]))
def test_no_month_costs_more_than_its_dollars(
    phases: list[Phase], dollars: float, slack: float, environments: int
) -> None:
    late = min(environments, max(1, round(dollars * 1_000)))  # as many run at once as the burst lets in
    month = run(ledger(dollars, slack, late), phases)
    assert month.spent * (1 + METER_ERROR) <= dollars


def test_a_month_of_ten_thousand_visitors_is_served_whole_for_five_dollars() -> None:
    month = run(ledger(5), [Phase(1, 1, 3, 1), Phase(3, 0, 1, 0)])
    assert month.admitted >= 10_000
    assert (month.refused, month.steps) == (0, {0})
    assert month.spent < 1


def test_a_month_of_floods_passes_through_the_steps_and_still_admits_some_each_day() -> None:
    month = run(ledger(5), [Phase(1440, 1e6, 120, 1e6)])
    assert month.steps >= {OPEN, REFUSING, CLOSED}
    assert month.admitted > 1_000
