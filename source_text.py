"""Text files that a user edits: decoding them, and showing the place of an error in them. Imports nothing of ours.

settings.toml:2:8: is not valid TOML: Invalid value
  2 | name = cloud
    |        ^
"""

from __future__ import annotations

import codecs
import unicodedata
from dataclasses import dataclass

WIDEST = 100
"""Characters of a line that are shown; of a longer line, those around the place."""

UTF_16 = (codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)


@dataclass(frozen=True)
class Place:
    """A place in a text. line, column: from 1. width: the number of characters to underline."""

    line: int
    column: int
    width: int = 1

    def __str__(self) -> str:
        return f"{self.line}:{self.column}"


class NotUtf8Error(ValueError):
    """The content is not UTF-8. The message says what it seems to be; `excerpt` shows the first wrong byte."""

    def __init__(self, message: str, place: Place | None = None, excerpt: str = "") -> None:
        super().__init__(message)
        self.place = place
        self.excerpt = excerpt


def decode(content: bytes) -> str:
    """Return the text of UTF-8 `content`, without the byte order mark that some editors write. Raises NotUtf8Error."""
    try:
        return content.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        if content.startswith(UTF_16):
            raise NotUtf8Error("is UTF-16, and has to be UTF-8") from error
        byte, text = error.object[error.start], error.object.decode("latin-1")
        place = place_at(text, error.start)
        raise NotUtf8Error(
            f"is not UTF-8: byte 0x{byte:02X}, which is {chr(byte)!r} in Latin-1", place, excerpt(text, place)
        ) from error


def place_at(text: str, offset: int, width: int = 1) -> Place:
    """Return the place of the character at `offset`; at the end of the text, of its last line that is not blank."""
    if offset >= len(text):
        offset = len(text.rstrip())
    start = text.rfind("\n", 0, offset) + 1
    end = text.find("\n", offset)
    rest = (len(text) if end < 0 else end) - offset
    return Place(text.count("\n", 0, offset) + 1, offset - start + 1, max(min(width, rest), 1))


def excerpt(text: str, place: Place, indent: str = "  ") -> str:
    """Return the line of `place`, and below it the underlined place."""
    lines = text.split("\n")
    line = lines[place.line - 1].rstrip("\r") if place.line <= len(lines) else ""
    begin = max(min(place.column - 1 - WIDEST // 2, len(line) - WIDEST), 0)
    shown = line[begin : begin + WIDEST]
    before = shown[: place.column - 1 - begin]
    marked = shown[len(before) : len(before) + place.width]
    blank = "".join("\t" if character == "\t" else " " * _columns(character) for character in before)
    number = str(place.line)
    return (
        f"{indent}{number} | {''.join(map(_printable, shown))}\n"
        f"{indent}{' ' * len(number)} | {blank}{'^' * max(sum(map(_columns, marked)), 1)}"
    )


def _printable(character: str) -> str:
    return character if character.isprintable() or character == "\t" else "\N{REPLACEMENT CHARACTER}"


def _columns(character: str) -> int:
    """Return the number of columns of a character on a terminal."""
    if unicodedata.combining(character):
        return 0
    return 2 if unicodedata.east_asian_width(character) in "WF" else 1
