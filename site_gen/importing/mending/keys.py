"""Keys: those of version 0 and of other tools, mistyped ones, and those that the page does not know."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from site_gen.importing.mending.change import Change, Kind, Mended, Path
from site_gen.importing.mending.shape import aliases, kind, name_of, properties, schema
from site_gen.importing.mending.spelling import plain_match, suggestion
from site_gen.resume.normalization import EMPTY, RENAMED

if TYPE_CHECKING:
    from collections.abc import Iterator

    from site_gen.importing.mending.shape import Node

FREE = {("meta",)}
"""Objects in which tools may keep what they want (the schema says so of meta)."""

PERIODS = {"dates", "period", "years", "year"}
"""Keys of a whole period, which are looked at last: `from` and `to` say it more precisely."""

PERSONAL = {"label", "email", "phone", "summary", "location", "profiles"}
"""Keys at the top that make a résumé of a file without any section: a name alone is in many files."""


@dataclass(frozen=True)
class UnknownKey:
    """A key that no theme of JSON Resume shows. meant: a known key with a similar name, "" for none."""

    path: Path
    meant: str = ""


def mend_keys(document: Any) -> Mended:
    """Give keys their current names where that is plain. A key that already has a value is never overwritten."""
    changes: list[Change] = []
    if isinstance(document, dict):
        document = _renamed(_flat_basics(_unwrapped(document, changes), changes), schema(), (), changes)
        _join_names(document, changes)
    return document, changes


def unknown_keys(document: Any) -> list[UnknownKey]:
    """Return the keys that the page does not know, in document order."""
    return list(_unknown(document, schema(), ()))


def _unwrapped(document: dict[str, Any], changes: list[Change]) -> dict[str, Any]:
    """Return the résumé in {"resume": {…}}, with the sections beside it that it has not."""
    inner = [(key, value) for key, value in document.items() if isinstance(value, dict) and "basics" in value]
    if "basics" in document or len(inner) != 1:
        return document
    outer, resume = inner[0]
    changes.append(Change((outer,), "an object", "the résumé", "its content was one level too deep"))
    beside = {key: value for key, value in document.items() if key != outer and value not in EMPTY}
    known = {*properties(schema()), *aliases("")}
    lost = [key for key in beside if key not in known or resume.get(key) not in EMPTY]
    changes += [Change((key,), beside[key], None, "is beside the résumé", Kind.DROPPED) for key in lost]
    return {**resume, **{key: value for key, value in beside.items() if key not in lost}}


def _flat_basics(document: dict[str, Any], changes: list[Change]) -> dict[str, Any]:
    """Move name, e-mail and the like from the top into basics."""
    known, top = properties(schema()), properties(schema()["properties"]["basics"])
    basics = document.get("basics", {})
    if not isinstance(basics, dict):
        return document
    other = {key: name for key, name in aliases("basics").items() if key not in aliases("")}
    names = {key: other.get(key, key) for key in document if key in (*top, *other) and key not in known}
    moved = [key for key, name in names.items() if key not in basics and basics.get(name) in EMPTY]
    if not moved or not (PERSONAL & {names[key] for key in moved} or document.keys() & known):
        return document
    changes += [Change((key,), None, f"basics.{key}", kind=Kind.RENAMED) for key in moved]
    together = {**basics, **{key: document[key] for key in moved}}
    rest = {key: value for key, value in document.items() if key not in moved}
    return {**rest, "basics": together} if "basics" in rest else {"basics": together, **rest}


def _renamed(value: Any, node: Node, path: Path, changes: list[Change]) -> Any:
    if isinstance(value, list):
        entries = node.get("items", node)
        return [_renamed(item, entries, (*path, index), changes) for index, item in enumerate(value)]
    if not isinstance(value, dict):
        return value
    known = properties(node.get("items", node))
    names = _new_names(value, known, path) if known and path not in FREE else {}
    changes += [Change((*path, key), None, name, kind=Kind.RENAMED) for key, name in names.items()]
    taken = set(names.values())
    result: dict[str, Any] = {}
    for key, item in value.items():
        if key in taken:  # an empty value under the right name
            continue
        name = str(names.get(key, key))
        result[name] = _renamed(item, known[name], (*path, name), changes) if name in known else item
    return result


def _new_names(value: dict[str, Any], known: dict[str, Node], path: Path) -> dict[str, str]:
    """Return key → its current name, of the unknown keys for which it is plain."""
    names: dict[str, str] = {}
    other, old = aliases(name_of(path)), RENAMED.get(name_of(path), {})  # the build renames the old ones anyway
    for key, item in sorted(value.items(), key=lambda pair: pair[0] in PERIODS):
        free = [name for name in known if value.get(name) in EMPTY and name not in names.values()]
        name = other.get(key) or plain_match(key, known) or ""
        if key not in known and name in free and item not in EMPTY and (key in old or _fits(item, known[name])):
            names[key] = name
    return names


def _fits(value: Any, node: Node) -> bool:
    """Return True if the value can become one of that type."""
    if kind(node) == "string":
        return isinstance(value, str | int | float) and not isinstance(value, bool)
    return isinstance(value, dict | list | str)


def _join_names(document: dict[str, Any], changes: list[Change]) -> None:
    """Make basics.name of a first and a last name."""
    basics = document.get("basics")
    if not isinstance(basics, dict) or basics.get("name") not in EMPTY:
        return
    for first, last in (("firstName", "lastName"), ("first_name", "last_name"), ("givenName", "familyName")):
        parts = [part for key in (first, last) if isinstance(part := basics.get(key), str) and part.strip()]
        if parts:
            basics["name"] = " ".join(parts)
            changes.append(Change(("basics", "name"), None, basics["name"], f"from {first} and {last}"))
            basics.pop(first, None)
            basics.pop(last, None)
            return


def _unknown(value: Any, node: Node, path: Path) -> Iterator[UnknownKey]:
    if isinstance(value, list):
        for index, item in enumerate(value):
            yield from _unknown(item, node.get("items", node), (*path, index))
    known = properties(node)
    if not isinstance(value, dict) or not known or path in FREE:
        return
    other = aliases(name_of(path))
    for key, item in value.items():
        if key in known:
            yield from _unknown(item, known[key], (*path, key))
        elif item not in EMPTY:
            near = suggestion(key, {*known, *other}) or ""
            yield UnknownKey((*path, key), other.get(near, near))
