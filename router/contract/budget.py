"""The monthly budget: which month it is, and in which step the budget is. Pure, shared by the router and the tools.

The allowance grows through the month, so that one bad day cannot spend all of it: at the share `s` of the month
`usable` = dollars × (0.20 + 0.75 s). The rest, 5 %, is a reserve for what is spent before the meter knows of it.
"""

from __future__ import annotations

import calendar
from datetime import UTC, datetime
from typing import Final

NANODOLLARS: Final = 1_000_000_000
"""A dollar in the unit of `spent`."""

MIN_QUANTUM: Final = 1_000
MAX_QUANTUM: Final = 20_000
_QUANTA: Final = 250_000
"""A quantum is at most so small a part of the month's dollars, so that the meter's coarseness does not matter."""

STEPS: Final = ("open", "spaced", "thinned", "refusing", "closed")
"""By number: everything works; broadcasts are spaced out; replies and history are thinned as well; new sockets are
refused; the socket API is throttled to nearly nothing and held sockets are closed."""

ROW_PREFIX: Final = "budget#"
"""Of the key of a month's row in VisitorCounts, before the name of the month."""

SPENT: Final = "spent"
STEP: Final = "step"
TOLD: Final = "told"
ALARM: Final = "alarm"
ALARMED_AT: Final = "alarmedAt"
"""Attributes of the row: nanodollars, the step last acted upon, the worst step that the owner was told of since it was
open, the name of a CloudWatch alarm that is on, and when an alarm last came on or off, in epoch seconds. One more is
its time to live."""

ALARM_LASTS: Final = 3_600
"""Seconds after which an alarm is dropped: the event that it is off can be lost, and would keep everything closed."""

OPEN, SPACED, THINNED, REFUSING, CLOSED = range(len(STEPS))

FIRST_SHARE: Final = 0.20
GROWING_SHARE: Final = 0.75
LIMITS: Final = ((CLOSED, 0.0), (REFUSING, 0.025), (THINNED, 0.05), (SPACED, 0.10))
"""Step -> the share of the dollars below which what is left must be; closed: at or below."""


def month_of(now: float, month_seconds: float) -> tuple[str, float]:
    """Return the name of the month, which ends the key of its row, and its elapsed share from 0 to 1.

    now: in epoch seconds. month_seconds: 0 for the UTC calendar month, as AWS bills it; else months of that length.
    """
    if month_seconds:
        number, elapsed = divmod(now, month_seconds)
        return str(int(number)), elapsed / month_seconds
    at = datetime.fromtimestamp(now, UTC)
    start = datetime(at.year, at.month, 1, tzinfo=UTC).timestamp()
    return f"{at:%Y-%m}", (now - start) / (calendar.monthrange(at.year, at.month)[1] * 86_400)


def row_key(month: str) -> str:
    """Return the key of the row of a month."""
    return ROW_PREFIX + month


def usable(share: float, dollars: float) -> float:
    """Return the dollars that may have been spent at this share of the month."""
    return dollars * (FIRST_SHARE + GROWING_SHARE * share)


def quantum(dollars: float) -> int:
    """Return the nanodollars that are charged at least at once, and that one environment may owe unknown to others."""
    return max(MIN_QUANTUM, min(MAX_QUANTUM, int(dollars * NANODOLLARS / _QUANTA)))


def step_of(spent_nanodollars: int, share: float, dollars: float) -> int:
    """Return the step, an index of `STEPS`. dollars: of a month; 0: there is no budget, so always open."""
    if not dollars:
        return OPEN
    left = (usable(share, dollars) - spent_nanodollars / NANODOLLARS) / dollars
    return next((step for step, limit in LIMITS if left < limit or left <= 0), OPEN)
