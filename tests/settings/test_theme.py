"""[theme]: layouts, densities, the footer and the QR code."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from errors import SettingsError
from settings import DEFAULT_THEME, DENSITIES, LAYOUTS, Theme, validate

ROOT = Path(__file__).resolve().parents[2]


def theme(**values: Any) -> Theme:
    return validate({"theme": values}, Path("settings.toml")).theme


def test_the_defaults() -> None:
    chosen = (DEFAULT_THEME.layout, DEFAULT_THEME.density, DEFAULT_THEME.footer, DEFAULT_THEME.qr)
    assert chosen == ("rail", "comfortable", True, False)


@pytest.mark.parametrize("layout", LAYOUTS)
def test_every_layout_has_its_stylesheet(layout: str) -> None:
    assert theme(layout=layout).layout == layout
    assert (ROOT / "site" / "theme" / f"layout-{layout}.css").is_file()


@pytest.mark.parametrize("density", DENSITIES)
def test_every_density_is_accepted(density: str) -> None:
    assert theme(density=density).density == density


def test_the_footer_is_a_choice_or_a_text() -> None:
    assert theme(footer=False).footer is False
    assert theme(footer=" Reserved. ").footer == "Reserved."


@pytest.mark.parametrize(
    ("key", "value", "allowed"),
    [
        ("layout", "columns", '"rail", "classic" or "sidebar"'),
        ("density", "tight", '"comfortable" or "compact"'),
        ("footer", 1, "a text of at most 500 characters"),
        ("footer", "  ", "a text of at most 500 characters"),
        ("footer", "a\0b", "a text of at most 500 characters"),
        ("footer", "x" * 501, "a text of at most 500 characters"),
        ("qr", "yes", "true or false"),
    ],
)
def test_what_is_not_allowed_is_one_clear_error(key: str, value: Any, allowed: str) -> None:
    with pytest.raises(SettingsError) as caught:
        theme(**{key: value})
    message = str(caught.value)
    assert f"theme.{key} = " in message
    assert allowed in message
