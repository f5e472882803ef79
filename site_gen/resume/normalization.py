"""Normalization of a résumé: common deviations from the schema → the form that the schema requires.

Editors leave empty values, older versions of JSON Resume used other names, and a current job has an end date such as
"present". None of these is worth an error, because the meaning is clear.
"""

from __future__ import annotations

from typing import Any

EMPTY: tuple[object, ...] = ("", None, [], {})

RENAMED = {
    "basics": {"picture": "image", "website": "url"},
    "work": {"company": "name", "website": "url"},
    "volunteer": {"website": "url"},
    "publications": {"website": "url"},
}
"""Section → name in version 0 of the schema → current name."""

ONGOING = {"present", "current", "now", "today", "ongoing"}
"""Values of an end date that has not come."""


def normal(document: Any) -> Any:
    """Return the résumé with current names and without empty values. A value that is not an object is returned
    unchanged.

    Lists keep all their entries, so that an error message has the right index; see `compact`.
    """
    if not isinstance(document, dict):
        return document
    sections = {name: _renamed(value, RENAMED.get(name, {})) for name, value in document.items()}
    return _without_empty_keys(sections)


def compact(value: Any) -> Any:
    """Return `value` without empty values inside it, in lists too; the result itself may be empty."""
    if isinstance(value, dict):
        inner = {key: compact(item) for key, item in value.items()}
        return {key: item for key, item in inner.items() if item not in EMPTY}
    if isinstance(value, list):
        return [item for item in map(compact, value) if item not in EMPTY]
    return _without_blank(value)


def _without_empty_keys(value: Any) -> Any:
    if isinstance(value, dict):
        inner = {key: _without_empty_keys(item) for key, item in value.items() if not _is_ongoing(key, item)}
        return {key: item for key, item in inner.items() if item not in EMPTY}
    if isinstance(value, list):
        return [_without_empty_keys(item) for item in value]
    return _without_blank(value)


def _without_blank(value: Any) -> Any:
    """Return an empty text for one of whitespace only."""
    return "" if isinstance(value, str) and not value.strip() else value


def _is_ongoing(key: str, value: Any) -> bool:
    return key == "endDate" and isinstance(value, str) and value.strip().lower() in ONGOING


def _renamed(section: Any, names: dict[str, str]) -> Any:
    if isinstance(section, list):
        return [_renamed(entry, names) for entry in section]
    if not isinstance(section, dict):
        return section
    return {names[key] if key in names and not section.get(names[key]) else key: item for key, item in section.items()}
