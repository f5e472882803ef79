"""What is measured of a page: its weight, whom it asks, its accessibility, validity, fit, print and dark mode."""

from __future__ import annotations

import gzip
import io
import json
import subprocess
import urllib.request
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from urllib.error import HTTPError

from playwright.sync_api import Browser, Page, Route
from pypdf import PdfReader

from tests.browser.light import Live
from tests.browser.node_tools import NODE, node_modules
from tests.browser.test_pages import HTML_RULES, violations

PHONE = {"width": 320, "height": 700}


@dataclass
class Requests:
    """The requests of a page. own: their URLs. foreign: the hosts of third parties; these are not sent."""

    own: list[str] = field(default_factory=list)
    foreign: list[str] = field(default_factory=list)

    def watch(self, page: Page, origin: str) -> None:
        """Count the requests of `page`, and abort those to other origins."""

        def decide(route: Route) -> None:
            url = route.request.url
            if url.startswith((origin, "data:", "blob:")):
                self.own.append(url)
                route.continue_()
            else:
                self.foreign.append(url)
                route.abort()

        page.route("**/*", decide)


@dataclass(frozen=True)
class Look:
    """One page as a reader gets it. axe: violated rules. overflow: pixels beyond a phone's width."""

    kilobytes: float
    requests: int
    foreign: int
    axe: int
    invalid: int
    overflow: int
    pages: int
    dark: bool


def look(browser: Browser, address: str, folder: Path) -> Look:
    """Measure the page at `address`. folder: for temporary files."""
    context = browser.new_context(viewport=PHONE, bypass_csp=True)  # type: ignore[arg-type]
    page = context.new_page()
    Live().attach(page)
    requests = Requests()
    requests.watch(page, address.rsplit(":", 1)[0] + ":")
    page.goto(address, wait_until="load")
    own = {url for url in requests.own if url.startswith("http")}  # on the screen: print may ask for more
    overflow = page.evaluate("document.documentElement.scrollWidth") - PHONE["width"]
    axe = len(violations(page))
    dark = background(page, "light") != background(page, "dark")
    page.emulate_media(color_scheme="light")
    pages = len(PdfReader(io.BytesIO(page.pdf(prefer_css_page_size=True))).pages)
    context.close()
    weight = sum(len(gzip.compress(body(url), 6)) for url in own) / 1000
    return Look(
        weight, len(own), len(set(requests.foreign)), axe, invalid(address, folder), max(0, overflow), pages, dark
    )


def body(url: str) -> bytes:
    """Return the content at `url`, that of the error page if there is nothing."""
    try:
        return bytes(urllib.request.urlopen(url).read())  # noqa: S310 - ours
    except HTTPError as error:
        return error.read()


def background(page: Page, scheme: Any) -> str:
    """Return the colour behind the text in a colour scheme."""
    page.emulate_media(color_scheme=scheme)
    return str(
        page.evaluate("[document.documentElement, document.body].map(e => getComputedStyle(e).backgroundColor).join()")
    )


def invalid(address: str, folder: Path) -> int:
    """Return the number of errors that html-validate finds in the page."""
    (folder / "page.html").write_bytes(body(address))
    config = {"root": True, "extends": ["html-validate:recommended"], "rules": HTML_RULES}
    (folder / ".htmlvalidate.json").write_text(json.dumps(config))
    program = node_modules() / "html-validate" / "bin" / "html-validate.mjs"
    report = folder / "report.json"  # not to a pipe, of which the program does not wait for the end
    command = [str(NODE), str(program), f"--formatter=json={report}", "page.html"]
    subprocess.run(command, cwd=folder, capture_output=True, check=False)
    return sum(result["errorCount"] for result in json.loads(report.read_text()))
