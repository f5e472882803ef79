"""JSON as people write it: with comments, trailing commas, keys that occur twice, and line breaks in texts."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable
from typing import TYPE_CHECKING, Any

from site_gen.importing.mending.change import Change, Kind, Path
from site_gen.resume.normalization import EMPTY
from site_gen.resume.reading import parse

if TYPE_CHECKING:
    from pathlib import Path as File

TEXT = r'"[^"\\]*(?:\\.[^"\\]*)*"'
COMMENT = re.compile(rf"{TEXT}|//[^\n]*|/\*.*?\*/", re.DOTALL)
TRAILING_COMMA = re.compile(rf"{TEXT}|,(?=\s*[}}\]])", re.DOTALL)

LARGEST = 150_000
"""Characters that the slower parser is tried on; it takes two seconds for them."""


class Pairs(dict[str, Any]):
    """An object with all its pairs, also those whose keys occur twice."""

    def __init__(self, pairs: Iterable[tuple[str, Any]]) -> None:
        self.pairs = list(pairs)
        super().__init__(self.pairs)


def read_json(file: File, text: str) -> tuple[Any, list[Change]]:
    """Return the document, and what had to be mended. Raises ResumeError with line and column for what is not JSON.

    json5 reads all that JSON with comments can be; the error is that of the strict parser, which is more precise.
    """
    changes: list[Change] = []
    try:
        document = json.loads(text, object_pairs_hook=Pairs)
    except ValueError:
        document = _read_loosely(file, text)
        changes.append(Change((), "JSON with comments, trailing commas or the like", "JSON"))
    return _united(document, (), changes), changes


def is_json(text: str) -> bool:
    """Return True if a text is JSON without any leniency."""
    try:
        json.loads(text)
    except ValueError:
        return False
    return True


def _read_loosely(file: File, text: str) -> Any:
    """Read what only lacks strictness, or else JSON5: single quotes, keys without quotes."""
    plain = TRAILING_COMMA.sub(_only_text, COMMENT.sub(_only_text, text))
    try:
        return json.loads(plain, object_pairs_hook=Pairs, strict=False)
    except ValueError:
        if len(text) > LARGEST:
            return parse(file, text)  # raises
    import json5

    try:
        return json5.loads(text, object_pairs_hook=Pairs)
    except ValueError:
        return parse(file, text)  # raises


def _only_text(found: re.Match[str]) -> str:
    """Return a text as it is, and nothing for a comment or a comma."""
    return found[0] if found[0].startswith('"') else " "


def _united(value: Any, path: Path, changes: list[Change]) -> Any:
    """Return the value with the values of repeated keys united, in document order."""
    if isinstance(value, list):
        return [_united(item, (*path, index), changes) for index, item in enumerate(value)]
    if not isinstance(value, Pairs):
        return value
    result: dict[str, Any] = {}
    for key, item in value.pairs:
        here = (*path, key)
        found = _united(item, here, changes)
        result[key] = _both(result[key], found, here, changes) if key in result else found
    return result


def _both(first: Any, second: Any, path: Path, changes: list[Change]) -> Any:
    """Return what two values of one key mean: lists one after the other, objects together, else the last."""
    if first in EMPTY or second in EMPTY or first == second:
        what = "both have the same value" if first == second else "the empty value is left out"
        changes.append(Change(path, None, None, f"the key occurs twice: {what}"))
        return first if second in EMPTY else second
    if isinstance(first, list) and isinstance(second, list):
        numbers = f"{len(first)} + {len(second)} entries"
        changes.append(Change(path, None, None, f"the key occurs twice: the lists are one now, {numbers}"))
        return [*first, *second]
    if isinstance(first, dict) and isinstance(second, dict):
        changes.append(Change(path, None, None, "the key occurs twice: the objects are one now"))
        together = dict(first)
        for key, item in second.items():
            together[key] = _both(first[key], item, (*path, key), changes) if key in first else item
        return together
    changes.append(Change(path, first, second, "the key occurs twice: the last value is kept", Kind.DOUBTFUL))
    return second
