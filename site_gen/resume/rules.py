"""Requirements of the page that the JSON Resume schema does not express."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

from site_gen.resume.dates import is_before, is_real_date
from site_gen.resume.links import is_safe_link
from site_gen.resume.violations import Violation, shorten

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

Path = tuple["str | int", ...]

DATE_KEYS = {"startDate", "endDate", "date", "releaseDate"}
# Control characters other than tab and line ends, and lone surrogates: HTML cannot represent them (HTML 13.1.4),
# and the latter cannot be encoded in UTF-8.
UNPRINTABLE = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\ud800-\udfff]")


def find_rule_violations(resume: Any) -> Iterator[Violation]:
    """Yield where a résumé violates a rule that the schema cannot express."""
    yield from named(resume)
    for path, value in walk(resume):
        for rule in RULES:
            yield from rule(path, value)


def named(resume: Any) -> Iterator[Violation]:
    """Yield a violation if the name is empty."""
    basics = resume.get("basics", {}) if isinstance(resume, dict) else None
    name = basics.get("name", "") if isinstance(basics, dict) else None
    if isinstance(name, str) and not name.strip():
        yield Violation(("basics", "name"), "is missing", "your name; it is the page's title")


def printable(path: Path, value: Any) -> Iterator[Violation]:
    """Yield a violation for a text with a control character."""
    found = UNPRINTABLE.search(value) if isinstance(value, str) else None
    if found:
        yield Violation(
            path, f"contains the control character U+{ord(found[0]):04X}", "text without control characters"
        )


def safe_link(path: Path, value: Any) -> Iterator[Violation]:
    """Yield a violation for a URL whose scheme is unsafe or unusable."""
    if path[-1:] == ("url",) and isinstance(value, str) and not is_safe_link(value):
        yield Violation(path, f"{shorten(value)} is not a usable link", "a URL with http://, https://, mailto: or tel:")


def real_date(path: Path, value: Any) -> Iterator[Violation]:
    """Yield a violation for a date that does not exist."""
    if path and path[-1] in DATE_KEYS and isinstance(value, str) and not is_real_date(value):
        yield Violation(path, f"{shorten(value)} is not a date", "a date such as 2021, 2021-03 or 2021-03-14")


def dates_in_order(path: Path, value: Any) -> Iterator[Violation]:
    """Yield a violation for an end before the start."""
    start, end = (value.get("startDate"), value.get("endDate")) if isinstance(value, dict) else (None, None)
    if isinstance(start, str) and isinstance(end, str) and is_before(end, start):
        yield Violation(
            (*path, "endDate"), f"{shorten(end)} is before the start date, {start}", f"a date not before {start}"
        )


RULES: tuple[Callable[[Path, Any], Iterator[Violation]], ...] = (printable, safe_link, real_date, dates_in_order)


def walk(value: Any, path: Path = ()) -> Iterator[tuple[Path, Any]]:
    """Return the value and everything inside it, in document order."""
    yield path, value
    if isinstance(value, dict):
        for key, inner in value.items():
            yield from walk(inner, (*path, key))
    elif isinstance(value, list):
        for index, inner in enumerate(value):
            yield from walk(inner, (*path, index))
