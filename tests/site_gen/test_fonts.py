"""The fonts of print: the bundled files are those that `make` wrote, each choice has its own, and only print declares
them."""

from __future__ import annotations

import hashlib
import json
import re
from dataclasses import replace
from pathlib import Path

import pytest

from settings import DEFAULT_THEME, FONTS
from site_gen.fonts import FOLDER, SOURCES, families, files_of
from site_gen.pages.edition import Edition
from site_gen.pipeline import build_site

PINNED = json.loads(SOURCES.read_text(encoding="utf-8"))["families"]
OPEN_LICENCES = {"OFL-1.1": "SIL OPEN FONT LICENSE Version 1.1", "Apache-2.0": "Apache License"}


def test_every_choice_has_a_family() -> None:
    assert set(families()) == set(FONTS)


@pytest.mark.parametrize("choice", FONTS)
def test_a_font_is_the_one_that_was_made_from_the_pinned_package(choice: str) -> None:
    source, family = PINNED[choice], families()[choice]
    assert re.fullmatch(r"\d+(\.\d+)+", source["version"])
    assert re.fullmatch(r"sha512-[\w+/]{86}==", source["integrity"])
    for cut, file in source["files"].items():
        content = (FOLDER / family.file(cut)).read_bytes()
        assert content.startswith(b"wOF2")
        assert hashlib.sha256(content).hexdigest() == file["sha256"]
    assert OPEN_LICENCES[source["licence"]] in (FOLDER / Path(family.licence).name).read_text(encoding="utf-8")


def test_nothing_else_lies_beside_them_and_all_stay_small() -> None:
    known = {
        name
        for family in families().values()
        for name in (*map(family.file, family.cuts), f"{family.choice}.licence.txt")
    }
    shipped = [path for path in FOLDER.iterdir() if path.suffix in {".woff2", ".txt"}]
    assert {path.name for path in shipped} == known
    assert sum(path.stat().st_size for path in shipped) < 1_000_000


@pytest.mark.parametrize("choice", FONTS)
def test_a_page_declares_its_fonts_for_print_alone_and_they_are_published(
    site: Path, tmp_path: Path, choice: str
) -> None:
    theme = replace(DEFAULT_THEME, heading_font=choice, text_font=choice)
    folder = build_site(site, tmp_path / "site", Edition(theme=theme)).folder
    page = (folder / "index.html").read_text(encoding="utf-8")
    on_screen, _, in_print = page.partition("@media print{@font-face")
    assert "@font-face" not in on_screen
    assert f'--text:"{families()[choice].name}"' in in_print
    asked = re.findall(r'@font-face\{[^}]*url\("/([^"]+)"\)', page)
    assert len(asked) == sum(name.endswith(".woff2") for name in files_of(theme)) >= 2
    assert all((folder / name).is_file() for name in asked)
    licences = re.findall(r"/(assets/\S+\.licence\.\w+\.txt)", (folder / "humans.txt").read_text(encoding="utf-8"))
    assert licences
    assert all((folder / name).is_file() for name in licences)
