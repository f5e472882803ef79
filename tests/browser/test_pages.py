"""Every page as a reader gets it: accessible, valid, without dead links, and complete at any width, for any résumé."""

from __future__ import annotations

import json
import re
import shutil
import subprocess
import urllib.request
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any
from urllib.error import HTTPError
from urllib.parse import urljoin

import pytest
from playwright.sync_api import Browser, Page, expect

from settings import DEFAULT_THEME, FONTS
from site_gen.pages.edition import Edition
from site_gen.pdf import ChromiumPrinter, find_chromium
from site_gen.pipeline import build_site
from tests.browser.light import TWO_FRAMES, Live, served
from tests.browser.node_tools import NODE, node_modules
from tests.browser.paper.printing import NO_FONTS
from tests.browser.resumes import COLLECTION, LANGUAGES

pytestmark = pytest.mark.browser

AXE_TAGS = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]
SCREENS = {"mobile": {"width": 320, "height": 700}, "desktop": {"width": 1280, "height": 900}}
HTML_RULES = {
    "doctype-style": "off",  # lower case, as everything else
    "long-title": "off",  # as long as the name and the profession are
    "no-trailing-whitespace": "off",
    "no-inline-style": "error",
    "require-sri": "off",  # all of it is from the page's own host
    "tel-non-breaking": "off",
    "prefer-native-element": "off",
}
"""What html-validate recommends, but for style."""
PAGES = {"front": "/", "missing": "/no/such/page"}


def violations(page: Page) -> list[tuple[str, list[str]]]:
    """Return the violations that axe-core finds. It is injected by the debugger's protocol, which bypasses the page's
    security policy."""
    if not page.evaluate("'axe' in window"):
        page.evaluate((node_modules() / "axe-core" / "axe.min.js").read_text(encoding="utf-8"))
    found = page.evaluate("tags => axe.run({runOnly: tags})", AXE_TAGS)
    return [(each["id"], [node["html"] for node in each["nodes"]]) for each in found["violations"]]


def outside(page: Page, width: int) -> list[str]:
    """Return the elements that are not completely inside of a window's width."""
    assert page.evaluate("document.documentElement.scrollWidth") <= width
    found: list[str] = page.evaluate(
        "width => [...document.querySelectorAll('body *')].filter(e => {const r = e.getBoundingClientRect();"
        " return r.width && !e.closest('.skip-link') && (r.right > width + 1 || r.left < -1)})"
        ".map(e => e.outerHTML)",
        width,
    )
    return found


def settle(page: Page) -> None:
    if page.locator("visitor-count").count():
        expect(page.locator("visitor-count")).to_have_attribute("data-state", "live")


@pytest.fixture(scope="session")
def collection(tmp_path_factory: pytest.TempPathFactory) -> Iterator[dict[str, str]]:
    """Return résumé -> address where it is served. Each is started when the session first needs it."""
    addresses: dict[str, str] = {}
    contexts = []
    for name, resume in COLLECTION.items():
        folder = tmp_path_factory.mktemp(name.replace(" ", "-"))
        context = served(folder, resume, Edition(language=LANGUAGES.get(name, "en")))
        addresses[name] = context.__enter__()
        contexts.append(context)
    yield addresses
    for context in contexts:
        context.__exit__(None, None, None)


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("screen", SCREENS)
def test_every_page_is_accessible(browser: Browser, live: Live, own_site: str, scheme: Any, screen: str) -> None:
    context = browser.new_context(color_scheme=scheme, viewport=SCREENS[screen])  # type: ignore[arg-type]
    page = context.new_page()
    live.attach(page)
    for path in PAGES.values():
        page.goto(own_site + path)
        settle(page)
        assert violations(page) == []
    context.close()


@pytest.mark.parametrize("name", COLLECTION)
def test_any_resume_fits_and_is_accessible(page: Page, collection: dict[str, str], name: str) -> None:
    for width in (320, 768, 1280):
        page.set_viewport_size({"width": width, "height": 900})
        page.goto(collection[name])
        settle(page)
        assert outside(page, width) == []
    assert violations(page) == []
    assert page.evaluate("window.violations") == []


def test_the_language_and_the_direction_are_the_resumes(page: Page, collection: dict[str, str]) -> None:
    page.goto(collection["right to left"])
    assert page.locator("html").get_attribute("dir") == "rtl"
    assert page.locator("h2").first.inner_text() == "الخبرة"
    page.goto(collection["everything"])
    assert page.locator("h2").first.inner_text().lower() == "references", "the owner's order"


