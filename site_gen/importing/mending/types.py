"""Values of another type than the schema wants: a text for a list, a number for a text, a list for an object."""

from __future__ import annotations

import re
from typing import Any

from site_gen.importing.mending.change import Change, Kind, Mended, Path
from site_gen.importing.mending.shape import MAIN_KEYS, Node, kind, name_of, properties, schema
from site_gen.resume.normalization import EMPTY
from site_gen.resume.rules import DATE_KEYS
from site_gen.resume.violations import TYPE_NAMES

PARAGRAPHS = {"summary", "description", "reference", "address"}
"""Texts of several lines; a list in their place becomes lines, elsewhere a list with commas."""

TEXT_KEYS = ("name", "title", "text", "value", "label", "content", "city", "url")
"""Keys of an object that stands in the place of a text, from the most likely one."""

NAMED = {"basics.profiles": "network", "skills": "name", "languages": "language", "interests": "name", "work": "name"}
"""List of objects → the key for the names, where it was written as an object: {"GitHub": "…"}."""


def mend_types(document: Any) -> Mended:
    """Give every known value the type that the schema wants. What cannot have it is left out."""
    changes: list[Change] = []
    if isinstance(document, list) and len(document) == 1 and isinstance(document[0], dict):
        changes.append(Change((), "a list", "its only entry"))
        document = document[0]
    if not isinstance(document, dict):
        return document, changes
    return _Types(changes).object(document, schema(), ()), changes


class _Types:
    """Converts values, and notes each change. `None` is a value that is left out."""

    def __init__(self, changes: list[Change]) -> None:
        self._changes = changes

    def any(self, value: Any, node: Node, path: Path) -> Any:
        if value is None:
            return None
        wanted = {"object": self.object, "array": self.list, "string": self.text}[kind(node)]
        return wanted(value, node, path)

    def object(self, value: Any, node: Node, path: Path) -> Any:
        if isinstance(value, list) and len(value) == 1:
            self._note(path, "a list", "its only entry")
            value = value[0]
        main = MAIN_KEYS.get(name_of(path))
        if main and isinstance(value, str | int | float) and not isinstance(value, bool):
            if value in EMPTY:
                return _empty(value, path)
            self._note(path, value, {main: str(value)})
            value = {main: str(value)}
        if not isinstance(value, dict):
            return _empty(value, path) if value in EMPTY else self._drop(value, path)
        known = properties(node)
        return {key: self.any(item, known[key], (*path, key)) if key in known else item for key, item in value.items()}

    def list(self, value: Any, node: Node, path: Path) -> Any:
        entries = node["items"]
        if value in EMPTY:
            return value
        if not isinstance(value, list):
            listed = _Types([]).list(_as_list(value, entries, path), node, path)
            self._note(path, value, listed)
            return listed
        items = [(item, self.any(item, entries, (*path, index))) for index, item in enumerate(value)]
        for index, (before, after) in enumerate(items):
            if after is None and before in EMPTY:
                self._changes.append(Change((*path, index), before, None, "is empty", Kind.DROPPED))
        return [after for _, after in items if after is not None]

    def text(self, value: Any, _: Node, path: Path) -> Any:
        if isinstance(value, str):
            return value
        if value in EMPTY:
            return _empty(value, path)
        text = _as_text(value, str(path[-1]))
        if text is None:
            return self._drop(value, path)
        self._note(path, value, text)
        return text

    def _note(self, path: Path, before: Any, after: Any) -> None:
        self._changes.append(Change(path, before, after))

    def _drop(self, value: Any, path: Path) -> None:
        why = f"is {TYPE_NAMES[type(value)]}, which has no place here"
        self._changes.append(Change(path, value, None, why, Kind.DROPPED))


def _empty(value: Any, path: Path) -> Any:
    """Return an empty value of an object, which the build ignores; None for one in a list, where it has no place."""
    return value if isinstance(path[-1], str) else None


def _as_list(value: Any, entries: Node, path: Path) -> list[Any]:
    """Return the list that one value in its place means."""
    if isinstance(value, dict) and kind(entries) == "object" and not value.keys() & properties(entries).keys():
        return [_named_entry(name, item, path) for name, item in value.items()]
    if isinstance(value, str) and "\n" in value.strip():
        return [line for each in value.splitlines() if (line := re.sub(r"^\s*[-*•·–]\s+", "", each).strip())]
    if isinstance(value, str) and path[-1] in {"keywords", "courses", "roles", *NAMED}:
        return [part.strip() for part in re.split("[;,]", value) if part.strip()]
    return [value]


def _named_entry(name: str, item: Any, path: Path) -> Any:
    """Return the entry that {name: item} means."""
    if isinstance(item, dict):
        return item
    key = NAMED.get(name_of(path))
    if key == "network":
        return {"network": name, "url": item}
    other = {"skills": "keywords", "interests": "keywords", "languages": "fluency", "work": "position"}
    return {key: name, other[name_of(path)]: item} if key else item


def _as_text(value: Any, key: str) -> str | None:
    """Return the text that a value means, None if it means none."""
    if isinstance(value, bool):
        return None
    if isinstance(value, int | float):
        return str(value)
    if isinstance(value, list):
        parts = [part for item in value if (part := item if isinstance(item, str) else _as_text(item, key))]
        return ("\n" if key in PARAGRAPHS else ", ").join(parts) or None
    if not isinstance(value, dict):
        return None
    if key in DATE_KEYS:
        return _date_text(value)
    if key == "location":
        value = {"text": ", ".join(str(value[part]) for part in ("city", "region", "countryCode") if value.get(part))}
    return next((value[name] for name in TEXT_KEYS if isinstance(value.get(name), str) and value[name].strip()), None)


def _date_text(value: dict[str, Any]) -> str | None:
    """Return the date in an object such as {"year": 2020, "month": 9}."""
    parts = [str(value.get(part, "")) for part in ("year", "month", "day")]
    return "-".join(part for part in parts if part) if parts[0] else None
