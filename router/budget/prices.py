"""The prices of what the router causes, in nanodollars. The environment variable PRICES has them, in dollars.

The names are those of the one price table (deployment/plan/prices.json). Free tiers are ignored, so what is metered is
never less than the bill.
"""

from __future__ import annotations

import json
import math
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from router.contract.budget import NANODOLLARS

if TYPE_CHECKING:
    from collections.abc import Mapping

READ: Final = "dynamodb_read"
WRITE: Final = "dynamodb_write"
MESSAGE: Final = "websocket_message"
MINUTE: Final = "websocket_minute"
REQUEST: Final = "lambda_request"
GIGABYTE_SECOND: Final = "lambda_gigabyte_second"
LOG_GIGABYTE: Final = "logs_gigabyte"
PUT: Final = "s3_put"
EDGE_REQUEST: Final = "cloudfront_request"
NAMES: Final = (READ, WRITE, MESSAGE, MINUTE, REQUEST, GIGABYTE_SECOND, LOG_GIGABYTE, PUT, EDGE_REQUEST)


@dataclass(frozen=True, slots=True)
class Prices:
    """The price of one unit of each name, in nanodollars."""

    nanodollars: Mapping[str, float]

    def of(self, units: Mapping[str, float]) -> int:
        """Return the price of these units, rounded up to whole nanodollars."""
        return math.ceil(sum(self.nanodollars[name] * number for name, number in units.items()) - 1e-6)


def parse(text: str) -> Prices:
    """Return the prices in a JSON object of dollars by name. Raises ValueError, which says what is wrong."""
    try:
        table = json.loads(text)
    except (ValueError, RecursionError) as error:
        raise ValueError("must be a JSON object of dollars by name") from error
    if not isinstance(table, dict):
        raise ValueError("must be a JSON object of dollars by name")
    missing = [name for name in NAMES if not _is_price(table.get(name))]
    if missing:
        raise ValueError(f"has no price (dollars, at least 0) for {', '.join(missing)}")
    return Prices({name: table[name] * NANODOLLARS for name in NAMES})


def _is_price(value: object) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool) and 0 <= value < math.inf
