from __future__ import annotations

import math
import random

import pytest

from router import configuration
from router.budget import prices
from router.budget.budget import Account, Budget
from router.budget.meter import Meter
from router.contract.budget import CLOSED, OPEN, REFUSING, THINNED
from router.errors import StoreBusyError
from tests.router.budget_rig import environment
from tests.router.rig import NOW


class Row:
    """The rows of a budget by month."""

    def __init__(self) -> None:
        self.spent: dict[str, int] = {}
        self.writes = 0
        self.broken = False

    def add(self, month: str, nanodollars: int) -> Account:
        if self.broken:
            raise StoreBusyError("UpdateItem", "ThrottlingException")
        self.writes += 1
        self.spent[month] = self.spent.get(month, 0) + nanodollars
        return Account(self.spent[month])


def budget(dollars: float = 5, month_seconds: int = 0) -> Budget:
    meter = Meter()
    meter.take()
    return Budget(configuration.read(environment(dollars, month_seconds)).budget, meter)


def test_a_large_amount_is_charged_at_once_with_the_write_and_the_state_is_known() -> None:
    row, one = Row(), budget()
    one.meter.count(prices.MESSAGE, 900_000)
    one.settle(row.add, NOW, lambda: 0.999)
    assert row.spent == {"2026-11": 900_000_625}
    assert one.step(NOW) == OPEN
    one.meter.count(prices.MESSAGE, 4_000_000)
    one.settle(row.add, NOW, lambda: 0.999)
    assert one.step(NOW) == CLOSED
    assert one.spacing(NOW) == math.inf


def test_of_small_amounts_a_coin_decides_and_none_is_kept() -> None:
    row, one = Row(), budget()
    one.meter.count(prices.MESSAGE, 5)  # a quarter of a quantum
    one.settle(row.add, NOW, lambda: 0.26)
    assert (row.spent, one.meter.units) == ({}, {})
    one.meter.count(prices.MESSAGE, 5)
    one.settle(row.add, NOW, lambda: 0.24)
    assert row.spent == {"2026-11": 20_625}


@pytest.mark.parametrize("dollars", [1, 5])
def test_the_sum_of_small_amounts_is_right_on_average_however_short_lived_environments_are(dollars: float) -> None:
    row, coin = Row(), random.Random(7)  # noqa: S311 - a coin
    events = round(dollars / 7e-6)
    one = budget(dollars)
    for _ in range(events):
        one.meter.count(prices.MESSAGE, 7)
        one.settle(row.add, NOW, coin.random)
    wanted = events * 7_000 + row.writes * 625
    assert row.spent["2026-11"] == pytest.approx(wanted, rel=0.01)
    assert row.writes < events * 7_000 / one.terms.quantum * 1.05 or dollars < 2


def test_what_could_not_be_charged_is_charged_later() -> None:
    row, one = Row(), budget()
    row.broken = True
    one.meter.count(prices.MESSAGE, 100)
    with pytest.raises(StoreBusyError):
        one.settle(row.add, NOW, lambda: 0.0)
    row.broken = False
    one.settle(row.add, NOW, lambda: 0.0)
    assert row.spent == {"2026-11": 100_625}


def test_a_refund_waits_until_it_is_worth_a_write() -> None:
    row, one = Row(), budget()
    one.meter.count(prices.MESSAGE, -19)
    one.settle(row.add, NOW, lambda: 0.0)
    assert row.writes == 0
    one.meter.count(prices.MESSAGE, -19)
    one.settle(row.add, NOW, lambda: 0.0)
    assert row.spent == {"2026-11": -38_000 + 625}


def test_a_new_month_begins_open() -> None:
    one = budget(1, 600)
    one.learn(Account(10**9, 4), 1000)
    assert one.step(1000) == CLOSED
    assert one.step(1200) == OPEN
    assert one.account(1200) == Account()


def test_an_alarm_closes_whatever_was_spent() -> None:
    one = budget()
    one.learn(Account(0, 0, "messages"), NOW)
    assert (one.step(NOW), one.spacing(NOW)) == (CLOSED, math.inf)


@pytest.mark.parametrize(
    ("left", "acted", "step", "spacing"),
    [
        (0.01, CLOSED, CLOSED, math.inf),
        (0.04, REFUSING, REFUSING, 30.0),
        (0.04, CLOSED, THINNED, 18.0),
        (0.01, None, REFUSING, 30.0),
    ],
)
def test_a_step_is_kept_until_it_can_last(left: float, acted: int | None, step: int, spacing: float) -> None:
    one = budget(1, 1000)
    one.learn(Account(round((0.20 - left) * 10**9), acted), 2000)
    assert one.step(2000) == step
    assert one.spacing(2000) == pytest.approx(spacing, rel=0.2)


def test_it_affords_what_is_left() -> None:
    one = budget(1, 1000)
    one.learn(Account(100_000_000), 2000)
    assert one.affords({prices.MESSAGE: 100_000}, 2000)
    assert not one.affords({prices.MESSAGE: 100_001}, 2000)
    assert budget(0).affords({prices.MESSAGE: 10**9}, 2000)


def test_without_a_budget_nothing_is_charged() -> None:
    row, one = Row(), budget(0)
    one.meter.count(prices.MESSAGE, 10**9)
    one.settle(row.add, NOW, lambda: 0.0)
    assert row.writes == 0
