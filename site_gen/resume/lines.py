"""Line numbers of the values in a JSON text."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    Path = tuple["str | int", ...]

import json

TOKEN = re.compile(r'"(?:[^"\\]|\\.)*"|[{}\[\]:,]|[^\s{}\[\]:,"]+')


def line_of(text: str, path: Sequence[str | int]) -> int:
    """Return the line (from 1) of the value at `path`, or of its nearest existing ancestor. `text` is valid JSON."""
    known = dict(_values(text))
    wanted = tuple(path)
    while wanted not in known and wanted:
        wanted = wanted[:-1]
    return text.count("\n", 0, known.get(wanted, 0)) + 1


def _values(text: str) -> Iterator[tuple[Path, int]]:
    """Return every value's path and offset, in document order. Without recursion, so that any depth works."""
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
            case word:
                yield tuple(path), token.start()
                if word in "{[":
                    inside.append(word)
                    awaiting_key = word == "{"
                    path += [0] if word == "[" else []
