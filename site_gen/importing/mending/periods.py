"""Periods: two dates in one text, and an end before its start."""

from __future__ import annotations

import re
from dataclasses import replace
from typing import Any, NamedTuple

from site_gen.importing.mending.change import Change, Kind, Mended, Path, value_at
from site_gen.importing.mending.dates import LONGEST, UNCERTAIN, read_date
from site_gen.importing.mending.month_names import means_until_today
from site_gen.resume.dates import is_before
from site_gen.resume.normalization import EMPTY
from site_gen.resume.rules import walk

BETWEEN = re.compile(r"\s+(?:-|to|until|bis|au|à|a|al|hasta|até|tot|till|по)\s+|\s*(?:[–—~→]|--+)\s*", re.IGNORECASE)
DENSE = re.compile(r"([12]\d{3})\s*-+\s*([12]\d{3})")


class Period(NamedTuple):
    """start, end: dates; the end is "" if it has not come. whys: what had to be left out of them or assumed."""

    start: str
    end: str
    whys: tuple[str, ...] = ()


def split_period(text: str) -> Period | None:
    """Return the period in a text such as "Sep 2019 – present", None if it is none."""
    if len(text) > LONGEST:
        return None
    parts = list(found.groups()) if (found := DENSE.fullmatch(text.strip())) else BETWEEN.split(text.strip())
    if len(parts) != 2 or not (start := read_date(parts[0])):  # noqa: PLR2004 - a start and an end
        return None
    end = ("", "") if means_until_today(parts[1]) else read_date(parts[1])
    if end is None:
        return None
    return Period(start[0], end[0], tuple(dict.fromkeys(why for why in (start[1], end[1]) if why)))


def split_periods(document: Any) -> Mended:
    """Split a start date that is a whole period, where there is no end date; of an end date that is one, keep its
    end."""
    changes: list[Change] = []
    for path, value in walk(document):
        if isinstance(value, dict):
            _take_the_end(path, value, changes)
        start = value.get("startDate") if isinstance(value, dict) else None
        if isinstance(start, str) and value.get("endDate") in EMPTY and (period := split_period(start)):
            _set(value, start=period.start, end=period.end)
            after = " – ".join(part for part in (period.start, period.end) if part)
            changes.append(_split((*path, "startDate"), start, after, period))
    return document, changes


def _take_the_end(path: Path, entry: dict[str, Any], changes: list[Change]) -> None:
    written, start = entry.get("endDate"), entry.get("startDate")
    if isinstance(written, str) and (period := split_period(written)):
        _set(entry, start=period.start if start in EMPTY else start, end=period.end)
        changes.append(_split((*path, "endDate"), written, period.end or None, period))


def _set(entry: dict[str, Any], start: Any, end: str) -> None:
    entry["startDate"] = start
    entry.pop("endDate", None)
    entry.update({"endDate": end} if end else {})


def _split(path: Path, before: str, after: str | None, period: Period) -> Change:
    kind = Kind.DOUBTFUL if UNCERTAIN.intersection(period.whys) else Kind.MENDED
    return Change(path, before, after, "; ".join(("a whole period", *period.whys)), kind)


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
