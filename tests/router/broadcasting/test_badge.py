"""The drawing of badge.svg."""

from __future__ import annotations

import xml.etree.ElementTree as ET

import pytest
from hypothesis import given
from hypothesis import strategies as st

from router.broadcasting import badge
from router.configuration import BADGE_STYLES, BadgeLook
from settings.colour import TEXT_CONTRAST, Colour, contrast

LOOK = BadgeLook("visits", "#0c6b60", "flat")
LABELS = st.text(min_size=1, max_size=40).filter(str.isprintable)
COLORS = st.integers(0, 0xFFFFFF).map("#{:06x}".format)


def texts(drawn: bytes) -> list[ET.Element]:
    root = ET.fromstring(drawn)  # noqa: S314 - our own text
    return list(root.iter("{http://www.w3.org/2000/svg}text"))


@given(st.integers(0, 10**15), LABELS, COLORS, st.sampled_from(BADGE_STYLES))
def test_it_is_well_formed_and_its_texts_fit(count: int, label: str, color: str, style: str) -> None:
    drawn = badge.draw(count, BadgeLook(label, color, style))
    root = ET.fromstring(drawn)  # noqa: S314 - our own text
    assert root.attrib["aria-label"] == f"{label}: {count:,}"
    left, right = texts(drawn)
    assert (left.text or "").casefold() == (label.upper() if style == "for-the-badge" else label).casefold()
    assert right.text == f"{count:,}"
    ends = [float(one.attrib["x"]) + float(one.attrib["textLength"]) / 2 for one in (left, right)]
    starts = [float(one.attrib["x"]) - float(one.attrib["textLength"]) / 2 for one in (left, right)]
    assert 0 < starts[0] < ends[0] < starts[1] < ends[1] < float(root.attrib["width"])
    assert b"<style" not in drawn
    assert b"style=" not in drawn


@given(COLORS)
def test_the_number_is_readable_on_every_colour(color: str) -> None:
    ink = texts(badge.draw(7, BadgeLook("visits", color, "flat")))[1].attrib["fill"]
    full = "#" + "".join(digit * 2 for digit in ink[1:])
    assert contrast(Colour.parse(full), Colour.parse(color)) >= TEXT_CONTRAST


def test_white_is_preferred() -> None:
    assert b'fill="#fff" textLength="32"' in badge.draw(1234, LOOK)
    assert b'fill="#000"' not in badge.draw(1234, LOOK)
    assert b'fill="#000"' in badge.draw(1234, BadgeLook("visits", "#ffd700", "flat"))


def test_the_drawing() -> None:
    assert (
        badge.draw(1234, LOOK).decode()
        == """<svg xmlns="http://www.w3.org/2000/svg" width="84" height="20" role="img" aria-label="visits: 1,234">\
<title>visits: 1,234</title>\
<rect width="84" height="20" rx="3" fill="#1f2933"/>\
<path d="M40 0H81a3 3 0 0 1 3 3V17a3 3 0 0 1 -3 3H40z" fill="#0c6b60"/>\
<g text-anchor="middle" font-family="Verdana,DejaVu Sans,sans-serif" font-size="11">\
<text x="20.0" y="14" fill="#fff" textLength="28">visits</text>\
<text x="62.0" y="14" fill="#fff" textLength="32">1,234</text></g></svg>
"""
    )


@pytest.mark.parametrize(
    ("style", "height", "radius", "label"),
    [("flat", "20", "3", "visits"), ("flat-square", "20", "0", "visits"), ("for-the-badge", "28", "0", "VISITS")],
)
def test_the_styles_of_shields_io(style: str, height: str, radius: str, label: str) -> None:
    drawn = badge.draw(7, BadgeLook("visits", "#0c6b60", style))
    root = ET.fromstring(drawn)  # noqa: S314 - our own text
    assert (root.attrib["height"], root[1].attrib["rx"], texts(drawn)[0].text) == (height, radius, label)


def test_markup_in_the_label_is_text() -> None:
    drawn = badge.draw(7, BadgeLook('<b onload="x">&', "#0c6b60", "flat"))
    assert texts(drawn)[0].text == '<b onload="x">&'
    assert len(ET.fromstring(drawn)) == 4  # noqa: S314 - our own text
