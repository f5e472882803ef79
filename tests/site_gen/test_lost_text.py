"""Characters that a PDF shows as empty boxes, in streams as Chromium writes them."""

from __future__ import annotations

import zlib

import pytest

from site_gen.lost_text import fonts_for, is_damaged, lost_characters

CMAP = b"""begincmap
2 beginbfchar
<003D> <004D>
<018B> <006600660069>
endbfchar
1 beginbfrange
<14DC> <14DD> <FEE2>
endbfrange
endcmap"""


def pdf(*contents: bytes) -> bytes:
    compressed = (zlib.compress(content) for content in contents)
    parts = (b"<</Filter /FlateDecode /Length %d>> stream\n%s\nendstream\n" % (len(part), part) for part in compressed)
    return b"%PDF-1.4\n" + b"".join(parts) + b"<</Length 4>> stream\n\xff\xd8\xff\xe0\nendstream\n%%EOF"


def page(text: str) -> bytes:
    return f"<style>é</style><body><p class='鉄'>{text}</p>".encode()


def test_a_page_without_boxes_has_lost_nothing() -> None:
    assert lost_characters(pdf(CMAP, b"BT <003D018B> Tj ET"), page("山")) == ""


def test_the_lost_characters_are_those_that_no_font_maps() -> None:
    drawn = b"BT /Span<</ActualText <FEFF82B1> >> BDC\n<0000> Tj\nEMC <003D> Tj <14DC> Tj ET"
    assert lost_characters(pdf(CMAP, drawn), page("M 山花 &#x645; é")) == "山花", "Latin is in the bundled fonts"


def test_a_ligature_is_not_lost() -> None:
    drawn = b"BT /Span<</ActualText <FEFF0915094D> >> BDC\n<0102> Tj\nEMC [<0001> -20 <00020000>] TJ ET"
    assert lost_characters(pdf(CMAP, drawn), page("क् ख")) == "ख"


def test_a_glyph_number_that_only_looks_like_zeros_is_none() -> None:
    assert lost_characters(pdf(b"BT <10000001> Tj ET"), page("山")) == ""


@pytest.mark.parametrize(
    ("lost", "damaged", "packages"),
    [
        ("山", True, "fonts-noto-cjk"),
        ("한あ", True, "fonts-noto-cjk"),
        ("अ", True, "fonts-noto-core"),
        ("🚀", False, "fonts-noto-color-emoji"),
        ("🚀山", True, "fonts-noto-cjk fonts-noto-color-emoji"),
    ],
)
def test_words_are_damage_and_symbols_are_not(lost: str, damaged: bool, packages: str) -> None:
    assert is_damaged(lost) is damaged
    assert fonts_for(lost) == packages
