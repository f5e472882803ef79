"""List prices in dollars, from the one dated table of the project (its free tiers are for the estimate of a plan)."""

from __future__ import annotations

import json
from collections.abc import Mapping
from functools import cache
from pathlib import Path

TABLE = Path(__file__).resolve().parent.parent / "deployment/plan/prices.json"

METERED = (
    *("dynamodb_read", "dynamodb_write", "websocket_message", "websocket_minute", "lambda_request"),
    *("lambda_gigabyte_second", "logs_gigabyte", "s3_put", "cloudfront_request"),
)
"""What the router meters itself, or charges for what it sees (router/budget/prices.py)."""


@cache
def prices() -> Mapping[str, float]:
    """Return name -> dollars for one unit."""
    table = json.loads(TABLE.read_text(encoding="utf-8"))["prices"]
    return {name: float(entry["price"]) for name, entry in table.items()}


def price_of(units: Mapping[str, float]) -> float:
    """Return the dollars for these units, by the names of their prices."""
    return sum(prices()[name] * number for name, number in units.items())


def metered_prices() -> str:
    """Return the prices that the router needs, as compact JSON."""
    return json.dumps({name: prices()[name] for name in METERED}, separators=(",", ":"), sort_keys=True)
