"""The places of keys and values in a TOML text, which tomllib does not report.

A scanner that knows TOML's tokens, and of its grammar only keys, tables and inline tables. It does not validate:
tomllib does, and a test verifies that both agree on the keys. An invalid text is scanned as far as possible.
"""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterator
from dataclasses import dataclass

Path = tuple["str | int", ...]

DEEPEST = 20
"""Inline tables in each other, of which settings have one or two."""

_STRING = r'"""(?:[^\\]|\\.)*?"{3,5}|' + r"'''.*?'{3,5}|" + r'"(?:[^"\\\n]|\\.)*"|' + r"'[^'\n]*'"
_TOKEN = re.compile(
    rf"(?P<string>{_STRING})|#[^\n]*|[ \t\r]+|(?P<mark>[\[\]{{}},=.\n])|(?P<word>[^\s\[\]{{}},=.#\"']+|.)", re.DOTALL
)
_STRING_START = ('"', "'")


@dataclass(frozen=True)
class Entry:
    """A key with its value, or the header of a table, whose value is the header. Offsets from `start` to `end`."""

    path: Path
    key: tuple[int, int]
    value: tuple[int, int]
    is_table: bool = False


@dataclass(frozen=True)
class _Token:
    text: str
    start: int
    end: int


def entries(text: str) -> Iterator[Entry]:
    """Yield every key and every header, in the order of the text."""
    return _Scanner(text).entries()


def repeated(text: str) -> tuple[Entry, Entry] | None:
    """Return the first key or table that occurs twice, with its earlier occurrence; None if there is none."""
    seen: dict[tuple[Path, bool], Entry] = {}
    for entry in entries(text):
        known = seen.setdefault((entry.path, entry.is_table), entry)
        if known is not entry:
            return known, entry
    return None


class _Scanner:
    def __init__(self, text: str) -> None:
        self._tokens = [
            _Token(found[0], found.start(), found.end()) for found in _TOKEN.finditer(text) if found.lastgroup
        ]
        self._at = 0
        self._arrays: dict[Path, int] = {}

    def entries(self) -> Iterator[Entry]:
        table: Path = ()
        while self._at < len(self._tokens):
            if self._is("\n"):
                self._at += 1
            elif self._is("["):
                header = self._header()
                table = header.path
                yield header
            else:
                yield from self._pair(table, 0)
                self._skip_line()

    def _is(self, *texts: str) -> bool:
        return self._at < len(self._tokens) and self._tokens[self._at].text in texts

    def _header(self) -> Entry:
        self._at += 1
        is_array = self._is("[")
        self._at += is_array
        path, span = self._key("]")
        self._skip_line()
        if is_array:
            number = self._arrays[path] = self._arrays.get(path, -1) + 1
            path = (*path, number)
        elif path[:-1] in self._arrays:
            path = (*path[:-1], self._arrays[path[:-1]], *path[-1:])
        return Entry(path, span, span, is_table=True)

    def _key(self, *ends: str) -> tuple[Path, tuple[int, int]]:
        """Read a dotted key up to one of `ends` or the end of the line."""
        parts: list[str] = []
        first = self._at
        while self._at < len(self._tokens) and not self._is("\n", *ends):
            token = self._tokens[self._at]
            if token.text != ".":
                parts.append(_name(token.text))
            self._at += 1
        read = self._tokens[first : self._at]
        return tuple(parts), (read[0].start, read[-1].end) if read else (0, 0)

    def _pair(self, table: Path, depth: int) -> Iterator[Entry]:
        """Read a key and its value; yield it, then the keys inside of the value."""
        name, key = self._key("=", ",", "}")
        if not self._is("="):
            return
        self._at += 1
        path, first = (*table, *name), self._at
        inner = list(self._inline_table(path, depth + 1)) if self._is("{") and depth < DEEPEST else self._skip_value()
        read = self._tokens[first : self._at]
        yield Entry(path, key, (read[0].start, read[-1].end) if read else key)
        yield from inner

    def _inline_table(self, path: Path, depth: int) -> Iterator[Entry]:
        self._at += 1
        while self._at < len(self._tokens) and not self._is("}"):
            before = self._at
            if not self._is(",", "\n"):
                yield from self._pair(path, depth)
            self._at += self._at == before
        self._at += 1

    def _skip_value(self) -> tuple[Entry, ...]:
        """Skip an array, a scalar, or what is too deep; nothing in it has a key of its own here."""
        depth = 0
        while self._at < len(self._tokens):
            text = self._tokens[self._at].text
            if depth == 0 and text in ("\n", ",", "]", "}"):
                break
            depth += (text in ("[", "{")) - (text in ("]", "}"))
            self._at += 1
        return ()

    def _skip_line(self) -> None:
        while self._at < len(self._tokens) and not self._is("\n"):
            self._at += 1


def _name(token: str) -> str:
    """Return the key that a token stands for, without its quotes."""
    if not token.startswith(_STRING_START):
        return token
    try:
        return str(tomllib.loads(f"key = {token}")["key"])
    except tomllib.TOMLDecodeError:
        return token
