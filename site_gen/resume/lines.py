"""The places of the values in a JSON text."""

from __future__ import annotations

import json
import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

from source_text import Place, place_at

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    Path = tuple["str | int", ...]

TOKEN = re.compile(r'"(?:[^"\\]|\\.)*"|[{}\[\]:,]|[^\s{}\[\]:,"]+')


@dataclass(frozen=True)
class Item:
    """A key or a value. start: its offset. width: its length, 1 for an object or a list."""

    path: Path
    start: int
    width: int
    is_key: bool = False


def place_of(text: str, path: Sequence[str | int]) -> Place:
    """Return the place of the value at `path`, or of its nearest existing ancestor. `text` is valid JSON."""
    known = {item.path: item for item in items(text) if not item.is_key}
    wanted = tuple(path)
    while wanted not in known and wanted:
        wanted = wanted[:-1]
    found = known.get(wanted)
    return place_at(text, found.start, found.width) if found else Place(1, 1)


def repeated_key(text: str) -> tuple[str, Place, Place] | None:
    """Return the first key that occurs twice in one object, with the places of both; None if there is none."""
    seen: dict[Path, Item] = {}
    for item in items(text):
        if item.is_key and (known := seen.setdefault(item.path, item)) is not item:
            return str(item.path[-1]), place_at(text, known.start), place_at(text, item.start, item.width)
    return None


def items(text: str) -> Iterator[Item]:
    """Return every key and value, in document order. Without recursion, so that any depth works."""
    path: list[str | int] = []
    inside: list[str] = []  # the open brackets, outermost first
    awaiting_key = False
    for token in TOKEN.finditer(text):
        match token[0]:
            case "}" | "]":
                if inside.pop() == "[" or not awaiting_key:
                    path.pop()
                awaiting_key = False
            case ",":
                awaiting_key = inside[-1] == "{"
                if awaiting_key:
                    path.pop()
                else:
                    path[-1] = int(path[-1]) + 1
            case ":":
                pass
            case word if awaiting_key:
                path.append(json.loads(word))
                awaiting_key = False
                yield Item(tuple(path), token.start(), len(word), is_key=True)
            case word:
                yield Item(tuple(path), token.start(), len(word))
                if word in "{[":
                    inside.append(word)
                    awaiting_key = word == "{"
                    path += [0] if word == "[" else []
