"""Inline stylesheets, so that rendering the page needs no second request.

A strict security policy allows an inline stylesheet by the hash of its text; `inline_styles` computes those of the
pages.
"""

from __future__ import annotations

import base64
import hashlib
import re
from typing import TYPE_CHECKING

from settings import FONTS
from settings.colour import WHITE, Colour, faded, readable
from site_gen.fonts import CODE, faces, on_paper

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from settings import Theme

STYLE = re.compile(rb"<style>(.*?)</style>", re.DOTALL)
QUOTED = r"""("[^"\n]*"|'[^'\n]*')"""
"""A quoted string, which is left unchanged."""
COMMENTS = re.compile(rf"{QUOTED}|/\*.*?\*/", re.DOTALL)
BLANKS = re.compile(rf"{QUOTED}|\s*([{{}};,])\s*|(:)\s+|\s+|(?<![\w.])0(?=\.\d)")
"""Unneeded whitespace, and the leading zero of 0.5."""


QUOTE = "\\"
UNSAFE = frozenset('"\\<>\n\r\f')
"""Characters that a quoted text in a stylesheet inside of a page has to escape."""


def minified(css: str) -> str:
    """Return the same rules without comments and layout. Whitespace is kept wherever it could have a meaning."""

    def keep(match: re.Match[str]) -> str:
        return match[1] or match[2] or match[3] or (" " if match[0].isspace() else "")

    plain = COMMENTS.sub(lambda match: match[1] or " ", css)
    return BLANKS.sub(keep, plain).replace(";}", "}").strip()


DENSITY = {"comfortable": "--air:1;--type:8.8pt", "compact": "--air:.72;--type:8.3pt"}
"""Density -> the factor of the space between sections, and the size of type in print."""


def tokens(theme: Theme, address: Callable[[str], str]) -> str:
    """Return the theme's choices as custom properties: light, dark, print. All other colours derive from them.

    Print uses the bundled fonts; a browser downloads them only when it prints. address: returns an asset's URL by its
    name.
    """
    light = _colours(theme.paper, theme.ink, theme.accent)
    dark = _colours(theme.paper_dark, theme.ink_dark, theme.accent_dark)
    return (
        f":root{{--headings:{FONTS[theme.heading_font]};--text:{FONTS[theme.text_font]};--code:monospace;"
        f"{DENSITY[theme.density]};{light}}}"
        f"@media screen and (prefers-color-scheme:dark){{:root{{{dark}}}}}"
        f"@media print{{{faces(theme, address)}:root{{--headings:{on_paper(theme.heading_font)};"
        f"--text:{on_paper(theme.text_font)};--code:{on_paper(CODE)}}}}}@page{{size:{theme.print_on}}}"
    )


def page_numbers(theme: Theme, name: str) -> str:
    """Return the rules that print `name` and the page's number at the foot of every page but the first.

    Source: CSS Paged Media Module Level 3, "page-margin boxes" (Chromium 131 and later).
    """
    label = "".join(f"{QUOTE}{ord(each):x} " if each in UNSAFE else each for each in f"{name} · " if name)
    font = f"font:8pt {on_paper(theme.text_font)};color:#595959"
    return (
        f'@page{{@bottom-right{{content:"{label}" counter(page);{font}}}}}@page:first{{@bottom-right{{content:none}}}}'
    )


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
    """Return the hashes of the pages' stylesheets for `style-src`, sorted.

    Source: Content Security Policy Level 3, "hash-source".
    """
    found = {match for page in pages for match in STYLE.findall(page)}
    return tuple(sorted(f"'sha256-{base64.b64encode(hashlib.sha256(css).digest()).decode()}'" for css in found))
