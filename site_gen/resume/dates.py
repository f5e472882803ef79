"""Dates of a résumé: 2021, 2021-03 or 2021-03-14, as JSON Resume writes them."""

from __future__ import annotations

import datetime


def is_real_date(value: str) -> bool:
    """Whether the calendar has it. The schema's pattern lets month 19 and 30 February through."""
    year, month, day = (*value.split("-"), "01", "01")[:3]
    try:
        datetime.date(int(year), int(month), int(day))
    except ValueError:
        return False
    return True


def is_before(earlier: str, later: str) -> bool:
    """Whether `earlier` surely ends before `later` begins: 2020 is not before 2020-05, which may lie within it."""
    shared = min(len(earlier), len(later))
    return earlier[:shared] < later[:shared]
