"""Finds text that Chromium could not print: where no font has a character, it draws glyph 0, an empty box.

Reads the parts of a PDF that Skia writes (Chromium's library for PDF): compressed streams of pages, which draw glyphs
by their numbers in hexadecimal, and of fonts, which map those numbers to characters.
Source: ISO 32000-1, 9.4.3 "Text-showing operators" and 9.10.3 "ToUnicode CMaps".
"""

from __future__ import annotations

import re
import unicodedata
import zlib
from collections.abc import Iterator
from html import unescape

STREAM = re.compile(rb"\bstream\r?\n")
ACTUAL_TEXT = re.compile(rb"/ActualText <FEFF([0-9A-F]*)>\s*>>\s*BDC(.*?)EMC", re.DOTALL)
SHOWN = re.compile(rb"<((?:[0-9A-F]{4})+)>")
ONE = re.compile(rb"^<[0-9A-F]{4}> <([0-9A-F]+)>$", re.MULTILINE)
MANY = re.compile(rb"^<([0-9A-F]{4})> <([0-9A-F]{4})> <([0-9A-F]{4})>$", re.MULTILINE)
NO_TEXT = re.compile(r"<(style|script)\b.*?</\1>|<[^>]*>", re.DOTALL)
WORDS = ("L", "M", "N")
"""The Unicode categories of letters, marks and numbers."""

BUNDLED = "\u0180"
"""The first character that the bundled fonts may lack; those before it may be on the screen only."""

WIDE = "WF"
"""The widths of Chinese, Japanese and Korean characters in Unicode."""


def lost_characters(document: bytes, page: bytes) -> str:
    """Return the characters of `page` (HTML) that `document`, the PDF printed from it, shows as empty boxes."""
    contents = list(streams(document))
    if not any(draws_boxes(content) for content in contents):
        return ""
    known = {character for content in contents for character in printed(content)}
    body = unescape(NO_TEXT.sub(" ", page.decode(errors="replace").partition("<body")[2]))
    wanted = dict.fromkeys(each for each in body if each >= BUNDLED and unicodedata.category(each)[0] not in "ZC")
    return "".join(each for each in wanted if not known.issuperset(unicodedata.normalize("NFKC", each)))


def is_damaged(lost: str) -> bool:
    """Return True if letters or numbers are lost, False if only symbols such as emoji are."""
    return any(unicodedata.category(each).startswith(WORDS) for each in lost)


def fonts_for(lost: str) -> str:
    """Return Debian's packages of fonts that have these characters."""
    packages = {_package(each) for each in lost}
    return " ".join(sorted(packages))


def _package(character: str) -> str:
    if unicodedata.category(character) == "So":
        return "fonts-noto-color-emoji"
    return "fonts-noto-cjk" if unicodedata.east_asian_width(character) in WIDE else "fonts-noto-core"


def streams(document: bytes) -> Iterator[bytes]:
    """Yield the uncompressed contents of a PDF's streams; those compressed in other ways are pictures."""
    for found in STREAM.finditer(document):
        try:
            yield zlib.decompressobj().decompress(document[found.end() :])
        except zlib.error:
            continue


def draws_boxes(content: bytes) -> bool:
    """Return True for the content of a page that draws glyph 0."""
    if b"BT" not in content or b"begincmap" in content:
        return False
    shown = SHOWN.finditer(ACTUAL_TEXT.sub(rb"\2", content))
    return any(b"0000" in (match[1][at : at + 4] for at in range(0, len(match[1]), 4)) for match in shown)


def printed(content: bytes) -> str:
    """Return the characters that a stream shows: those that a font maps to, and those of a page's ligatures."""
    if b"begincmap" in content:
        texts = [*ONE.findall(content), *_ranges(content)]
    else:
        texts = [text for text, drawn in ACTUAL_TEXT.findall(content) if not draws_boxes(b"BT" + drawn)]
    return unicodedata.normalize("NFKC", "".join(map(_decoded, texts)))


def _ranges(content: bytes) -> Iterator[bytes]:
    for first, last, start in MANY.findall(content):
        for number in range(int(last, 16) - int(first, 16) + 1):
            yield b"%04X" % (int(start, 16) + number)


def _decoded(digits: bytes) -> str:
    return bytes.fromhex(digits.decode()).decode("utf-16-be", "replace")