@pytest.mark.parametrize("path", PAGES.values())
def test_keyboard_and_landmarks(unwatched: Page, own_site: str, path: str) -> None:
    page = unwatched
    page.goto(own_site + path)
    page.keyboard.press("Tab")
    skip = page.locator(":focus")
    assert skip.inner_text() == "Skip to content"
    page.keyboard.press("Enter")
    assert page.evaluate("document.activeElement.id") == "main"
    assert page.locator("main").count() == page.locator("h1").count() == 1


def test_nothing_shifts_while_the_counter_comes_to_life(page: Page, live: Live, own_site: str) -> None:
    page.add_init_script(
        "window.shift = 0; new PerformanceObserver(list => {"
        " for (const entry of list.getEntries()) if (!entry.hadRecentInput) window.shift += entry.value"
        "}).observe({type: 'layout-shift', buffered: true})"
    )
    for number, path in ((1_234_567, "/"), (1_234_567, "/?again"), (9_876_543_210_123, "/?more")):
        live.count, live.mute = number, path == "/"
        page.goto(own_site + path)
        if not live.mute:
            settle(page)
            number_ends, noun_starts = page.locator("visitor-count").evaluate(
                "e => [['.number', 'right'], ['.noun', 'left']].map("
                "([name, side]) => e.shadowRoot.querySelector(name).getBoundingClientRect()[side])"
            )
            assert number_ends <= noun_starts, "however wide the font, the number stays in its place"
        box = page.locator("visitor-count").bounding_box()
        assert box
        assert (box["width"], box["height"]) == (216, 120)
        assert page.evaluate(f"{TWO_FRAMES}.then(() => shift)") == 0


def test_the_page_asks_nobody_else_and_breaks_no_policy(unwatched: Page, own_site: str) -> None:
    page = unwatched
    asked: list[str] = []
    page.on("request", lambda request: asked.append(request.url))
    page.goto(own_site)
    settle(page)
    assert all(url.startswith(own_site) for url in asked)
    assert not [url for url in asked if url.endswith(".css")], "styles are in the page"
    assert not [url for url in asked if url.endswith(".woff2")], "on a screen, the fonts are the reader's"
    page.emulate_media(media="print")
    page.evaluate("document.fonts.ready.then(() => 0)")
    assert {url.removeprefix(own_site).split(".")[0] for url in asked if url.endswith(".woff2")} == {
        *("/assets/old-style-regular", "/assets/sans-regular", "/assets/sans-semibold")
    }, "on paper they are ours, and only those that it has"
    assert page.evaluate("window.violations") == []
    page.evaluate("import('https://elsewhere.test/a.js').catch(() => 0)")
    page.evaluate(
        "() => { const e = document.createElement('style'); e.textContent = 'a{}'; document.body.append(e); }"
    )
    page.evaluate("() => { try { document.body.innerHTML = '<p>' } catch {} }")
    broken = ["script-src-elem", "style-src-elem", "require-trusted-types-for"]
    assert page.evaluate("window.violations") == broken, "the policy is in force, with Trusted Types"


def test_every_page_is_valid_html(own_site: str, collection: dict[str, str], tmp_path: Path) -> None:
    sites = {"own": own_site, **collection}
    addresses = {f"{name}-{page}": url + path for name, url in sites.items() for page, path in PAGES.items()}
    assert invalid_html(addresses, tmp_path) == ""


def invalid_html(addresses: dict[str, str], folder: Path) -> str:
    """Return the report of html-validate on these pages, empty if all are valid."""
    for name, url in addresses.items():
        (folder / f"{name}.html".replace(" ", "-")).write_bytes(body(url))
    config = folder / ".htmlvalidate.json"
    config.write_text(json.dumps({"root": True, "extends": ["html-validate:recommended"], "rules": HTML_RULES}))
    command = [str(NODE), str(node_modules() / "html-validate" / "bin" / "html-validate.mjs"), "--formatter=text", "."]
    done = subprocess.run(command, cwd=folder, capture_output=True, text=True, check=False)
    return done.stdout + done.stderr if done.returncode else ""


def test_every_link_leads_somewhere(own_site: str) -> None:
    for path in (*PAGES.values(), "/site.webmanifest", "/robots.txt"):
        text = body(own_site + path).decode()
        base = own_site + path
        for target in re.findall(r'(?:href|src)="([^"#]+)"|"src": "([^"]+)"', text):
            address = urljoin(base, next(filter(None, target)))
            if address.startswith(own_site):
                assert status(address) == 200, f"{path}: {address}"
        for anchor in re.findall(r'href="#([^"]+)"', text):
            assert f'id="{anchor}"' in text
    assert status(own_site + "/favicon.ico") == status(own_site + "/visitor-count.js") == 200


