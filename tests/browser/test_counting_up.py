"""<visitor-count> between two messages: the number counts up to the newest one, and no tool hears of the steps."""

from __future__ import annotations

import itertools
from typing import Any

import pytest
from playwright.sync_api import Page, expect

from tests.browser.embedding import DRAWN, embedded
from tests.browser.light import Live
from tests.browser.test_component import MINUTE
from tests.local_system import wait_until

pytestmark = pytest.mark.browser

WATCH = """() => {
  const counter = document.querySelector('visitor-count');
  const [number, status] = ['.number', '.status'].map(part => counter.shadowRoot.querySelector(part));
  const value = text => Number(text.replace(/[^0-9]/g, ''));
  Object.assign(window, {steps: [], told: new Set(), said: []});
  let last = value(number.textContent);
  new MutationObserver(() => {
    const shown = value(number.textContent);
    if (shown != last) steps.push(last = shown);
  }).observe(number, {childList: true});
  new MutationObserver(() => status.textContent && said.push(status.textContent)).observe(status, {childList: true});
  new MutationObserver(() => told.add(counter.dataset.count)).observe(counter, {attributes: true});
}"""


def watched(page: Page, live: Live, own_site: str) -> Any:
    """Open a page whose clock only the test advances, with a message of four seconds ago, and note what it shows."""
    page.clock.install()
    counter = embedded(page, own_site)
    expect(counter).to_contain_text("1,234 visits")
    page.clock.pause_at(page.evaluate("Date.now() / 1000 + 1"))
    page.evaluate(WATCH)
    turn(page, 3000)
    return counter


def turn(page: Page, milliseconds: int) -> None:
    page.clock.run_for(milliseconds)


def told(page: Page, live: Live, count: int) -> None:
    """Send a count, and wait until the page has it."""
    live.tell(count)
    counter = page.locator("visitor-count")
    known = "() => localStorage[Object.keys(localStorage)[0]]"
    wait_until(lambda: counter.evaluate(known).startswith(f"{count},"), "the page knows it")
    turn(page, 16)


def steps(page: Page) -> list[int]:
    """Return the numbers that have been shown since the last call."""
    found: list[int] = page.evaluate("steps.splice(0)")
    return found


def test_it_counts_up_to_the_newest_number_until_the_next_is_expected(page: Page, live: Live, own_site: str) -> None:
    counter = watched(page, live, own_site)
    told(page, live, 1254)
    assert steps(page) == [1235], "the first step at once"
    expect(counter).to_have_attribute("data-count", "1254")
    turn(page, 2000)
    halfway = steps(page)
    assert 1243 <= halfway[-1] <= 1247
    assert all(0 < later - earlier <= 2 for earlier, later in itertools.pairwise(halfway)), "in small steps"
    turn(page, 2100)
    assert steps(page)[-1] == 1254, "about four seconds after the last one, as that one came after the one before it"
    turn(page, 2000)
    assert steps(page) == []
    assert page.evaluate("[...told].sort()") == ["1234", "1254"]
    turn(page, MINUTE)
    assert page.evaluate("said") == ["1,254 visits"]


def test_the_next_message_finds_it_on_its_way(page: Page, live: Live, own_site: str) -> None:
    watched(page, live, own_site)
    told(page, live, 1244)
    turn(page, 2000)
    told(page, live, 1264)
    turn(page, 1000)
    live.tell(1263)
    told(page, live, 1264)
    turn(page, 6000)
    shown = steps(page)
    assert shown == sorted(shown), "never back"
    assert max(later - earlier for earlier, later in itertools.pairwise(shown)) <= 4
    assert shown[-1] == 1264


def test_one_more_is_shown_at_once_and_many_after_a_silence_within_five_seconds(
    page: Page, live: Live, own_site: str
) -> None:
    watched(page, live, own_site)
    told(page, live, 1235)
    assert steps(page) == [1235]
    turn(page, MINUTE)
    assert steps(page) == []
    told(page, live, 1635)
    turn(page, 4800)
    assert 1600 < steps(page)[-1] < 1635
    turn(page, 300)
    assert steps(page)[-1] == 1635


def test_with_reduced_motion_every_number_is_shown_at_once(page: Page, live: Live, own_site: str) -> None:
    page.emulate_media(reduced_motion="reduce")
    watched(page, live, own_site)
    told(page, live, 1254)
    assert steps(page) == [1254]


def test_the_answer_of_a_new_connection_is_shown_at_once(page: Page, live: Live, own_site: str) -> None:
    counter = embedded(page, own_site)
    expect(counter).to_contain_text("1,234 visits")
    page.evaluate(WATCH)
    live.count = 1300
    live.drop()
    expect(counter).to_contain_text("1,300 visits")
    assert steps(page) == [1300]


def test_an_answer_without_days_is_one_and_the_known_days_are_kept(page: Page, live: Live, own_site: str) -> None:
    live.days = []
    counter = embedded(page, own_site)
    expect(counter).to_contain_text("1,234 visits")
    expect(counter).to_have_attribute("data-state", "live")
    assert (counter.locator(".past").count(), counter.locator(".spark").get_attribute("role")) == (0, None)
    live.days = [5, 6, 7]
    live.drop()
    expect(counter.locator(".past")).to_have_count(2)
    live.days, live.count = [], 1300
    live.drop()
    expect(counter).to_contain_text("1,300 visits")
    page.evaluate(DRAWN)
    assert counter.locator(".past").count() == 2
    live.tell(1301)
    expect(counter).to_contain_text("1,301 visits")
    assert counter.locator(".spark").get_attribute("aria-label") == "19 in the last 3 days"
