"""The screenshots in the README: `python -m benchmarks.screenshots` writes them to docs/images.

They show the page of the project, connected to a test server; the print image is the first page of the PDF.
"""

from __future__ import annotations

import io
import subprocess
import tempfile
from pathlib import Path
from typing import Any

from PIL import Image
from playwright.sync_api import Browser, Page, expect, sync_playwright

from site_gen.pdf import find_chromium
from tests.browser.light import Live, served

ROOT = Path(__file__).resolve().parent.parent
IMAGES = ROOT / "docs" / "images"
SCREENS: dict[str, dict[str, Any]] = {
    "page-light": {"viewport": {"width": 1280, "height": 860}, "color_scheme": "light"},
    "page-dark": {"viewport": {"width": 1280, "height": 860}, "color_scheme": "dark"},
    "page-mobile": {"viewport": {"width": 390, "height": 844}, "color_scheme": "light", "device_scale_factor": 2},
}
COLOURS = 128
LIMIT = 250_000


def opened(browser: Browser, url: str, **options: Any) -> Page:
    page = browser.new_context(**options).new_page()
    Live().attach(page)
    page.goto(url)
    expect(page.locator("visitor-count")).to_have_attribute("data-state", "live")
    return page


def save(name: str, png: bytes) -> None:
    """Write an image with a reduced palette, which keeps the file small."""
    path = IMAGES / f"{name}.png"
    picture = Image.open(io.BytesIO(png)).convert("RGB").quantize(COLOURS, dither=Image.Dither.NONE)
    picture.save(path, "PNG", optimize=True)
    size = path.stat().st_size
    assert size < LIMIT, f"{path}: {size:,} bytes"
    print(f"{path.relative_to(ROOT)}: {picture.width} x {picture.height}, {size:,} bytes")


def first_page(pdf: bytes) -> bytes:
    """Return the first page of a PDF as PNG, converted by pdftoppm of Poppler."""
    with tempfile.TemporaryDirectory() as folder:
        (Path(folder) / "page.pdf").write_bytes(pdf)
        command = ["pdftoppm", "-png", "-r", "96", "-f", "1", "-singlefile", "page.pdf", "page"]
        subprocess.run(command, cwd=folder, check=True)
        return (Path(folder) / "page.png").read_bytes()


def main() -> None:
    IMAGES.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory() as folder, served(Path(folder)) as url, sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=find_chromium(), args=["--no-sandbox", "--disable-gpu"])
        for name, options in SCREENS.items():
            save(name, opened(browser, url, **options).screenshot())
        save("page-print", first_page(opened(browser, url).pdf(prefer_css_page_size=True)))
        browser.close()


if __name__ == "__main__":
    main()
