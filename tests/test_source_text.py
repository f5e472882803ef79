"""The excerpt of a text file: the line of an error, and the place underlined below it."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from source_text import WIDEST, NotUtf8Error, Place, decode, excerpt, place_at


@pytest.mark.parametrize(
    ("text", "place", "shown"),
    [
        ("a = b", Place(1, 5), "  1 | a = b\n    |     ^"),
        ("\ta = b", Place(1, 6), "  1 | \ta = b\n    | \t    ^"),
        ("名 = b", Place(1, 5), "  1 | 名 = b\n    |      ^"),
        ("x\n" * 9 + "abc", Place(10, 1, 3), "  10 | abc\n     | ^^^"),
        ("a\x1b[31mb", Place(1, 7), "  1 | a\N{REPLACEMENT CHARACTER}[31mb\n    |       ^"),
        ("", Place(1, 1), "  1 | \n    | ^"),
    ],
)
def test_the_marks_are_below_the_place(text: str, place: Place, shown: str) -> None:
    assert excerpt(text, place) == shown


def test_of_a_long_line_the_part_around_the_place_is_shown() -> None:
    text = "x" * 5000 + "HERE" + "y" * 5000
    line, marks = excerpt(text, place_at(text, 5000, 4)).splitlines()
    assert len(line) <= WIDEST + 6
    assert line[marks.index("^") : marks.rindex("^") + 1] == "HERE"


@given(st.text("ab\n\r\té名", max_size=40), st.integers(0, 50), st.integers(0, 9))
def test_a_place_is_within_the_text(text: str, offset: int, width: int) -> None:
    place = place_at(text, offset, width)
    line = text.split("\n")[place.line - 1]
    assert 1 <= place.column <= len(line) + 1
    if offset < len(text):
        assert (line + "\n")[place.column - 1] == text[offset]
    assert len(excerpt(text, place).splitlines()) == 2 or "\r" in line


@given(st.binary(max_size=40))
def test_bytes_are_decoded_or_refused(content: bytes) -> None:
    try:
        assert decode(content) == content.decode("utf-8-sig")
    except NotUtf8Error:
        with pytest.raises(UnicodeDecodeError):
            content.decode("utf-8-sig")
