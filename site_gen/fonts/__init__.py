"""The fonts of print and of resume.pdf: one family for each choice of `heading_font` and `text_font`, shipped with us.

Paper must look alike wherever it is printed, so its fonts are no machine's. They are declared for print only: the page
on a screen takes the reader's own fonts and asks for none of these. Scripts they do not have (Chinese, Arabic, Thai)
come from the system. `sources.json` says where each comes from, under which licence, and what `make` made of it.
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
"""The family of code in a text, whatever family the text has."""

UNICODES = (
    "U+0-17F,U+18F,U+192,U+1A0-1A1,U+1AF-1B0,U+1CD-1DC,U+218-21B,U+259,U+2C6-2DD,U+300-304,U+306-30C,U+323,U+327-328,"
    "U+384-3CE,U+400-45F,U+48A-4FF,U+1E80-1E85,U+1E9E,U+1EA0-1EF9,U+2010-2027,U+202F-205F,U+2070-209C,U+20A0-20C0,"
    "U+2116,U+2122,U+2126,U+2150-215E,U+2190-2193,U+2212,U+2215,U+2248,U+2260,U+2264-2265,U+25CA,U+FB00-FB04"
)
"""What is kept of each, where it has it: Latin with Vietnamese, Greek, Cyrillic, punctuation, signs."""

CUTS = {"regular": ("normal", "1 500"), "semibold": ("normal", "501 1000"), "italic": ("italic", "1 1000")}
"""Cut -> style, and the weights that it stands for."""


@dataclass(frozen=True)
class Family:
    """choice: of the settings. title: its makers' name. scale: in percent, so that all look equally large."""

    choice: str
    title: str
    scale: int
    cuts: tuple[str, ...]

    @property
    def name(self) -> str:
        """As stylesheets call it. Not as its makers do: a part of a font may not bear a reserved name (OFL, 3)."""
        return f"paper {self.choice}"

    @property
    def files(self) -> tuple[str, ...]:
        """By which a page asks for them, among the other assets."""
        return tuple(f"fonts/{self.file(cut)}" for cut in self.cuts)

    @property
    def licence(self) -> str:
        return f"fonts/{self.choice}.licence.txt"

    def file(self, cut: str) -> str:
        return f"{self.choice}-{cut}.woff2"


@cache
def families() -> dict[str, Family]:
    """Choice -> family."""
    sources = json.loads(SOURCES.read_text(encoding="utf-8"))["families"]
    return {
        choice: Family(choice, source["family"], source["scale"], tuple(source["files"]))
        for choice, source in sources.items()
    }


def families_of(theme: Theme) -> list[Family]:
    """Those that its pages need, each once."""
    return [families()[choice] for choice in dict.fromkeys((theme.heading_font, theme.text_font, CODE))]


def files_of(theme: Theme) -> dict[str, bytes]:
    """The fonts and their licences, by the name under which a page asks for them."""
    names = [name for family in families_of(theme) for name in (*family.files, family.licence)]
    return {name: (FOLDER / PurePosixPath(name).name).read_bytes() for name in names}


def on_paper(choice: str) -> str:
    """The value of `font-family` in print: ours, then for what it lacks the system's."""
    return f'"{families()[choice].name}",{FONTS[choice]}'


def faces(theme: Theme, address: Callable[[str], str]) -> str:
    """The `@font-face` rules, for a stylesheet of print. address: where a page finds what it asks for by name."""
    return "".join(
        _face(family, cut, address(name))
        for family in families_of(theme)
        for cut, name in zip(family.cuts, family.files, strict=True)
    )


def _face(family: Family, cut: str, url: str) -> str:
    style, weights = CUTS[cut]
    # Whoever prints before a font has come gets letters of the system's, never blanks.
    return (
        f'@font-face{{font-family:"{family.name}";src:url("{url}");font-style:{style};font-weight:{weights};'
        f"size-adjust:{family.scale}%;font-display:swap}}"
    )
