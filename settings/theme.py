"""The settings of [theme]: the appearance of the résumé, on screen and on paper."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Annotated

from settings.fonts import FONTS
from settings.rules import Rule, boolean, flag_or_text, one_of, text

LAYOUTS = ("rail", "classic", "sidebar")
"""The arrangements of the page; each has its stylesheet in the theme, layout-<name>.css."""

DENSITIES = ("comfortable", "compact")

_HEX = text("#[0-9a-fA-F]{6}")
_COLOUR = "a colour such as #0c6b60"
_FACES = f"one of {', '.join(FONTS)}"


def _listed(choices: tuple[str, ...]) -> str:
    *others, last = (f'"{choice}"' for choice in choices)
    return f"{', '.join(others)} or {last}"


@dataclass(frozen=True)
class Theme:
    """The page's appearance. Colours are "#rrggbb"; after validation `accent_dark` is never empty. `durations`: beside
    each period how long it was. `footer`: True for the theme's own text, False for none, or a text. `qr`: a QR code of
    the page's address on paper."""

    layout: Annotated[str, Rule("rail", _listed(LAYOUTS), one_of(*LAYOUTS))]
    density: Annotated[str, Rule("comfortable", _listed(DENSITIES), one_of(*DENSITIES))]
    accent: Annotated[str, Rule("#0c6b60", _COLOUR, _HEX)]
    accent_dark: Annotated[
        str,
        Rule(
            "",
            f'{_COLOUR}, or "" for the accent, lightened for the dark page',
            text("#[0-9a-fA-F]{6}", optional=True),
        ),
    ]
    paper: Annotated[str, Rule("#faf8f4", _COLOUR, _HEX)]
    paper_dark: Annotated[str, Rule("#12161a", _COLOUR, _HEX)]
    ink: Annotated[str, Rule("#1c2023", _COLOUR, _HEX)]
    ink_dark: Annotated[str, Rule("#f1eee8", _COLOUR, _HEX)]
    heading_font: Annotated[str, Rule("old-style", _FACES, one_of(*FONTS))]
    text_font: Annotated[str, Rule("sans", _FACES, one_of(*FONTS))]
    print_on: Annotated[str, Rule("A4", '"A4" or "letter"', one_of("A4", "letter"))]
    durations: Annotated[bool, Rule(False, "true or false", boolean)]
    footer: Annotated[
        bool | str,
        Rule(
            True,
            "true for the text about the live count, false for none, or a text of at most 500 characters",
            flag_or_text(500),
        ),
    ]
    qr: Annotated[bool, Rule(False, "true or false", boolean)]
