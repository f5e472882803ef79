"""Printed pages are full, and no heading is left alone at the end of one."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Page

from site_gen.languages.words import words_of
from tests.browser.paper.corpus import CORPUS
from tests.browser.paper.printing import ROOT, by_browser, edition, front_page, printed
from tests.browser.paper.reading import Sheet, plain, sheets

pytestmark = pytest.mark.browser

FULL = 0.75
MARGINS = 21 / 25.4 * 72
"""Of a page, above and below, in points: print.css."""
ASIDE = ("skills", "certificates", "languages", "interests")
SIDE = (16 + 46 + 2) / 25.4 * 72
"""The right margin and the side column, in points: layout-sidebar.css."""

SECTIONS = {plain(str(words_of("en")[key])) for key in ("work", "projects", "skills", "certificates", "education")} | {
    plain(str(words_of("en")[key])) for key in ("publications", "awards", "volunteer", "references")
}


def titles(resume: dict[str, Any]) -> set[str]:
    """Return the titles of entries that go on below their title."""
    return {
        plain(entry[key])
        for section in ("work", "projects", "volunteer", "education")
        for entry in resume.get(section, [])
        for key in ("position", "name", "studyType")[: 1 if section in ("work", "volunteer") else 3]
        if entry.get(key) and (entry.get("summary") or entry.get("highlights") or entry.get("description"))
    }


def defects(pages: list[Sheet], resume: dict[str, Any]) -> list[str]:
    """Return what is wrong with the pages but the last."""
    found = []
    for number, page in enumerate(pages[:-1], 1):
        if page.filled < FULL:
            found.append(f"page {number} of {len(pages)} is filled to {page.filled:.0%}")
        lasts = [rows[-1] for rows in page.columns]
        alone = [last for last in lasts if last in SECTIONS or last.startswith(tuple(titles(resume)))]
        found += [f"page {number} ends with the heading {last!r}" for last in alone]
    return found


def test_there_are_twenty_four_of_them() -> None:
    assert len(CORPUS) == 24


@pytest.mark.usefixtures("browser")
@pytest.mark.parametrize("name", CORPUS)
def test_the_pages_of_the_pdf_are_full(tmp_path: Path, name: str) -> None:
    document = printed(tmp_path, CORPUS[name], edition())
    assert document
    assert defects(list(sheets(document, MARGINS)), CORPUS[name]) == []


@pytest.mark.parametrize(
    ("layout", "density", "paper"),
    [("classic", "comfortable", "A4"), ("sidebar", "comfortable", "letter"), ("rail", "compact", "letter")],
)
def test_they_are_full_in_every_layout(unwatched: Page, tmp_path: Path, layout: str, density: str, paper: str) -> None:
    found = {}
    for name, resume in CORPUS.items():
        file = front_page(tmp_path / name, resume, edition(layout=layout, density=density, print_on=paper))
        side = SIDE if layout == "sidebar" and any(resume.get(key) for key in ASIDE) else 0
        found[name] = defects(list(sheets(by_browser(unwatched, file), MARGINS, side)), resume)
    assert {name: wrong for name, wrong in found.items() if wrong} == {}


@pytest.mark.parametrize("paper", ["A4", "letter"])
@pytest.mark.parametrize(
    ("layout", "density"), [("rail", "comfortable"), ("sidebar", "comfortable"), ("classic", "compact")]
)
def test_the_sample_fits_one_page(unwatched: Page, tmp_path: Path, layout: str, density: str, paper: str) -> None:
    resume = json.loads((ROOT / "site" / "resume.json").read_text(encoding="utf-8"))
    file = front_page(tmp_path, resume, edition(layout=layout, density=density, print_on=paper))
    assert len(list(sheets(by_browser(unwatched, file), MARGINS))) == 1
