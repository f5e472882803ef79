"""What each step of the budget means for the router (`contract.budget` computes the step). Pure."""

from __future__ import annotations

import math
from typing import Final

from router.contract.budget import CLOSED, LIMITS, OPEN, REFUSING, SPACED, THINNED, step_of, usable

NARROWEST: Final = 4.0
WIDEST: Final = 30.0
"""The factors by which broadcasts are spaced out, where the spacing begins and where new sockets are refused."""


def spacing_of(spent_nanodollars: int, share: float, dollars: float) -> float:
    """Return the factor by which broadcasts are spaced out: 1 while open, from 4 to 30, infinite once closed."""
    step = step_of(spent_nanodollars, share, dollars)
    if step in {OPEN, CLOSED}:
        return math.inf if step else 1.0
    limits = dict(LIMITS)
    begin, end = limits[SPACED], limits[REFUSING]
    left = usable(share, dollars) / dollars - spent_nanodollars / 1e9 / dollars
    scarcity: float = (begin - left) / (begin - end)
    return float(min(WIDEST, NARROWEST * (WIDEST / NARROWEST) ** scarcity))


def settled(acted: int, step: int) -> int:
    """Return the step to act upon after `acted`.

    A closed stage stays closed until new sockets would be admitted at once, and refusing does not end before replies
    have their days again. Otherwise one visit's money would open and close the gates every minute.
    """
    if acted == CLOSED and step == REFUSING:
        return CLOSED
    if acted == REFUSING and step == THINNED:
        return REFUSING
    return step
