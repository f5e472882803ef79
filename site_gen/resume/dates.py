"""Dates of a résumé: 2021, 2021-03 or 2021-03-14, the formats of JSON Resume."""

from __future__ import annotations

import datetime


def is_real_date(value: str) -> bool:
    """Return True if the date exists. The schema's pattern allows month 19 and 30 February."""
    year, month, day = (*value.split("-"), "01", "01")[:3]
    try:
        datetime.date(int(year), int(month), int(day))
    except ValueError:
        return False
    return True


def is_before(earlier: str, later: str) -> bool:
    """Return True if `earlier` definitely ends before `later` begins: 2020 is not before 2020-05, which may lie within
    it."""
    shared = min(len(earlier), len(later))
    return earlier[:shared] < later[:shared]
