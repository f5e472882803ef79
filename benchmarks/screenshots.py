"""The screenshots in the README: `python -m benchmarks.screenshots` writes them to docs/images.

They show the page of the project, connected to a test server, in each layout; the print images are the first page of
the PDF.
"""

from __future__ import annotations

import io
import tempfile
from dataclasses import replace
from pathlib import Path
from typing import Any

import pypdfium2
from PIL import Image
from playwright.sync_api import Browser, Page, expect, sync_playwright

from settings import DEFAULT_THEME, LAYOUTS
from site_gen.pages.edition import Edition
from site_gen.pdf import find_chromium
from tests.browser.light import Live, served

ROOT = Path(__file__).resolve().parent.parent
IMAGES = ROOT / "docs" / "images"
SCREENS: dict[str, dict[str, Any]] = {
    "page-light": {"viewport": {"width": 1280, "height": 860}, "color_scheme": "light"},
    "page-dark": {"viewport": {"width": 1280, "height": 860}, "color_scheme": "dark"},
    "page-mobile": {"viewport": {"width": 390, "height": 844}, "color_scheme": "light", "device_scale_factor": 2},
}
LAYOUT_SCREEN = {"viewport": {"width": 1280, "height": 1100}, "color_scheme": "light"}
PAPER_SCALE = 1.2
COLOURS = 128
LIMIT, LAYOUT_LIMIT = 250_000, 120_000


def opened(browser: Browser, url: str, **options: Any) -> Page:
    page = browser.new_context(**options).new_page()
    Live().attach(page)
    page.goto(url)
    expect(page.locator("visitor-count")).to_have_attribute("data-state", "live")
    return page


def save(name: str, png: bytes, colours: int = COLOURS, limit: int = LIMIT) -> None:
    """Write an image with a reduced palette, which keeps the file small."""
    path = IMAGES / f"{name}.png"
    picture = Image.open(io.BytesIO(png)).convert("RGB").quantize(colours, dither=Image.Dither.NONE)
    picture.save(path, "PNG", optimize=True)
    size = path.stat().st_size
    assert size < limit, f"{path}: {size:,} bytes"
    print(f"{path.relative_to(ROOT)}: {picture.width} x {picture.height}, {size:,} bytes")


def first_page(pdf: bytes) -> bytes:
    """Return the first page of a PDF as PNG."""
    written = io.BytesIO()
    pypdfium2.PdfDocument(pdf)[0].render(scale=PAPER_SCALE).to_pil().save(written, "PNG")
    return written.getvalue()


def show_layout(browser: Browser, layout: str) -> None:
    """Save a layout's page on screen, and on paper."""
    edition = Edition(theme=replace(DEFAULT_THEME, layout=layout))
    with tempfile.TemporaryDirectory() as folder, served(Path(folder), edition=edition) as url:
        page = opened(browser, url, **LAYOUT_SCREEN)
        save(f"layout-{layout}", page.screenshot(), 64, LAYOUT_LIMIT)
        save(f"print-{layout}", first_page(page.pdf(prefer_css_page_size=True)), 16, LAYOUT_LIMIT)


def main() -> None:
    IMAGES.mkdir(parents=True, exist_ok=True)
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=find_chromium(), args=["--no-sandbox", "--disable-gpu"])
        with tempfile.TemporaryDirectory() as folder, served(Path(folder)) as url:
            for name, options in SCREENS.items():
                save(name, opened(browser, url, **options).screenshot())
        for layout in LAYOUTS:
            show_layout(browser, layout)
        browser.close()


if __name__ == "__main__":
    main()
