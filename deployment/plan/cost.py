"""Estimate of the monthly cost of the stack, for a given traffic and a dated table of list prices (prices.json).

Assumptions, erring on the high side:
- a visit downloads 8 files of 0.3 MB in total, keeps its WebSocket open for the given minutes, and causes 4 invocations
  of 60 ms: connect, first message, the new count, disconnect; each sweep and each tick is one more invocation;
- each visit is alone. Its DynamoDB units are those that `python -m benchmarks.requests` measures, request by request; a
  test compares them. In a crowd, a visit takes more, and fewer broadcasts;
- each new count is one message to every open page, with visits spread evenly over the month;
- an invocation logs 1 KB, 0.1 GB of data is stored, and the cache hit ratio is 90 %.
Alarms and a hosted zone are included if the settings have them. Not included: the domain registration, taxes, data
transfer within AWS.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from errors import UsageError
from settings import FREE_PLAN, Settings

TABLE = Path(__file__).with_name("prices.json")
MINUTES_A_MONTH = 30 * 24 * 60
FILES, MEGABYTES, INVOCATIONS, WRITES, READS = 8, 0.3, 4, 6, 7
SWEEP_READS, TICK_READS = 9, 2
SECONDS = 0.06
EMAILS = 2


@dataclass(frozen=True)
class Traffic:
    """visits: per month. minutes: the average time that a page stays open."""

    visits: int = 1000
    minutes: float = 3


@dataclass(frozen=True)
class Position:
    """A line of the bill. used: in `unit`. free: the permanent free tier. dollars: the price of the rest."""

    name: str
    used: float
    unit: str
    free: float
    dollars: float


@dataclass(frozen=True)
class Cost:
    """The cost per month, in US dollars before tax."""

    dollars: float
    traffic: Traffic
    as_of: str
    positions: tuple[Position, ...]


def traffic(visits: int, minutes: float) -> Traffic:
    """Return the traffic. Raises UsageError for numbers that are out of range."""
    if visits < 0 or not 0 <= minutes <= MINUTES_A_MONTH:
        raise UsageError(
            f"--visits {visits} --minutes {minutes:g}",
            "is out of range",
            "give the visits per month and the minutes per visit",
        )
    return Traffic(visits, minutes)


def estimate(settings: Settings, traffic: Traffic) -> Cost:
    """Return the estimated cost in US dollars per month at this traffic, with a position for each item used."""
    table = json.loads(TABLE.read_text(encoding="utf-8"))
    positions = tuple(
        _position(name, used, table["prices"][name]) for name, used in _used(settings, traffic).items() if used
    )
    return Cost(sum(position.dollars for position in positions), traffic, table["as_of"], positions)


def list_price(settings: Settings, traffic: Traffic) -> float:
    """Return the dollars per month without any free tier."""
    prices = json.loads(TABLE.read_text(encoding="utf-8"))["prices"]
    return sum(used * float(prices[name]["price"]) for name, used in _used(settings, traffic).items())


def cost_lines(cost: Cost, *, detailed: bool = False) -> list[str]:
    """Return the total in one line; detailed: and a line for each position."""
    one = (
        f"cost: about ${cost.dollars:.2f} per month at {cost.traffic.visits:,} visits of {cost.traffic.minutes:g} min "
        f"(list prices of {cost.as_of}, before tax)"
    )
    if not detailed:
        return [one]
    lines = [
        f"  {position.name:<26} {position.used:>16,.2f} {position.unit}"
        + (f", {position.free:,.0f} free" if position.free else "")
        + f": ${position.dollars:.4f}"
        for position in cost.positions
    ]
    return [
        one,
        *lines,
        "  prices and their sources: deployment/plan/prices.json; assumptions: deployment/plan/cost.py",
    ]


def _position(name: str, used: float, price: Mapping[str, Any]) -> Position:
    return Position(name, used, price["unit"], price["free"], max(0.0, used - price["free"]) * price["price"])


def _used(settings: Settings, traffic: Traffic) -> Mapping[str, float]:
    # Imported here: these import Troposphere, which users of the dataclasses above do not need.
    from template_gen.alarms import alarms
    from template_gen.router import MEMORY_MEGABYTES, SWEEP_MINUTES

    visits, sweeps = traffic.visits, MINUTES_A_MONTH / SWEEP_MINUTES
    open_pages = visits * traffic.minutes / MINUTES_A_MONTH
    invocations = INVOCATIONS * visits + sweeps + MINUTES_A_MONTH
    paid = settings.cdn.plan != FREE_PLAN
    return {
        "cloudfront_gigabyte": paid * visits * MEGABYTES / 1024,
        "cloudfront_request": paid * visits * (FILES + 1),
        "cloudfront_function": paid * visits * FILES,
        # Its first message and the reply; then the new count, sent to this page and to every other open page; and to
        # these again when it leaves.
        "websocket_message": visits * (2 + 1 + 2 * open_pages),
        "websocket_minute": visits * traffic.minutes,
        "lambda_request": invocations,
        "lambda_gigabyte_second": invocations * SECONDS * MEMORY_MEGABYTES / 1024,
        "dynamodb_write": visits * WRITES,
        "dynamodb_read": visits * READS + sweeps * SWEEP_READS + MINUTES_A_MONTH * TICK_READS,
        "dynamodb_gigabyte": 0.1,
        "dynamodb_backup_gigabyte": 0.1,
        "s3_gigabyte": 0.1,
        "s3_get": visits * FILES / 10,
        # The badge and count.json, at most once a minute.
        "s3_put": 2 * min(visits, MINUTES_A_MONTH),
        "logs_gigabyte": invocations / 1024**2,
        "alarm": (len(alarms()) if settings.alerts.email else 0) + bool(settings.budget.dollars_a_month),
        "email": EMAILS if settings.alerts.email else 0,
        "hosted_zone": 1 if settings.domain.hosted_zone else 0,
    }
