from __future__ import annotations

import pytest

from router.budget import prices
from router.budget.meter import LINE_OVERHEAD, START_GIGABYTE_SECONDS, Meter


def started() -> Meter:
    meter = Meter()
    meter.take()
    return meter


def test_the_start_of_an_environment_is_counted() -> None:
    assert Meter().take() == {prices.GIGABYTE_SECOND: START_GIGABYTE_SECONDS}


def test_units_are_taken_once_and_can_be_put_back() -> None:
    meter = started()
    meter.count(prices.WRITE, 2)
    meter.count(prices.MESSAGE)
    taken = meter.take()
    assert taken == {prices.WRITE: 2, prices.MESSAGE: 1}
    assert meter.take() == {}
    meter.count(prices.WRITE)
    meter.put_back(taken)
    assert meter.take() == {prices.WRITE: 3, prices.MESSAGE: 1}


def test_what_is_allowed_is_not_counted_but_what_exceeds_it() -> None:
    meter = started()
    meter.allow({prices.READ: 2.5})
    meter.count(prices.READ, 2)
    meter.count(prices.READ, 2)
    meter.count(prices.WRITE)
    assert meter.take() == {prices.READ: 1.5, prices.WRITE: 1}
    meter.allow({})
    meter.count(prices.READ)
    assert meter.take() == {prices.READ: 1}


def test_units_counted_in_advance_can_be_taken_back() -> None:
    meter = started()
    meter.allow({prices.MESSAGE: 1})
    meter.count(prices.MESSAGE, -3)
    assert meter.units == {prices.MESSAGE: -3}


def test_a_line_is_billed_with_its_overhead() -> None:
    meter = started()
    meter.count_line("ü")
    assert meter.take()[prices.LOG_GIGABYTE] == pytest.approx((2 + LINE_OVERHEAD) / 1e9)
