"""The ceiling: the sum of the worst cases is never more than the budget, whatever the settings."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from deployment.plan.ceiling import Ceiling, ceiling, ceiling_lines
from deployment.plan.cost import Traffic, estimate
from settings import Settings, validate

A_CENT = 0.01
throttles = st.fixed_dictionaries(
    {},
    optional={
        "connects_per_second": st.integers(1, 10_000),
        "connect_burst": st.integers(1, 5_000),
        "messages_per_second": st.integers(1, 10_000),
        "message_burst": st.integers(1, 5_000),
        "posts_per_second": st.integers(1, 100_000),
    },
)


def settings_of(dollars: float, **sections: Any) -> Settings:
    return validate({"budget": {"dollars_a_month": dollars}, **sections}, Path("settings.toml"))


@given(st.floats(A_CENT, 10_000), throttles)
def test_the_sum_of_the_worst_cases_is_within_the_budget(dollars: float, throttle: dict[str, int]) -> None:
    found = ceiling(settings_of(dollars, throttle=throttle))
    assert found.worst <= dollars
    assert found.dollars == dollars
    assert all(part >= 0 for part in found.parts.values())


@given(st.floats(0, 100_000))
def test_the_number_that_is_shown_is_never_less_than_the_ceiling(dollars: float) -> None:
    line = ceiling_lines(Ceiling(dollars, dollars, {}, 0, covers_page=False))[0]
    shown = re.search(r"\$([\d,.]+) a month", line)
    assert shown
    assert float(shown[1].replace(",", "")) >= dollars


@given(st.floats(0.0001, A_CENT), throttles)
def test_a_budget_below_a_cent_is_passed_by_single_requests_at_most_and_said_so(
    dollars: float, throttle: dict[str, int]
) -> None:
    """One visit is a seventh of the smallest budget."""
    found = ceiling(settings_of(dollars, throttle=throttle))
    assert found.worst <= dollars + 0.00005
    assert found.dollars >= found.worst


def test_the_plan_says_the_ceiling_and_what_comes_besides() -> None:
    settings = settings_of(5)
    one, besides = ceiling_lines(ceiling(settings))
    assert one == "ceiling: at most $5.00 a month for counter and socket, whatever happens"
    assert f"about ${estimate(settings, Traffic(0, 0)).dollars:,.2f} without any visitor" in besides
    assert "downloads of the page beyond CloudFront's free 1 TB" in besides


def test_the_details_add_up() -> None:
    found = ceiling(settings_of(5))
    lines = ceiling_lines(found, detailed=True)
    assert len(lines) == len(found.parts) + 2
    assert "metered by the router, which stops there" in lines[1]
    assert lines[1].endswith("$4.75")


def test_without_a_budget_the_price_of_the_rates_is_named() -> None:
    found = ceiling(settings_of(0))
    one, _ = ceiling_lines(found)
    assert one.startswith("ceiling: none, as budget.dollars_a_month is 0")
    assert found.worst > 2_000


def test_in_the_plan_of_zero_dollars_the_page_is_covered_too() -> None:
    _, besides = ceiling_lines(ceiling(settings_of(5, cdn={"plan": "free"})))
    assert besides.endswith("the page is in CloudFront's plan of $0")


@pytest.mark.parametrize(("dollars", "shown"), [(0.0001, "$0.0001"), (0.005, "$0.0050"), (1234.5, "$1,234.50")])
def test_small_amounts_are_shown_in_full(dollars: float, shown: str) -> None:
    assert f"at most {shown} a month" in ceiling_lines(Ceiling(dollars, 0, {}, 0, covers_page=False))[0]
