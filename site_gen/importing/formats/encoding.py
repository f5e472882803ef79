"""The text in a file of any of the encodings that editors write."""

from __future__ import annotations

import codecs
import re

from site_gen.importing.mending.change import Change
from source_text import NotUtf8Error, decode

UTF_16 = (codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)
ELSEWHERE = re.compile(rb"[\x80-\xff]{4}")
"""Four letters in a row outside ASCII: a text in another script, which Windows-1252 cannot be."""


def decode_any(content: bytes) -> tuple[str, list[Change]]:
    """Return the text, and the change if it is not UTF-8. Raises NotUtf8Error if the encoding is not plain."""
    if content.startswith(UTF_16):
        return _decoded(content, "utf-16"), [_change("UTF-16")]
    if guess := _unmarked_utf_16(content):
        return _decoded(content, guess), [_change("UTF-16")]
    try:
        return decode(content), []
    except NotUtf8Error:
        if ELSEWHERE.search(content) or _has_utf_8(content):
            raise
    try:
        return content.decode("cp1252"), [_change("Windows-1252 (Latin-1)")]
    except UnicodeDecodeError:
        return content.decode("latin-1"), [_change("Latin-1")]


def _unmarked_utf_16(content: bytes) -> str:
    """Return the encoding of a text whose first two characters are ASCII in UTF-16 without a byte order mark."""
    start = content[:4]
    if start[1:2] == start[3:4] == b"\0" and start[:1] != b"\0":
        return "utf-16-le"
    return "utf-16-be" if len(start) > 1 and start[:1] == start[2:3] == b"\0" else ""


def _decoded(content: bytes, encoding: str) -> str:
    try:
        return content.decode(encoding)
    except UnicodeDecodeError as error:
        raise NotUtf8Error("looks like UTF-16, but is cut off or damaged") from error


def _has_utf_8(content: bytes) -> bool:
    """Return True if some of the letters outside ASCII are UTF-8: then the file is damaged, not in another encoding."""
    return bool(re.search(rb"[\xc3-\xdf][\x80-\xbf](?![\x80-\xff])", content)) and not re.search(
        rb"(?<![\x80-\xff])[\x80-\xff](?![\x80-\xff])", content
    )


def _change(encoding: str) -> Change:
    return Change((), encoding, "UTF-8")
