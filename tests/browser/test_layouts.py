"""The layouts on a screen: accessible, valid and complete at any width, and what comes before what."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, Page

from settings import LAYOUTS
from tests.browser.light import Live, served
from tests.browser.paper.corpus import CORPUS
from tests.browser.paper.printing import edition
from tests.browser.resumes import COLLECTION
from tests.browser.test_pages import invalid_html, outside, settle, violations

pytestmark = pytest.mark.browser

LONG_NAME = "Maximiliana Featherstonehaugh"
MIXED = CORPUS["two pages of everything"]
RESUMES = {
    "mixed": {**MIXED, "basics": {**MIXED["basics"], "name": LONG_NAME}},
    "small": {"basics": {"name": "Bo Ek"}, "skills": [{"name": "Rope", "keywords": ["bowline"]}]},
    "without dates": COLLECTION["without dates"],
    "everything": COLLECTION["everything"],
}
TOP = "e => e.getBoundingClientRect().top"


@pytest.fixture(scope="module", params=LAYOUTS)
def addresses(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[dict[str, str]]:
    """Return résumé -> address where it is served in a layout."""
    layout, found, contexts = request.param, {}, []
    for name, resume in RESUMES.items():
        folder = tmp_path_factory.mktemp(f"{layout}-{name.replace(' ', '-')}")
        contexts.append(served(folder, resume, edition(layout=layout, footer="Ask for <references>.")))
        found[name] = contexts[-1].__enter__()
    yield found
    for context in contexts:
        context.__exit__(None, None, None)


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_any_resume_fits_and_is_accessible(
    browser: Browser, live: Live, addresses: dict[str, str], scheme: Any
) -> None:
    context = browser.new_context(color_scheme=scheme)
    page = context.new_page()
    live.attach(page)
    for url in addresses.values():
        for width in (320, 768, 1280):
            page.set_viewport_size({"width": width, "height": 900})
            page.goto(url)
            settle(page)
            assert outside(page, width) == []
            assert violations(page) == []
    context.close()


def test_the_pages_are_valid(addresses: dict[str, str], tmp_path: Path) -> None:
    assert invalid_html(addresses, tmp_path) == ""


ROOM = """e => {
  const style = getComputedStyle(e);
  const oneLine = e.getBoundingClientRect().height < 1.5 * parseFloat(style.lineHeight);
  const there = e.parentElement.clientWidth;
  e.style.cssText = 'white-space: nowrap; inline-size: max-content';
  return [oneLine, Math.floor(e.getBoundingClientRect().width), there];
}"""


@pytest.mark.parametrize("width", [390, 1280])
def test_the_name_has_its_own_line_and_contact_comes_before_the_counter(
    page: Page, addresses: dict[str, str], width: int
) -> None:
    page.set_viewport_size({"width": width, "height": 900})
    page.goto(addresses["mixed"])
    settle(page)
    one_line, needed, there = page.locator("h1").evaluate(ROOM)
    assert one_line == (needed <= there), "it is broken for want of room only; how wide it is, only the font knows"
    assert there >= 0.95 * page.locator(".page-header").evaluate("e => e.clientWidth"), "and it has the whole line"
    assert page.locator(".contact").evaluate(TOP) < page.locator("visitor-count").evaluate(TOP)
    assert page.evaluate(
        "document.querySelector('.contact').compareDocumentPosition(document.querySelector('visitor-count')) & 4"
    ), "for a screen reader too"


def test_small_sections_are_small_and_certificates_weigh_less_than_jobs(
    page: Page, addresses: dict[str, str], request: pytest.FixtureRequest
) -> None:
    page.set_viewport_size({"width": 1280, "height": 900})
    page.goto(addresses["mixed"])
    settle(page)
    size = "e => parseFloat(getComputedStyle(e).fontSize)"
    job, certificate = (page.locator(f"#{key} + .entries h3").first for key in ("work", "certificates"))
    assert certificate.evaluate(size) < job.evaluate(size)
    if "sidebar" in request.node.name:
        return
    lefts = page.locator("#certificates + .entries article").evaluate_all(
        "all => all.map(e => e.getBoundingClientRect().left)"
    )
    assert len(set(lefts)) == 2, "two to a row"
    languages = page.locator("section.small").first
    assert languages.evaluate("e => e.getBoundingClientRect().height") < 110
    assert languages.evaluate("e => getComputedStyle(e).borderBlockStartWidth") == "0px"


def test_the_footer_is_the_owners(page: Page, addresses: dict[str, str]) -> None:
    page.goto(addresses["mixed"])
    settle(page)
    assert page.locator(".page-footer").inner_text() == "Ask for <references>."
