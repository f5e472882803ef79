"""Values of settings.toml that are not allowed, and the error that lists them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from errors import SettingsError
from settings.places import Entry, entries
from source_text import Place, excerpt, place_at

NEXT = "correct these keys and run the command again"


@dataclass(frozen=True)
class Problem:
    """A problem. key: dotted, or the name of a section. name: the item of a table that it is about, "" for all of it.

    of_key: the key is wrong, not its value.
    """

    key: str
    text: str
    name: str = ""
    of_key: bool = False

    @property
    def path(self) -> tuple[str, ...]:
        section, _, key = self.key.partition(".")
        return tuple(part for part in (section, key, self.name) if part)


def settings_error(path: Path, problems: Sequence[Problem], text: str) -> SettingsError:
    """Return one error for all problems. text: the text of the file, to show their places; "" if there is none."""
    known = {entry.path: entry for entry in entries(text)}
    places = [_place(problem, known, text) for problem in problems]
    if len(problems) == 1 and places[0]:
        return SettingsError(
            f"{path}:{places[0]}",
            problems[0].text,
            "correct it and run the command again",
            excerpt=excerpt(text, places[0]),
        )
    lines = [
        f"{problem.text}\n{excerpt(text, place, '    ')}" if place else problem.text
        for problem, place in zip(problems, places, strict=True)
    ]
    return SettingsError(str(path), "\n  ".join(["has invalid settings:", *lines]), NEXT)


def _place(problem: Problem, known: dict[tuple[str | int, ...], Entry], text: str) -> Place | None:
    entry = known.get(problem.path)
    if entry is None:
        return None
    start, end = entry.key if problem.of_key or problem.name else entry.value
    return place_at(text, start, end - start)
