"""The page in a real browser: two tabs whose number moves, reloads that do not count, and a server that goes away."""

from __future__ import annotations

import re
import time

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, expect

from tests.local_system import LocalSystem

pytestmark = [pytest.mark.browser, pytest.mark.cloud]

WATCH = """() => {
  window.seen = [];
  const counter = document.querySelector('visitor-count');
  new MutationObserver(() => window.seen.push([counter.dataset.count, Date.now()]))
    .observe(counter, {attributes: true, attributeFilter: ['data-count']});
}"""


def live(page: Page) -> Page:
    """`page`, once its counter shows a number that came over the socket."""
    expect(page.locator("visitor-count")).to_have_attribute("data-state", "live")
    expect(page.locator("visitor-count")).to_have_attribute("data-count", re.compile(r"\d+"))
    return page


def count(page: Page) -> int:
    return int(page.locator("visitor-count").get_attribute("data-count") or "-1")


def open_page(context: BrowserContext, system: LocalSystem) -> Page:
    page = context.new_page()
    page.goto(system.url)
    return live(page)


def test_a_second_tab_moves_the_number_in_the_first_within_a_second(
    context: BrowserContext, system: LocalSystem
) -> None:
    first = open_page(context, system)
    before = count(first)
    assert before >= 1
    first.evaluate(WATCH)
    second = context.new_page()
    second.add_init_script("window.began = Date.now()")
    second.goto(system.url)
    expect(first.locator("visitor-count")).to_have_attribute("data-count", str(before + 1))
    expect(second.locator("visitor-count")).to_have_attribute("data-count", str(before + 1))
    moved = first.evaluate("window.seen.at(-1)[1]") - second.evaluate("window.began")
    assert moved < 1000, f"{moved} ms from the second tab's first line to the first tab's number"
    expect(first.locator("visitor-count")).to_contain_text(f"{before + 1:,}")


def test_a_reload_is_the_same_visit(context: BrowserContext, system: LocalSystem) -> None:
    page = open_page(context, system)
    before = count(page)
    for _ in range(3):
        page.reload()
        live(page)
    assert count(page) == before
    another = open_page(context, system)
    expect(another.locator("visitor-count")).to_have_attribute("data-count", str(before + 1))


def test_the_page_breaks_no_content_security_policy(browser: Browser, system: LocalSystem) -> None:
    page = browser.new_page()  # not the strict context's: the violation below is meant, and Chromium logs it
    page.add_init_script(
        "window.violations = [];"
        "addEventListener('securitypolicyviolation', event => violations.push(event.violatedDirective))"
    )
    page.goto(system.url)
    live(page)
    assert page.evaluate("window.violations") == []
    page.evaluate("() => { const s = document.createElement('script'); s.textContent = '1'; document.body.append(s); }")
    assert page.evaluate("window.violations") == ["script-src-elem"], "the policy is in force"
    page.context.close()


def test_the_badge_follows_the_count(context: BrowserContext, system: LocalSystem) -> None:
    """It was written by the router when the system started; the next one comes a minute after, or with the sweep."""
    page = open_page(context, system)
    answer = page.request.get(f"{system.url}/badge.svg")
    assert answer.status == 200
    assert answer.headers["content-type"] == "image/svg+xml"
    assert re.search(r"visits: \d", answer.text())


def test_pages_reconnect_by_themselves_after_a_restart(browser_restart: tuple[Page, LocalSystem]) -> None:
    page, system = browser_restart
    before = count(page)
    system.end()
    expect(page.locator("visitor-count")).to_have_attribute("data-state", "offline", timeout=20_000)
    assert count(page) == before, "the last known number stays"
    again = LocalSystem(system.project, port=system.port).ready()
    try:
        began = time.monotonic()
        expect(page.locator("visitor-count")).to_have_attribute("data-state", "live", timeout=40_000)
        assert count(page) == before, f"the same visit, {time.monotonic() - began:.1f} s later"
    finally:
        again.end()
