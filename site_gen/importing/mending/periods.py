"""Periods: two dates in one text, and an end before its start."""

from __future__ import annotations

import re
from dataclasses import replace
from typing import Any

from site_gen.importing.mending.change import Change, Kind, Mended, Path, value_at
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
    """Split a start date that is a whole period, where there is no end date; of an end date that is one, keep its
    end."""
    changes: list[Change] = []
    for path, value in walk(document):
        if isinstance(value, dict):
            _take_the_end(path, value, changes)
        start = value.get("startDate") if isinstance(value, dict) else None
        if isinstance(start, str) and value.get("endDate") in EMPTY and (period := split_period(start)):
            value["startDate"], end = period
            value.pop("endDate", None)
            value.update({"endDate": end} if end else {})
            changes.append(Change((*path, "startDate"), start, " – ".join(period).rstrip(" –"), "a whole period"))
    return document, changes


def _take_the_end(path: Path, entry: dict[str, Any], changes: list[Change]) -> None:
    written = entry.get("endDate")
    if not isinstance(written, str) or not (period := split_period(written)):
        return
    if entry.get("startDate") in EMPTY:
        entry["startDate"] = period[0]
    entry.pop("endDate")
    entry.update({"endDate": period[1]} if period[1] else {})
    changes.append(Change((*path, "endDate"), written, period[1] or None, "a whole period"))


def ask_about_lost_ends(document: Any, changes: list[Change]) -> list[Change]:
    """Return the changes with a question for each end that was left out: without it, the entry seems to go on.

    document: as it was before the changes.
    """
    return [_asked(change) if _is_lost_end(document, change) else change for change in changes]


def _is_lost_end(document: Any, change: Change) -> bool:
    if change.kind is not Kind.DROPPED or change.path[-1:] != ("endDate",):
        return False
    entry = value_at(document, change.path[:-1])
    return isinstance(entry, dict) and entry.get("startDate") not in EMPTY


def _asked(change: Change) -> Change:
    return replace(change, why=f"{change.why}; the page now says that it goes on", kind=Kind.DOUBTFUL)


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
