"""A résumé as people really write it → as the schema has it.

Editors leave empty values, older versions of JSON Resume had other names, and a post that goes on "ends" in words.
None of that is worth an error: what it means is plain.
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
"""Section → the name of version 0 of the schema → today's."""

STILL = {"present", "current", "now", "today", "ongoing"}
"""An end that has not come."""


def normal(document: Any) -> Any:
    """The same résumé under today's names, without what is empty. What is no object is returned as it is.

    Lists keep all their entries, so that whoever finds a fault in the third says so; see `compact`.
    """
    if not isinstance(document, dict):
        return document
    sections = {name: _renamed(value, RENAMED.get(name, {})) for name, value in document.items()}
    return _without_empty_keys(sections)


def compact(value: Any) -> Any:
    """`value` without anything empty inside it, in lists too; itself it may become empty, for its owner to drop."""
    if isinstance(value, dict):
        inner = {key: compact(item) for key, item in value.items()}
        return {key: item for key, item in inner.items() if item not in EMPTY}
    if isinstance(value, list):
        return [item for item in map(compact, value) if item not in EMPTY]
    return _shown(value)


def _without_empty_keys(value: Any) -> Any:
    if isinstance(value, dict):
        inner = {key: _without_empty_keys(item) for key, item in value.items() if not _goes_on(key, item)}
        return {key: item for key, item in inner.items() if item not in EMPTY}
    if isinstance(value, list):
        return [_without_empty_keys(item) for item in value]
    return _shown(value)


def _shown(value: Any) -> Any:
    """A text of blanks is empty."""
    return "" if isinstance(value, str) and not value.strip() else value


def _goes_on(key: str, value: Any) -> bool:
    return key == "endDate" and isinstance(value, str) and value.strip().lower() in STILL


def _renamed(section: Any, names: dict[str, str]) -> Any:
    if isinstance(section, list):
        return [_renamed(entry, names) for entry in section]
    if not isinstance(section, dict):
        return section
    return {names[key] if key in names and not section.get(names[key]) else key: item for key, item in section.items()}
