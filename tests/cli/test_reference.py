"""docs/commands.md matches `--help`."""

from __future__ import annotations

from cli.reference import PAGE, reference


def test_the_page_is_up_to_date() -> None:
    assert PAGE.read_text(encoding="utf-8") == reference(), "run: python -m cli.reference"
