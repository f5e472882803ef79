from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from settings.colour import BLACK, TEXT_CONTRAST, WHITE, Colour, contrast, faded, readable

parts = st.integers(0, 255)
colours = st.builds(Colour, parts, parts, parts)


def test_contrast_is_as_the_guidelines_have_it() -> None:
    assert contrast(BLACK, WHITE) == 21
    assert round(contrast(Colour.parse("#767676"), WHITE), 2) == 4.54


@given(colours)
def test_a_colour_reads_back_as_it_is_written(colour: Colour) -> None:
    assert Colour.parse(str(colour)) == colour


@given(colours, colours)
def test_on_any_paper_any_colour_becomes_readable(colour: Colour, paper: Colour) -> None:
    assert contrast(readable(colour, paper), paper) >= TEXT_CONTRAST
    assert contrast(faded(colour, paper, 0.5), paper) >= TEXT_CONTRAST


@given(colours, colours)
def test_what_is_readable_stays_as_it_was(colour: Colour, paper: Colour) -> None:
    if contrast(colour, paper) >= TEXT_CONTRAST:
        assert readable(colour, paper) == colour
