"""resume.pdf as a document: tagged, titled, with an outline, links and page numbers; and what the settings add."""

from __future__ import annotations

import io
import json
from dataclasses import replace
from pathlib import Path
from typing import Any

import pypdf
import pytest
from playwright.sync_api import Page

from site_gen.folders.output import Contents
from site_gen.pages.qr import svg
from site_gen.pdf import FRONT_PAGE
from site_gen.pipeline import plan_site
from tests.browser.paper.corpus import CORPUS
from tests.browser.paper.printing import NO_FONTS, ROOT, by_browser, edition, front_page, printed, source
from tests.browser.paper.reading import EXTRACTORS, pdfium, sheets

pytestmark = pytest.mark.browser

SAMPLE: dict[str, Any] = json.loads((ROOT / "site" / "resume.json").read_text(encoding="utf-8"))
ADDRESS = "https://cv.example.com/"


def titles(outline: list[Any]) -> list[Any]:
    """Return the titles of an outline, with those below a title as a list after it."""
    return [titles(each) if isinstance(each, list) else each.title for each in outline]


@pytest.mark.usefixtures("browser")
def test_the_sample_is_tagged_and_has_a_title_a_language_an_outline_and_links(tmp_path: Path) -> None:
    document = printed(tmp_path, SAMPLE, edition("en-GB"))
    assert document
    reader = pypdf.PdfReader(io.BytesIO(document))
    root: Any = reader.trailer["/Root"]
    assert root["/MarkInfo"]["/Marked"]
    assert root["/Lang"] == "en-GB"
    assert reader.metadata
    assert reader.metadata.title == "Elin Marlowe · Senior Cloud Engineer"
    name, sections = titles(reader.outline)
    assert name == "Elin Marlowe"
    assert [each.capitalize() for each in sections if isinstance(each, str)] == [
        *("Experience", "Projects", "Skills", "Certificates", "Education", "Publications", "Volunteering", "Languages"),
        "Interests",
    ]
    notes: Any = reader.pages[0]["/Annots"]
    links = [note["/A"]["/URI"] for note in notes if "/A" in note]
    assert {"mailto:elin@marlowe.example", "https://harbourline.example/"} <= set(links)


def test_pages_are_numbered_from_the_second_on(unwatched: Page, tmp_path: Path) -> None:
    resume = {**CORPUS["six pages"], "basics": {"name": 'Ada "A" \\ </style> Ék', "label": "Engineer"}}
    document = by_browser(unwatched, front_page(tmp_path, resume, edition()))
    texts = [page.extract_text() for page in pypdf.PdfReader(io.BytesIO(document)).pages]
    assert len(texts) > 3
    numbered = [f'Ada "A" \\ </style> Ék · {number}' in text for number, text in enumerate(texts, 1)]
    assert numbered == [False, *[True] * (len(texts) - 1)]


def test_the_running_browser_prints_as_the_product_does(unwatched: Page, tmp_path: Path) -> None:
    resume = CORPUS["two pages of everything"]
    document = printed(tmp_path / "product", resume, edition())
    assert document
    assert pdfium(document) == pdfium(by_browser(unwatched, front_page(tmp_path / "browser", resume, edition())))


def test_a_compact_print_is_shorter(unwatched: Page, tmp_path: Path) -> None:
    ends = []
    for density in ("comfortable", "compact"):
        file = front_page(tmp_path / density, CORPUS["half a page"], edition(density=density))
        ends.append(next(sheets(by_browser(unwatched, file), 60)).filled)
    assert ends[1] < ends[0] * 0.97


def test_the_qr_code_is_on_paper_only_and_only_with_an_address(unwatched: Page, tmp_path: Path) -> None:
    wanted = edition(qr=True)
    known = replace(wanted, canonical_url=ADDRESS)
    without = front_page(tmp_path / "without", SAMPLE, wanted)
    assert 'class="qr"' not in without.read_text(encoding="utf-8")
    file = front_page(tmp_path / "with", SAMPLE, known)
    assert str(svg(ADDRESS)) in file.read_text(encoding="utf-8")
    unwatched.goto(file.as_uri())
    assert unwatched.locator(".qr").is_hidden()
    unwatched.emulate_media(media="print")
    box = unwatched.locator(".qr").bounding_box()
    assert box
    assert 55 < box["width"] < 65, "16 mm"
    unwatched.emulate_media(media="null")
    document = by_browser(unwatched, file)
    assert len(list(sheets(document, 60))) == 1


@pytest.mark.parametrize("qr", [False, True])
def test_the_print_knows_the_address_only_for_a_qr_code(tmp_path: Path, qr: bool) -> None:
    """A first deploy learns the address late: without a QR code it prints once."""
    seen: list[Contents] = []

    def note(contents: Contents) -> None:
        seen.append(contents)

    folder = source(tmp_path / "site", SAMPLE)
    for address in (None, ADDRESS):
        plan_site(folder, replace(edition(qr=qr), canonical_url=address), note)
    assert (seen[0][FRONT_PAGE] == seen[1][FRONT_PAGE]) is not qr


def test_what_no_font_has_is_said_and_words_are_not_printed_as_boxes(
    tmp_path: Path, browser: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "fonts.conf").write_text(NO_FONTS)
    monkeypatch.setenv("FONTCONFIG_FILE", str(tmp_path / "fonts.conf"))
    for name, kind, characters, package in (
        ("山田 花子", "skipped", "山 田 花 子", "cjk"),
        ("Bo 🚀 Ek", "incomplete", "🚀", "color-emoji"),
    ):
        said: list[str] = []
        document = printed(tmp_path / kind, {"basics": {"name": name}}, edition(), said)
        wanted = (
            f"resume.pdf: {kind}, no font on this machine has {characters}; install one (on Debian and Ubuntu: apt "
            f"install fonts-noto-{package}) and build again"
        )
        assert said == [wanted]
        assert bool(document) is (kind == "incomplete")
        assert not list((tmp_path / kind / "kept").glob("*.pdf")), "with the fonts, it will be printed again"


@pytest.mark.parametrize("extractor", EXTRACTORS)
def test_headings_and_bullets_come_where_they_stand(unwatched: Page, tmp_path: Path, extractor: str) -> None:
    resume = {
        "basics": {"name": "Ada", "label": "Engineer"},
        "work": [{"name": "One", "position": "First", "highlights": ["alpha", "beta"]},
                 {"name": "Two", "position": "Second", "highlights": ["gamma"]}],
        "education": [{"institution": "School", "area": "Sums"}],
        "languages": [{"language": "English"}, {"language": "Welsh"}],
    }  # fmt: skip
    document = by_browser(unwatched, front_page(tmp_path, resume, edition()))
    words = EXTRACTORS[extractor](document).lower().split()
    order = ("experience", "first", "alpha", "beta", "second", "gamma", "education", "sums", "languages", "welsh")
    places = [words.index(word) for word in order]
    assert places == sorted(places)
