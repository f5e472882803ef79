"""Periods: two dates in one text, and an end before its start."""

from __future__ import annotations

import re
from typing import Any

from site_gen.importing.mending.change import Change, Kind, Mended, Path
from site_gen.importing.mending.dates import LONGEST, read_date
from site_gen.importing.mending.month_names import means_until_today
from site_gen.resume.dates import is_before
from site_gen.resume.normalization import EMPTY
from site_gen.resume.rules import walk

BETWEEN = re.compile(r"\s+(?:-|to|until|bis|au|à|a|al|hasta|até|tot|till|по)\s+|\s*(?:[–—~→]|--+)\s*", re.IGNORECASE)
DENSE = re.compile(r"([12]\d{3})\s*-+\s*([12]\d{3})")


def split_period(text: str) -> tuple[str, str] | None:
    """Return start and end of a text such as "Sep 2019 – present"; the end is "" if it has not come. None if it is not
    a period."""
    if len(text) > LONGEST:
        return None
    parts = list(found.groups()) if (found := DENSE.fullmatch(text.strip())) else BETWEEN.split(text.strip())
    if len(parts) != 2 or not (start := read_date(parts[0])):  # noqa: PLR2004 - a start and an end
        return None
    if means_until_today(parts[1]):
        return start[0], ""
    end = read_date(parts[1])
    return (start[0], end[0]) if end else None


def split_periods(document: Any) -> Mended:
    """Split a start date that is a whole period, where there is no end date."""
    changes: list[Change] = []
    for path, value in walk(document):
        start = value.get("startDate") if isinstance(value, dict) else None
        if isinstance(start, str) and value.get("endDate") in EMPTY and (period := split_period(start)):
            value["startDate"], end = period
            value.pop("endDate", None)
            value.update({"endDate": end} if end else {})
            changes.append(Change((*path, "startDate"), start, " – ".join(period).rstrip(" –"), "a whole period"))
    return document, changes


def order_periods(document: Any) -> Mended:
    """Swap an end with the start that it is before: nothing is lost, and the owner is asked to look at it."""
    changes: list[Change] = []
    for path, value in walk(document):
        start, end = (value.get("startDate"), value.get("endDate")) if isinstance(value, dict) else (None, None)
        if isinstance(start, str) and isinstance(end, str) and start and end and is_before(end, start):
            value["startDate"], value["endDate"] = end, start
            changes.append(_swapped(path, start, end))
    return document, changes


def _swapped(path: Path, start: str, end: str) -> Change:
    return Change(path, f"{start} – {end}", f"{end} – {start}", "the end was before the start", Kind.DOUBTFUL)
