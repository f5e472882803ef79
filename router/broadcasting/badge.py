"""badge.svg: the count as an image, for pages that cannot run a script, such as a README. Pure.

The styles have the names and measures of those of shields.io, so that the badge stands beside others in a row. It is
self-contained and has no <style> element, since the content security policies of other sites apply to it.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING
from unicodedata import east_asian_width

if TYPE_CHECKING:
    from router.configuration import BadgeLook

LABEL_COLOR = "#1f2933"

_WIDTHS = {"ijl'|": 3.0, "fIrt.,:;!()[] ": 4.3, "ckszvxy": 5.9, "mwMW@%": 10.2, "0123456789": 7.0}
# Source: Web Content Accessibility Guidelines 2.2, contrast ratio and relative luminance
_TEXT_CONTRAST = 4.5
_LINEAR_BELOW = 0.04045
_ESCAPES = {ord("&"): "&amp;", ord("<"): "&lt;", ord(">"): "&gt;", ord('"'): "&quot;"}

_SVG = (
    '<svg xmlns="http://www.w3.org/2000/svg" width="{width}" height="{height}" role="img" aria-label="{said}">'
    "<title>{said}</title>"
    '<rect width="{width}" height="{height}" rx="{radius}" fill="{label_color}"/>'
    '<path d="M{split} 0H{right}a{radius} {radius} 0 0 1 {radius} {radius}V{low}a{radius} {radius} 0 0 1 -{radius} '
    '{radius}H{split}z" fill="{color}"/>'
    '<g text-anchor="middle" font-family="Verdana,DejaVu Sans,sans-serif" font-size="{font}">'
    '<text x="{label_at}" y="{base}" fill="#fff" textLength="{label_length}">{label}</text>'
    '<text x="{count_at}" y="{base}" fill="{ink}" textLength="{count_length}"{weight}>{count}</text></g></svg>\n'
)


@dataclass(frozen=True, slots=True)
class _Style:
    """Measures in pixels. spacing: added to the width of each character. padding: on each side of a text."""

    height: int
    radius: int
    font: int
    base: int
    padding: int
    spacing: float = 0
    loud: bool = False


_MEASURES = {
    "flat": _Style(height=20, radius=3, font=11, base=14, padding=6),
    "flat-square": _Style(height=20, radius=0, font=11, base=14, padding=6),
    "for-the-badge": _Style(height=28, radius=0, font=10, base=18, padding=12, spacing=1.25, loud=True),
}


def draw(count: int, look: BadgeLook) -> bytes:
    """Return the badge as SVG."""
    style, number = _MEASURES[look.style], f"{count:,}"
    label = look.label.upper() if style.loud else look.label
    label_length, count_length = (_length(text, style) for text in (label, number))
    split = label_length + 2 * style.padding
    width = split + count_length + 2 * style.padding
    return _SVG.format(
        width=width,
        height=style.height,
        radius=style.radius,
        right=width - style.radius,
        low=style.height - style.radius,
        split=split,
        label_color=LABEL_COLOR,
        color=look.color,
        ink=_ink(look.color),
        font=style.font,
        base=style.base,
        weight=' font-weight="bold"' if style.loud else "",
        said=f"{look.label}: {number}".translate(_ESCAPES),
        label=label.translate(_ESCAPES),
        count=number,
        label_at=split / 2,
        count_at=split + (width - split) / 2,
        label_length=label_length,
        count_length=count_length,
    ).encode()


def _length(text: str, style: _Style) -> int:
    """Return the length of a text. It is an estimate, which `textLength` makes true in every font."""
    return max(1, round(sum(_advance(character) * style.font / 11 + style.spacing for character in text)))


def _advance(character: str) -> float:
    """Return the approximate width of a character in Verdana, 11 pixels."""
    if east_asian_width(character) in "WF":
        return 11.5
    known = next((width for characters, width in _WIDTHS.items() if character in characters), None)
    return known or (7.6 if character.isupper() else 6.8)


def _ink(ground: str) -> str:
    """Return white, or black where white text would be hard to read. One of them always has enough contrast."""
    linear = [_linear(int(ground[at : at + 2], 16) / 255) for at in (1, 3, 5)]
    luminance = 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]
    return "#fff" if 1.05 / (luminance + 0.05) >= _TEXT_CONTRAST else "#000"


def _linear(part: float) -> float:
    return part / 12.92 if part <= _LINEAR_BELOW else ((part + 0.055) / 1.055) ** 2.4
