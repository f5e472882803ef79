"""Dates of a résumé: 2021, 2021-03 or 2021-03-14, as JSON Resume writes them."""

from __future__ import annotations

import datetime

# Not strftime: its names follow the machine's locale, and the same résumé must give the same bytes everywhere.
MONTHS = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")


def format_date(value: str) -> str:
    """ "2021" → "2021"; "2021-03" and "2021-03-14" → "Mar 2021"."""
    year, _, rest = value.partition("-")
    return f"{MONTHS[int(rest[:2]) - 1]} {year}" if rest else year


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
