"""The terms of the budget, read from the environment of the function."""

from __future__ import annotations

import json
import math
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

from router.budget import prices
from router.contract import variables
from router.contract.budget import month_of, quantum

if TYPE_CHECKING:
    from collections.abc import Mapping

    from router.budget.prices import Prices

_MAX_DOLLARS: Final = 1_000_000
_MAX_SECONDS: Final = 366 * 86_400
_MEGABYTES: Final = "AWS_LAMBDA_FUNCTION_MEMORY_SIZE"
_DEFAULT_MEGABYTES: Final = 512
_MEGABYTES_A_GIGABYTE: Final = 1024

Throttles = dict[str, tuple[float, int]]
"""Route key -> rate per second and burst."""


@dataclass(frozen=True, slots=True)
class Terms:
    """The terms. dollars: of a month; 0: no budget. month_seconds: 0 for calendar months. gigabytes: of memory.

    topic: receives an e-mail for each step; empty: none. throttles: of the stage, to restore
    """

    dollars: float
    month_seconds: int
    prices: Prices | None
    gigabytes: float
    topic: str
    throttles: Throttles

    @property
    def quantum(self) -> int:
        """Return the nanodollars that are written to the budget at least at once."""
        return quantum(self.dollars)

    def month(self, now: float) -> tuple[str, float]:
        """Return the name of the month and its elapsed share."""
        return month_of(now, self.month_seconds)

    def month_before(self, now: float) -> str:
        """Return the name of the previous month."""
        longest = self.month_seconds or 31 * 86_400
        _, share = self.month(now)
        return self.month(now - share * longest - 1)[0]


def read(environment: Mapping[str, str], problems: list[str]) -> Terms:
    """Return the terms, and add what is wrong with their variables to the problems."""
    dollars = _number(environment, variables.BUDGET_DOLLARS, _MAX_DOLLARS, problems)
    table = environment.get(variables.PRICES, "")
    return Terms(
        dollars=dollars,
        month_seconds=int(_number(environment, variables.BUDGET_MONTH_SECONDS, _MAX_SECONDS, problems)),
        prices=_prices(table, problems) if dollars else None,
        gigabytes=(_number(environment, _MEGABYTES, 20_480, problems) or _DEFAULT_MEGABYTES) / _MEGABYTES_A_GIGABYTE,
        topic=environment.get(variables.ALERTS_TOPIC, "").strip(),
        throttles=_throttles(environment, problems),
    )


def _number(environment: Mapping[str, str], name: str, maximum: float, problems: list[str]) -> float:
    value = environment.get(name, "").strip() or "0"
    try:
        number = float(value)
    except ValueError:
        number = math.nan
    if not 0 <= number <= maximum:
        problems.append(f"{name} is {value!r}: must be a number from 0 to {maximum:g}")
        return 0
    return number


def _prices(text: str, problems: list[str]) -> Prices | None:
    try:
        return prices.parse(text)
    except ValueError as error:
        problems.append(f"{variables.PRICES} {error}; a budget needs it")
        return None


def _throttles(environment: Mapping[str, str], problems: list[str]) -> Throttles:
    text = environment.get(variables.STAGE_THROTTLES, "").strip() or "{}"
    try:
        table: dict[str, Any] = json.loads(text)
        return {str(route): (float(rate), int(burst)) for route, (rate, burst) in table.items()}
    except (ValueError, TypeError, AttributeError, RecursionError):
        problems.append(f'{variables.STAGE_THROTTLES} is {text[:80]!r}: must be like {{"$connect": [50, 1000]}}')
        return {}
