"""The bundled fonts for print and resume.pdf: one family for each choice of `heading_font` and `text_font`.

A print must look the same on every machine, so its fonts are bundled. They are declared for print only: on screen the
page uses the reader's own fonts and downloads none of these. Scripts that they lack (Chinese, Arabic, Thai) come from
the system. `sources.json` records each font's source, licence and generated files.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from functools import cache
from pathlib import Path, PurePosixPath
from typing import TYPE_CHECKING

from settings import FONTS

if TYPE_CHECKING:
    from collections.abc import Callable

    from settings import Theme

FOLDER = Path(__file__).resolve().parent
SOURCES = FOLDER / "sources.json"
CODE = "mono"
"""The family of code in a text, whatever the family of the text."""

UNICODES = (
    "U+0-17F,U+18F,U+192,U+1A0-1A1,U+1AF-1B0,U+1CD-1DC,U+218-21B,U+259,U+2C6-2DD,U+300-304,U+306-30C,U+323,U+327-328,"
    "U+384-3CE,U+400-45F,U+48A-4FF,U+1E80-1E85,U+1E9E,U+1EA0-1EF9,U+2010-2027,U+202F-205F,U+2070-209C,U+20A0-20C0,"
    "U+2116,U+2122,U+2126,U+2150-215E,U+2190-2193,U+2212,U+2215,U+2248,U+2260,U+2264-2265,U+25CA,U+FB00-FB04"
)
"""The characters kept in each font: Latin with Vietnamese, Greek, Cyrillic, punctuation, symbols."""

CUTS = {"regular": ("normal", "1 500"), "semibold": ("normal", "501 1000"), "italic": ("italic", "1 1000")}
"""Cut -> style, and the range of weights that it covers."""


@dataclass(frozen=True)
class Family:
    """A font family. choice: its name in the settings. title: its original name. scale: in percent, so that all fonts
    appear equally large."""

    choice: str
    title: str
    scale: int
    cuts: tuple[str, ...]

    @property
    def name(self) -> str:
        """Return the family's name in stylesheets. A subset must not use the font's reserved name (OFL, 3)."""
        return f"paper {self.choice}"

    @property
    def files(self) -> tuple[str, ...]:
        """Return the asset names of the family's font files."""
        return tuple(f"fonts/{self.file(cut)}" for cut in self.cuts)

    @property
    def licence(self) -> str:
        """Return the path of the family's licence in the site."""
        return f"fonts/{self.choice}.licence.txt"

    def file(self, cut: str) -> str:
        """Return the name of the font file of a cut, such as regular."""
        return f"{self.choice}-{cut}.woff2"


@cache
def families() -> dict[str, Family]:
    """Return choice -> family."""
    sources = json.loads(SOURCES.read_text(encoding="utf-8"))["families"]
    return {
        choice: Family(choice, source["family"], source["scale"], tuple(source["files"]))
        for choice, source in sources.items()
    }


def families_of(theme: Theme) -> list[Family]:
    """Return the families that pages of this theme need, each once."""
    return [families()[choice] for choice in dict.fromkeys((theme.heading_font, theme.text_font, CODE))]


def files_of(theme: Theme) -> dict[str, bytes]:
    """Return the fonts and their licences by asset name."""
    names = [name for family in families_of(theme) for name in (*family.files, family.licence)]
    return {name: (FOLDER / PurePosixPath(name).name).read_bytes() for name in names}


def on_paper(choice: str) -> str:
    """Return the value of `font-family` in print: the bundled font, then the system's for the characters it lacks."""
    return f'"{families()[choice].name}",{FONTS[choice]}'


def faces(theme: Theme, address: Callable[[str], str]) -> str:
    """Return the `@font-face` rules for print. address: returns the URL of an asset by its name."""
    return "".join(
        _face(family, cut, address(name))
        for family in families_of(theme)
        for cut, name in zip(family.cuts, family.files, strict=True)
    )


def _face(family: Family, cut: str, url: str) -> str:
    style, weights = CUTS[cut]
    # A page printed before a font has loaded uses the system's font rather than blanks (font-display: swap).
    return (
        f'@font-face{{font-family:"{family.name}";src:url("{url}");font-style:{style};font-weight:{weights};'
        f"size-adjust:{family.scale}%;font-display:swap}}"
    )
