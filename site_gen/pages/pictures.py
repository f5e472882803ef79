"""The generated pictures: the icons, and the preview card of a shared link.

The motif is a tally: four strokes, and a fifth across them. Pixels are the same on every machine, because Pillow and
its built-in font are pinned; a name in a script that this font lacks leaves the card with the motif only.
"""

from __future__ import annotations

import io
from functools import cache
from typing import TYPE_CHECKING

from PIL import Image, ImageDraw, ImageFont

from settings.colour import GRAPHIC_CONTRAST, Colour, readable

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from settings import Theme

    Face = ImageFont.FreeTypeFont | ImageFont.ImageFont

FINER = 4
"""The factor of supersampling: drawn larger and scaled down for smooth edges."""

CARD = 1200, 630
"""Width and height of link previews in pixels. Source: the Open Graph notes of the large networks, 1.91:1."""

STRIKE = Colour(0xF3, 0xC9, 0x69)
UNKNOWN = "\U0010ffff"
TALL = ((8.5, 8, 8.5, 24), (13.5, 8, 13.5, 24), (18.5, 8, 18.5, 24), (23.5, 8, 23.5, 24))
ACROSS = (5.5, 21.5, 26.5, 10.5)


@cache
def icon(theme: Theme, pixels: int, *, rounded: bool) -> bytes:
    """Return the icon as PNG. rounded: with rounded corners, for systems that do not round them."""
    return _png(_tally(theme, pixels, rounded=rounded))


@cache
def favicon(theme: Theme) -> bytes:
    """Return the icon for clients that request favicon.ico."""
    stream = io.BytesIO()
    _tally(theme, 48, rounded=True).save(stream, "ICO", sizes=[(16, 16), (32, 32), (48, 48)])
    return stream.getvalue()


@cache
def card(theme: Theme, name: str, label: str) -> bytes:
    """Return the preview card of a shared link as PNG: name and label in the page's colours, and the motif."""
    picture = Image.new("RGB", CARD, theme.paper)
    draw = ImageDraw.Draw(picture)
    width, height = CARD
    motif = _tally(theme, 150, rounded=True)
    picture.paste(motif, (96, 92), motif)
    draw.rectangle((0, height - 18, width, height), fill=theme.accent)
    if _can_write(name):
        _write(draw, name, (92, 300), 118, theme.ink)
        if label and _can_write(label):
            _write(draw, label, (98, 450), 54, theme.accent)
    return _png(picture)


def favicon_svg(theme: Theme) -> bytes:
    """Return the icon as SVG, sharp at every size."""
    lines = "".join(f"M{left} {top} {right} {bottom}" for left, top, right, bottom in TALL)
    left, top, right, bottom = ACROSS
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 32 32">'
        f'<rect width="32" height="32" rx="7" fill="{theme.accent}"/>'
        f'<g stroke="{_on_accent(theme)}" stroke-width="2.6" stroke-linecap="round"><path d="{lines}"/>'
        f'<path stroke="{_strike(theme)}" d="M{left} {top} {right} {bottom}"/></g></svg>\n'
    ).encode()


def _on_accent(theme: Theme) -> str:
    return str(readable(Colour.parse(theme.paper), Colour.parse(theme.accent), GRAPHIC_CONTRAST))


def _strike(theme: Theme) -> str:
    return str(readable(STRIKE, Colour.parse(theme.accent), GRAPHIC_CONTRAST))


def _write(draw: ImageDraw.ImageDraw, text: str, place: tuple[int, int], size: int, colour: str) -> None:
    """Write the text on one line, in the largest size up to `size` that fits; truncate it if half of that does not
    fit."""
    room = CARD[0] - 2 * place[0]
    face = next((face for face in map(_face, range(size, size // 2, -2)) if face.getlength(text) <= room), None)
    face = face or _face(size // 2)
    while face.getlength(text) > room:
        text = text.rstrip("…")[:-1].rstrip() + "…"
    draw.text(place, text, font=face, fill=colour)


@cache
def _face(size: int) -> Face:
    return ImageFont.load_default(size)


def _can_write(text: str) -> bool:
    """Return True if the font has every character of the text: a missing one is drawn as the placeholder glyph."""
    missing = _drawn(UNKNOWN)
    return all(letter.isspace() or _drawn(letter) != missing for letter in text)


@cache
def _drawn(letter: str) -> bytes:
    return bytes(_face(24).getmask(letter))


def _tally(theme: Theme, pixels: int, *, rounded: bool) -> Image.Image:
    size = pixels * FINER
    unit = size / 32
    picture = Image.new("RGBA", (size, size), (0, 0, 0, 0))
    draw = ImageDraw.Draw(picture)
    draw.rounded_rectangle((0, 0, size - 1, size - 1), 7 * unit if rounded else 0, fill=theme.accent)
    for line in TALL:
        _stroke(draw, [point * unit for point in line], 2.6 * unit, _on_accent(theme))
    _stroke(draw, [point * unit for point in ACROSS], 2.6 * unit, _strike(theme))
    return picture.resize((pixels, pixels), Image.Resampling.LANCZOS)


def _stroke(draw: ImageDraw.ImageDraw, line: list[float], width: float, colour: str) -> None:
    draw.line(line, fill=colour, width=round(width))
    for x, y in (line[:2], line[2:]):
        draw.ellipse((x - width / 2, y - width / 2, x + width / 2, y + width / 2), fill=colour)


def _png(picture: Image.Image) -> bytes:
    stream = io.BytesIO()
    picture.save(stream, "PNG", optimize=True)
    return stream.getvalue()


PICTURES: dict[str, Callable[[Theme, str, str], bytes]] = {
    "favicon.svg": lambda theme, _name, _label: favicon_svg(theme),
    "favicon.ico": lambda theme, _name, _label: favicon(theme),
    "apple-touch-icon.png": lambda theme, _name, _label: icon(theme, 180, rounded=False),
    "icon-192.png": lambda theme, _name, _label: icon(theme, 192, rounded=True),
    "icon-512.png": lambda theme, _name, _label: icon(theme, 512, rounded=True),
    "card.png": card,
}
"""Name of the asset → function that draws it from the theme, the name and the label."""


def pictures_for(templates: Iterable[str], theme: Theme, name: str, label: str) -> dict[str, bytes]:
    """Return the pictures that the templates use, by name; others are not drawn."""
    texts = list(templates)
    return {
        picture: draw(theme, name, label)
        for picture, draw in PICTURES.items()
        if any(f"asset('{picture}')" in text for text in texts)
    }
