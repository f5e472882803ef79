"""Colours for the theme: parsing, mixing, and the contrast that readable text needs. A leaf, and pure.

Source of the contrast: Web Content Accessibility Guidelines 2.2, "relative luminance" and "contrast ratio".
"""

from __future__ import annotations

from colorsys import hls_to_rgb, rgb_to_hls
from dataclasses import dataclass

TEXT_CONTRAST = 4.5
"""The minimum contrast of text in WCAG 2.2 AA (1.4.3)."""

GRAPHIC_CONTRAST = 3.0
"""The minimum contrast of meaningful graphics in WCAG 2.2 AA (1.4.11)."""

STEPS = 100


@dataclass(frozen=True)
class Colour:
    """Red, green and blue, each from 0 to 255."""

    red: int
    green: int
    blue: int

    @classmethod
    def parse(cls, text: str) -> Colour:
        """Return the colour of a text such as "#0c6b60"; the setting's pattern has already validated it."""
        return cls(*(int(text[at : at + 2], 16) for at in (1, 3, 5)))

    def __str__(self) -> str:
        return "#" + "".join(f"{part:02x}" for part in self.parts)

    @property
    def parts(self) -> tuple[int, int, int]:
        """Return red, green and blue, each 0 to 255."""
        return self.red, self.green, self.blue

    @property
    def luminance(self) -> float:
        """Return the relative luminance, from 0 (black) to 1 (white)."""
        red, green, blue = (_linear(part / 255) for part in self.parts)
        return 0.2126 * red + 0.7152 * green + 0.0722 * blue

    def mixed(self, other: Colour, share: float) -> Colour:
        """Return this colour with `share` (0 to 1) of the other one mixed in."""
        mixture = (round(a + (b - a) * share) for a, b in zip(self.parts, other.parts, strict=True))
        return Colour(*mixture)

    def towards(self, end: Colour, share: float) -> Colour:
        """Return this colour moved by `share` (0 to 1) towards black or white, in lightness only: the hue stays."""
        hue, lightness, saturation = rgb_to_hls(*(part / 255 for part in self.parts))
        moved = hls_to_rgb(hue, lightness + (round(end.luminance) - lightness) * share, saturation)
        return Colour(*(round(part * 255) for part in moved))


BLACK, WHITE = Colour(0, 0, 0), Colour(255, 255, 255)


def _linear(part: float) -> float:
    return part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4  # noqa: PLR2004 - sRGB's own numbers


def contrast(one: Colour, other: Colour) -> float:
    """Return the contrast ratio, from 1 (the same colour) to 21 (black on white)."""
    light, dark = sorted((one.luminance, other.luminance), reverse=True)
    return (light + 0.05) / (dark + 0.05)


def readable(colour: Colour, paper: Colour, wanted: float = TEXT_CONTRAST) -> Colour:
    """Return `colour`, or the nearest darker or lighter shade of its hue that has the contrast `wanted` on `paper`.

    There always is one: black or white reaches 4.58 on any colour.
    """
    end = max(BLACK, WHITE, key=lambda each: contrast(each, paper))
    shades = (colour.towards(end, step / STEPS) for step in range(STEPS + 1))
    return next((shade for shade in shades if contrast(shade, paper) >= wanted), end)


def faded(ink: Colour, paper: Colour, share: float) -> Colour:
    """Return `ink` with `share` of the paper mixed in, but never below the minimum contrast of text."""
    return readable(ink.mixed(paper, share), paper)
