"""Fixtures for Chromium and a running system. Without Chromium these tests are skipped, or fail if REQUIRE_BROWSER is
set."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, expect, sync_playwright

from site_gen.pages.edition import Edition
from site_gen.pdf import find_chromium
from tests.browser.light import Live, served
from tests.browser.node_tools import NODE
from tests.local_system import PATIENCE

CHROMIUM = find_chromium()
QUIET = ["--no-sandbox", "--disable-gpu", "--no-first-run", "--disable-background-networking",
         "--disable-features=LocalNetworkAccessChecks",  # here, another site too is on this machine
         "--disable-component-update", "--disable-sync", "--disable-quic"]  # fmt: skip


NOTE_VIOLATIONS = (
    "window.violations = [];"
    "addEventListener('securitypolicyviolation', event => violations.push(event.violatedDirective))"
)


@contextmanager
def launched(*arguments: str) -> Iterator[Browser]:
    """Launch Chromium with these arguments and the quiet ones. Playwright keeps an event loop running in this thread,
    in which no other test can start one: so it ends with its module."""
    if CHROMIUM is None:
        reason = "no Chromium found: install one (on Debian: apt install chromium)"
        if os.environ.get("REQUIRE_BROWSER"):
            pytest.fail(reason)
        pytest.skip(reason)
    expect.set_options(timeout=PATIENCE * 1000)
    os.environ["PLAYWRIGHT_NODEJS_PATH"] = str(NODE)  # its own wants a library that a bare Debian does not have
    with sync_playwright() as playwright:
        made = playwright.chromium.launch(executable_path=CHROMIUM, args=[*QUIET, *arguments])
        yield made
        made.close()


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    """Return a module's browser."""
    with launched() as made:
        yield made


@pytest.fixture
def context(browser: Browser) -> Iterator[BrowserContext]:
    """Return a fresh profile; a console error or an uncaught exception on any of its pages fails the test."""
    made = browser.new_context()
    complaints: list[str] = []
    made.on("console", lambda message: complaints.append(message.text) if message.type == "error" else None)
    made.on("weberror", lambda error: complaints.append(str(error.error)))
    yield made
    made.close()
    assert complaints == []


@pytest.fixture(scope="session")
def own_site(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """Return the address of the project's own site, without a cloud."""
    with served(tmp_path_factory.mktemp("preview"), edition=Edition(last_count=1200)) as url:
        yield url


@pytest.fixture
def live() -> Live:
    return Live()


@pytest.fixture
def page(context: BrowserContext, live: Live) -> Page:
    """Return a page whose counter connects to `live`, and which records violations of the security policy."""
    made = context.new_page()
    made.add_init_script(NOTE_VIOLATIONS)
    live.attach(made)
    return made


@pytest.fixture
def unwatched(browser: Browser, live: Live) -> Iterator[Page]:
    """Return a page whose console is not checked: Chromium itself logs a missing page, and whatever a policy blocks."""
    made = browser.new_context()
    opened = made.new_page()
    opened.add_init_script(NOTE_VIOLATIONS)
    live.attach(opened)
    yield opened
    made.close()
