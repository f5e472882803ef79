"""A change that the import makes, for the report."""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Callable

Path = tuple["str | int", ...]


class Kind(Enum):
    """What happened to a value."""

    MENDED = "mended"
    """The meaning was plain."""

    RENAMED = "renamed"
    """The key had another name, `after` is the current one."""

    DOUBTFUL = "doubtful"
    """Mended, but only the owner knows whether it is right."""

    DROPPED = "dropped"
    """Left out: nothing usable could be made of it."""


@dataclass(frozen=True)
class Change:
    """One change. path: where; empty for the whole file. before, after: the values, None for none of them. why: the
    reason, where the values do not show it."""

    path: Path
    before: Any
    after: Any
    why: str = ""
    kind: Kind = Kind.MENDED


Mended = tuple[Any, list[Change]]
"""A document after a repair, and what changed in it."""


@dataclass(frozen=True)
class Repair:
    """The result of a repair of one value. value: the new one, None to leave it out."""

    value: Any
    why: str = ""
    kind: Kind = Kind.MENDED


def dropped(why: str) -> Repair:
    """Return the repair that leaves a value out."""
    return Repair(None, why, Kind.DROPPED)


def value_at(document: Any, path: Path) -> Any:
    """Return the value at a path, None if there is none."""
    for part in path:
        try:
            document = document[part]
        except (KeyError, IndexError, TypeError):
            return None
    return document


def rewrite(document: Any, repair: Callable[[Path, Any], Repair | None]) -> Mended:
    """Return the document with each value replaced for which `repair` returns a Repair; outer values come first."""
    changes: list[Change] = []

    def inner(value: Any, path: Path) -> Any:
        if isinstance(value, dict):
            each = {key: changed(item, (*path, key)) for key, item in value.items()}
            return {key: item for key, item in each.items() if item is not None or value[key] is None}
        if isinstance(value, list):
            items = [(item, changed(item, (*path, index))) for index, item in enumerate(value)]
            return [after for before, after in items if after is not None or before is None]
        return value

    def changed(value: Any, path: Path) -> Any:
        found = repair(path, value)
        if found is None:
            return inner(value, path)
        changes.append(Change(path, value, found.value, found.why, found.kind))
        return inner(found.value, path)

    return changed(document, ()), changes
