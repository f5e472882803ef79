"""Stylesheets that lie in the page itself, so that nothing it needs to be drawn has to be asked for a second time.

A strict security policy takes an inline stylesheet by the hash of its text; `inline_styles` finds those of the pages.
"""

from __future__ import annotations

import base64
import hashlib
import re
from typing import TYPE_CHECKING

from colour import WHITE, Colour, faded, readable
from settings import FONTS, FONTS_ON_PAPER

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from settings import Theme

STYLE = re.compile(rb"<style>(.*?)</style>", re.DOTALL)
# What stands in quotes stays as it is; then comments, and blanks where nothing needs them.
PIECES = re.compile(r"""("[^"\n]*"|'[^'\n]*')|/\*.*?\*/|\s*([{};,])\s*|(:)\s+|\s+""", re.DOTALL)


def minified(css: str) -> str:
    """The same rules without comments and layout. Blanks stay wherever they could mean something."""

    def keep(match: re.Match[str]) -> str:
        return match[1] or match[2] or match[3] or (" " if match[0].isspace() else "")

    return PIECES.sub(keep, css).replace(";}", "}").strip()


def tokens(theme: Theme) -> str:
    """The theme's choices as custom properties: light, dark, on paper. Everything else of the colours follows."""
    light = _colours(theme.paper, theme.ink, theme.accent)
    dark = _colours(theme.paper_dark, theme.ink_dark, theme.accent_dark)
    return (
        f":root{{{_faces(theme, FONTS)};{light}}}"
        f"@media screen and (prefers-color-scheme:dark){{:root{{{dark}}}}}"
        f"@media print{{:root{{{_faces(theme, FONTS_ON_PAPER)}}}}}@page{{size:{theme.print_on}}}"
    )


def _faces(theme: Theme, fonts: Mapping[str, str]) -> str:
    return f"--headings:{fonts[theme.heading_font]};--text:{fonts[theme.text_font]}"


def _colours(paper_text: str, ink_text: str, accent: str) -> str:
    paper, ink = Colour.parse(paper_text), Colour.parse(ink_text)
    values = {
        "paper": paper,
        "card": paper.mixed(WHITE, 0.75 if paper.luminance > ink.luminance else 0.05),
        "line": paper.mixed(ink, 0.14),
        "soft": faded(ink, paper, 0.36),
        "body": faded(ink, paper, 0.13),
        "ink": ink,
        "accent": accent,
        "on-accent": readable(paper, Colour.parse(accent)),
    }
    return ";".join(f"--{name}:{value}" for name, value in values.items())


def inline_styles(pages: Iterable[bytes]) -> tuple[str, ...]:
    """The hashes of the pages' stylesheets, as `style-src` takes them, sorted.

    Source: Content Security Policy Level 3, "hash-source".
    """
    found = {match for page in pages for match in STYLE.findall(page)}
    return tuple(sorted(f"'sha256-{base64.b64encode(hashlib.sha256(css).digest()).decode()}'" for css in found))
