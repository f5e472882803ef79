"""Violations in a résumé, and the error that lists them."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any
from unicodedata import category

from errors import ResumeError
from site_gen.resume.lines import place_of
from source_text import excerpt

if TYPE_CHECKING:
    from collections.abc import Iterable
    from pathlib import Path

TYPE_NAMES = {
    str: "a text",
    bool: "true or false",
    int: "a number",
    float: "a number",
    list: "a list",
    dict: "an object",
    type(None): "null",
}
UNSHOWN = {"Cc", "Cf", "Cs"}
SHOWN = 60  # characters of a bad value; enough to recognise it


@dataclass(frozen=True)
class Violation:
    """One violation. path: keys and indexes from the top. problem: with the offending value. allowed: the allowed
    values."""

    path: tuple[str | int, ...]
    problem: str
    allowed: str


def explain_violations(file: Path, text: str, violations: Iterable[Violation]) -> ResumeError:
    """Return one error for all violations, each with its line in `text`.

    The shallowest come first: a wrong section explains the problems inside it. Of several violations of one value only
    the first is kept, because they say the same thing.
    """
    first_of_each: dict[tuple[str | int, ...], Violation] = {}
    for violation in violations:
        first_of_each.setdefault(violation.path, violation)
    ranked = sorted(first_of_each.values(), key=lambda violation: len(violation.path))
    if len(ranked) == 1:
        only, place = ranked[0], place_of(text, ranked[0].path)
        where = f"{file}:{place}: {format_path(only.path)}"
        return ResumeError(where, only.problem, f"allowed: {only.allowed}", excerpt=excerpt(text, place))
    lines = [_line(each, text) for each in ranked]
    return ResumeError(
        str(file), f"{len(ranked)} values are not allowed:{''.join(lines)}", "correct them, starting at the top"
    )


def _line(violation: Violation, text: str) -> str:
    place = place_of(text, violation.path)
    what = f"{format_path(violation.path)}: {violation.problem}; allowed: {violation.allowed}"
    return f"\n  line {place.line}, {what}\n{excerpt(text, place, '    ')}"


def format_path(path: Iterable[str | int]) -> str:
    """Return the path in JavaScript notation: ("work", 2, "startDate") → "work[2].startDate"."""
    text = "".join(f"[{part}]" if isinstance(part, int) else f".{part}" for part in path)
    return encodable(text.removeprefix(".")) or "(the whole document)"


def shorten(value: Any) -> str:
    """Return the value as in the file, or its type if it would be long."""
    if isinstance(value, dict | list) and value:
        return TYPE_NAMES[type(value)]
    text = encodable(json.dumps(value, ensure_ascii=False))
    return text if len(text) <= SHOWN else f"{text[: SHOWN - 1]}…"


def encodable(text: str) -> str:
    """Escape what no terminal should print: lone surrogates, control characters, and those that change the direction of
    the text or are invisible."""
    return "".join(mark.encode("unicode_escape").decode() if category(mark) in UNSHOWN else mark for mark in text)
