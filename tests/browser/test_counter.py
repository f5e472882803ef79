"""The page in a real browser: two tabs whose number updates, reloads that do not count, and a server that goes away."""

from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import Path

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, expect

from tests.local_system import LocalSystem, copy_project

pytestmark = [pytest.mark.browser, pytest.mark.cloud]

WATCH = """() => {
  window.seen = [];
  const counter = document.querySelector('visitor-count');
  new MutationObserver(() => window.seen.push([counter.dataset.count, Date.now()]))
    .observe(counter, {attributes: true, attributeFilter: ['data-count']});
}"""


class Visits:
    """Visits to a system without other visitors, so that the expected count is known."""

    def __init__(self, context: BrowserContext, system: LocalSystem) -> None:
        self.context, self.system = context, system

    def open(self, prepare: Callable[[Page], object] | None = None) -> Page:
        """Open a new tab, prepared before it loads, and wait until its visit is counted and shown."""
        page = self.context.new_page()
        if prepare:
            prepare(page)
        page.goto(self.system.url)
        self.system.visits += 1
        return self.shown(page)

    def shown(self, page: Page) -> Page:
        """Wait until the counter of `page` is live and shows the expected number."""
        counter = page.locator("visitor-count")
        expect(counter).to_have_attribute("data-state", "live")
        expect(counter).to_have_attribute("data-count", str(self.system.visits))
        return page


@pytest.fixture
def visits(context: BrowserContext, system: LocalSystem) -> Visits:
    return Visits(context, system)


def test_a_second_tab_moves_the_number_in_the_first(visits: Visits) -> None:
    """The number updates without a reload. The latency is measured by benchmarks/latency.py."""
    first = visits.open()
    first.evaluate(WATCH)
    second = visits.open()
    visits.shown(first)
    count = str(visits.system.visits)
    assert count in [shown for shown, _ in first.evaluate("window.seen")]
    expect(first.locator("visitor-count")).to_contain_text(count)
    expect(second.locator("visitor-count")).to_contain_text(count)


def test_a_reload_is_the_same_visit(visits: Visits) -> None:
    page = visits.open()
    for _ in range(3):
        page.reload()
        visits.shown(page)
    visits.shown(visits.open())


def test_the_page_breaks_no_content_security_policy(browser: Browser, system: LocalSystem) -> None:
    """Not in the strict context: the violation at the end is intended, and Chromium logs it as an error."""
    context = browser.new_context()
    context.add_init_script(
        "window.violations = [];"
        "addEventListener('securitypolicyviolation', event => violations.push(event.violatedDirective))"
    )
    page = Visits(context, system).open()
    assert page.evaluate("window.violations") == []
    page.evaluate("import('https://elsewhere.test/a.js').catch(() => 0)")
    assert page.evaluate("window.violations") == ["script-src-elem"], "the policy is in force"
    context.close()


def test_the_badge_follows_the_count(visits: Visits) -> None:
    """The router wrote the badge when the system started; the next one comes a minute later, or with the sweep."""
    page = visits.open()
    answer = page.request.get(f"{visits.system.url}/badge.svg")
    assert answer.status == 200
    assert answer.headers["content-type"] == "image/svg+xml"
    assert re.search(r"visits: \d", answer.text())


def test_a_tab_that_goes_offline_keeps_its_number_and_comes_back(browser: Browser, system: LocalSystem) -> None:
    """Not in the strict context: Chromium logs a failed connection as an error."""
    visits = Visits(browser.new_context(), system)
    page = visits.open()
    visits.context.set_offline(True)
    page.evaluate("dispatchEvent(new Event('offline'))")
    expect(page.locator("visitor-count")).to_have_attribute("data-state", "offline")
    expect(page.locator("visitor-count")).to_have_attribute("data-count", str(system.visits))
    visits.context.set_offline(False)
    page.evaluate("dispatchEvent(new Event('online'))")
    visits.shown(page)
    visits.context.close()


def test_pages_reconnect_by_themselves_after_a_restart(browser: Browser, tmp_path: Path) -> None:
    """Not in the strict context: Chromium logs each refused connection as an error."""
    first = LocalSystem(copy_project(tmp_path / "project")).ready()
    context = browser.new_context()
    page = Visits(context, first).open()
    counter = page.locator("visitor-count")
    first.end()
    expect(counter).to_have_attribute("data-state", "offline")
    expect(counter).to_have_attribute("data-count", "1")
    second = LocalSystem(first.project, port=first.port).ready()
    try:
        expect(counter).to_have_attribute("data-state", "live")
        expect(counter).to_have_attribute("data-count", "1")
    finally:
        context.close()
        second.end()