def test_it_prints_on_one_page_and_a_long_one_without_losing_a_line(
    page: Page, own_site: str, collection: dict[str, str]
) -> None:
    page.goto(own_site)
    settle(page)
    for paper in ("A4", "Letter"):
        assert pages_of(page.pdf(format=paper)) <= (1 if paper == "A4" else 2)
    assert pages_of(page.pdf(prefer_css_page_size=True)) == 1
    page.emulate_media(media="print")
    assert page.locator("visitor-count").is_hidden()
    page.goto(collection["very long"])
    assert pages_of(page.pdf(format="A4")) > 5


@pytest.mark.usefixtures("browser")
def test_resume_pdf_is_built_by_chromium_and_the_same_each_time(tmp_path: Path) -> None:
    said: list[str] = []
    built = []
    for run in ("one", "two"):
        printer = ChromiumPrinter(tmp_path / run, find_chromium(), said.append)
        site = build_site(Path(__file__).parents[2] / "site", tmp_path / f"site-{run}", print_pdf=printer)
        built.append((site.folder / "resume.pdf").read_bytes())
    assert said == []
    assert built[0] == built[1]
    assert pages_of(built[0]) == 1
    assert fonts_of(built[0]) == {"paper-old-style-regular", "paper-sans-regular", "paper-sans-semibold"}
    assert b"/MediaBox [0 0 594" in built[0] or b"/MediaBox [0 0 595" in built[0], "A4, as the settings say"
    again = ChromiumPrinter(tmp_path / "one", None, said.append)
    build_site(Path(__file__).parents[2] / "site", tmp_path / "site-one", print_pdf=again)
    assert said == [], "what was printed before is kept"


def test_resume_pdf_is_the_same_on_a_machine_without_fonts(
    tmp_path: Path, browser: Browser, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The PDF does not depend on font settings such as hinting either: that rounded glyph widths to pixels and added a
    page."""
    said: list[str] = []
    built = []
    for machine in ("this", "bare"):
        if machine == "bare":
            (tmp_path / "fonts.conf").write_text(NO_FONTS)
            monkeypatch.setenv("FONTCONFIG_FILE", str(tmp_path / "fonts.conf"))
        printer = ChromiumPrinter(tmp_path / machine, find_chromium(), said.append)
        site = build_site(Path(__file__).parents[2] / "site", tmp_path / f"site-{machine}", print_pdf=printer)
        built.append((site.folder / "resume.pdf").read_bytes())
    assert said == []
    assert [pages_of(document) for document in built] == [1, 1]
    assert built[0] == built[1]


@pytest.mark.parametrize("choice", FONTS)
def test_whatever_fonts_are_chosen_the_pdf_has_ours(tmp_path: Path, browser: Browser, choice: str) -> None:
    """Includes code and a Greek and a Cyrillic name. The `browser` fixture skips this without Chromium."""
    source = tmp_path / "source"
    shutil.copytree(Path(__file__).parents[2] / "site", source)
    texts = "Łódź Żółć Ürümqi. `code` **bold**" + ("" if choice == "geometric" else " Αθήνα") + " Київ"
    resume = {"basics": {"name": "Željko Ðoković", "label": "Ingénieur", "summary": texts}, "work": [{"name": texts}]}
    (source / "resume.json").write_text(json.dumps(resume), encoding="utf-8")
    theme = replace(DEFAULT_THEME, heading_font=choice, text_font=choice)
    said: list[str] = []
    printer = ChromiumPrinter(tmp_path / "kept", find_chromium(), said.append)
    site = build_site(source, tmp_path / "site", Edition(theme=theme), print_pdf=printer)
    assert said == []
    fonts = fonts_of((site.folder / "resume.pdf").read_bytes())
    assert fonts >= {f"paper-{choice}-regular", f"paper-{choice}-semibold", "paper-mono-regular"}
    assert all(font.startswith("paper-") for font in fonts)


def fonts_of(document: bytes) -> set[str]:
    """Return the names of the fonts in a PDF, without the subset prefix."""
    return {name.decode() for name in re.findall(rb"/BaseFont\s*/[A-Z]{6}\+([\w-]+)", document)}


def pages_of(document: bytes) -> int:
    return len(re.findall(rb"/Type\s*/Page\b", document))


def body(url: str) -> bytes:
    try:
        with urllib.request.urlopen(url) as answer:
            return bytes(answer.read())
    except HTTPError as error:
        with error:
            return bytes(error.read())


def status(url: str) -> int:
    try:
        with urllib.request.urlopen(url) as answer:
            return int(answer.status)
    except HTTPError as error:
        with error:
            return error.code
