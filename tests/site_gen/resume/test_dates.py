from __future__ import annotations

import datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from site_gen.resume.dates import is_before, is_real_date


@given(st.dates(min_value=datetime.date(1000, 1, 1), max_value=datetime.date(2999, 12, 31)))
def test_every_day_of_the_calendar_is_real(day: datetime.date) -> None:
    assert is_real_date(day.isoformat())
    assert is_real_date(day.isoformat()[:7])
    assert is_real_date(day.isoformat()[:4])


@pytest.mark.parametrize("value", ["2021-13", "2021-00", "2021-02-29", "2021-04-31", "2021-19-39", "soon", ""])
def test_other_days_are_not(value: str) -> None:
    assert not is_real_date(value)


@pytest.mark.parametrize(
    ("earlier", "later", "before"),
    [
        ("2019", "2020", True),
        ("2020", "2020-05", False),
        ("2020-05", "2020", False),
        ("2020-05", "2020-06-01", True),
        ("2020-06-02", "2020-06-01", False),
    ],
)
def test_order_is_only_claimed_when_it_is_sure(earlier: str, later: str, before: bool) -> None:
    assert is_before(earlier, later) is before
