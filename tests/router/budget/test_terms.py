from __future__ import annotations

import calendar
from datetime import UTC, datetime

import pytest

from router import configuration
from router.errors import ConfigurationError
from tests.router.budget_rig import THROTTLES, TOPIC, environment
from tests.router.rig import ENVIRONMENT


def test_the_terms_are_read() -> None:
    terms = configuration.read(environment(5, 600)).budget
    assert (terms.dollars, terms.month_seconds, terms.gigabytes, terms.topic) == (5, 600, 0.5, TOPIC)
    assert terms.throttles == THROTTLES


def test_without_dollars_there_is_no_budget_and_no_price_is_needed() -> None:
    terms = configuration.read(ENVIRONMENT).budget
    assert (terms.dollars, terms.prices, terms.gigabytes) == (0, None, 0.5)


@pytest.mark.parametrize(("dollars", "quantum"), [(0.0001, 1000), (1, 4000), (5, 20_000), (100, 20_000)])
def test_a_quantum_is_a_small_part_of_the_dollars(dollars: float, quantum: int) -> None:
    assert configuration.read(environment(dollars)).budget.quantum == quantum


def test_the_month_before() -> None:
    terms = configuration.read(environment(5)).budget
    for year, month in ((2026, 1), (2028, 3), (2026, 12)):
        for day in (1, calendar.monthrange(year, month)[1]):
            at = datetime(year, month, day, 23, 59, tzinfo=UTC).timestamp()
            assert terms.month_before(at) == (f"{year}-{month - 1:02}" if month > 1 else f"{year - 1}-12")
    short = configuration.read(environment(5, 600)).budget
    assert (short.month(1201)[0], short.month_before(1201)) == ("2", "1")


@pytest.mark.parametrize(
    ("name", "value", "wrong"),
    [
        ("BUDGET_DOLLARS", "five", "BUDGET_DOLLARS is 'five'"),
        ("BUDGET_DOLLARS", "-1", "BUDGET_DOLLARS is '-1'"),
        ("BUDGET_DOLLARS", "nan", "BUDGET_DOLLARS is 'nan'"),
        ("BUDGET_MONTH_SECONDS", "1e99", "BUDGET_MONTH_SECONDS"),
        ("PRICES", "", "PRICES must be a JSON object of dollars by name; a budget needs it"),
        ("PRICES", "{}", "PRICES has no price"),
        ("STAGE_THROTTLES", "[1]", "STAGE_THROTTLES"),
        ("STAGE_THROTTLES", '{"$connect": 1}', "STAGE_THROTTLES"),
    ],
)
def test_what_is_wrong_is_named(name: str, value: str, wrong: str) -> None:
    with pytest.raises(ConfigurationError, match=wrong.replace("$", r"\$")):
        configuration.read({**environment(5), name: value})
