"""A résumé in three languages, one of them right to left, in a real browser."""

from __future__ import annotations

import json
import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Page, expect

from settings import STRICT_CONTENT_SECURITY_POLICY
from site_gen.pages.edition import Edition
from site_gen.preview import Preview, open_server
from tests.browser.conftest import NOTE_VIOLATIONS
from tests.browser.resumes import right_to_left
from tests.browser.test_pages import settle, violations
from tests.http_server import serving

pytestmark = pytest.mark.browser

SITE = Path(__file__).resolve().parents[2] / "site"


def french() -> dict[str, Any]:
    resume: dict[str, Any] = json.loads((SITE / "resume.json").read_text(encoding="utf-8"))
    return resume | {"basics": resume["basics"] | {"label": "Ingénieure cloud"}}


@pytest.fixture(scope="module")
def url(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    folder = tmp_path_factory.mktemp("languages")
    shutil.copytree(SITE, folder / "site")
    for language, resume in (("fr", french()), ("ar", right_to_left())):
        (folder / "site" / f"resume.{language}.json").write_text(json.dumps(resume), encoding="utf-8")
    said: list[str] = []
    preview = Preview(
        folder / "site", folder / "built", Edition(last_count=1200), STRICT_CONTENT_SECURITY_POLICY, said.append
    )
    preview.refresh()
    assert said == []
    with serving(open_server(preview, 0)) as server:
        yield f"http://localhost:{server.server_address[1]}"


def test_the_switch_leads_from_language_to_language(page: Page, url: str) -> None:
    page.goto(url)
    page.get_by_role("link", name="Français").click()
    expect(page).to_have_url(f"{url}/fr/")
    expect(page.locator("html")).to_have_attribute("lang", "fr")
    expect(page.locator("h2").first).to_have_text("Expérience")
    expect(page.locator("visitor-count")).to_contain_text("visites")
    expect(page.locator("visitor-count")).to_contain_text("3 en ligne")
    expect(page.get_by_role("link", name="Français")).to_have_attribute("aria-current", "page")
    page.get_by_role("link", name="العربية").click()
    expect(page).to_have_url(f"{url}/ar/")
    expect(page.locator("html")).to_have_attribute("dir", "rtl")
    page.get_by_role("link", name="English").click()
    expect(page).to_have_url(f"{url}/")
    assert page.evaluate("window.violations") == []


@pytest.mark.parametrize("path", ["/fr/", "/ar/"])
def test_every_language_is_accessible_and_fits(page: Page, url: str, path: str) -> None:
    for width in (320, 1280):
        page.set_viewport_size({"width": width, "height": 900})
        page.goto(url + path)
        settle(page)
        assert page.evaluate("document.documentElement.scrollWidth") <= width
        assert violations(page) == []


def test_the_switch_is_not_printed(page: Page, url: str) -> None:
    page.goto(url)
    page.emulate_media(media="print")
    expect(page.get_by_role("link", name="Français")).to_be_hidden()


def test_without_scripts_the_count_is_in_the_pages_language(browser: Any, url: str) -> None:
    context = browser.new_context(java_script_enabled=False)
    opened = context.new_page()
    opened.add_init_script(NOTE_VIOLATIONS)
    opened.goto(f"{url}/fr/")
    expect(opened.locator("visitor-count")).to_have_text("1 200 visites à ce jour".replace("1 200", "1\u202f200"))
    context.close()
