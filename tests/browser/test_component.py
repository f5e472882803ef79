"""<visitor-count> against a scripted server, with a clock that the test controls."""

from __future__ import annotations

import re
from typing import Any

import pytest
from playwright.sync_api import BrowserContext, CDPSession, Page, expect

from tests.browser.light import DAYS, Live
from tests.local_system import wait_until

pytestmark = pytest.mark.browser

MINUTE = 60_000


def counter(page: Page) -> Any:
    return page.locator("visitor-count")


def opened(page: Page, url: str, *, clock: bool = False) -> Page:
    if clock:
        page.clock.install()
    page.goto(url)
    expect(counter(page)).to_have_attribute("data-state", "live")
    return page


def hide(page: Page, *, hidden: bool) -> None:
    page.evaluate(
        """hidden => {
          Object.defineProperty(document, 'hidden', {configurable: true, get: () => hidden});
          document.dispatchEvent(new Event('visibilitychange', {bubbles: true}));
        }""",
        hidden,
    )


def turn(page: Page, milliseconds: int) -> None:
    """Advance the clock, and wait for the network traffic that this causes."""
    page.clock.run_for(milliseconds)
    page.evaluate("() => new Promise(requestAnimationFrame)")


def test_it_shows_total_online_and_thirty_days(page: Page, live: Live, own_site: str) -> None:
    opened(page, own_site)
    expect(counter(page)).to_contain_text("1,234 visits")
    expect(counter(page)).to_contain_text("3 here now")
    assert (counter(page).locator(".past").count(), counter(page).locator(".today").count()) == (29, 1)
    assert counter(page).locator(".spark").get_attribute("aria-label") == f"{sum(DAYS)} in the last 30 days"
    assert page.evaluate("window.violations") == []


RUNNING = "() => document.querySelector('visitor-count').shadowRoot.getAnimations().length"
PULSES = """
window.pulses = [];
const animate = Element.prototype.animate;
Element.prototype.animate = function (...how) { window.pulses.push(this.className); return animate.apply(this, how); };
"""


def test_an_arrival_moves_number_and_day_and_pulses(page: Page, live: Live, own_site: str) -> None:
    page.add_init_script(PULSES)
    opened(page, own_site)
    expect(counter(page)).to_contain_text("1,234 visits")
    assert page.evaluate("window.pulses") == [], "this is no arrival"
    live.tell(1236, 5)
    expect(counter(page)).to_contain_text("1,236 visits")
    expect(counter(page)).to_contain_text("5 here now")
    assert counter(page).locator(".spark").get_attribute("aria-label") == f"{sum(DAYS) + 2} in the last 30 days"
    wait_until(lambda: page.evaluate(RUNNING) == 0, "the pulse is over")
    assert set(page.evaluate("window.pulses.splice(0)")) == {"number"}
    page.emulate_media(reduced_motion="reduce")
    live.tell(1237)
    expect(counter(page)).to_contain_text("1,237 visits")
    assert page.evaluate("window.pulses") == []


def test_what_is_no_message_is_passed_over(page: Page, live: Live, own_site: str) -> None:
    opened(page, own_site)
    for junk in ("", "{", "null", "[]", "\\0", '{"count": -1}', '{"count": "7"}', '{"message": "Forbidden"}', "1e99"):
        live.open[0].send(junk)
    live.open[0].send('{"count": 1300, "online": "x", "days": ["<b>"]}')
    expect(counter(page)).to_contain_text("1,300 visits")
    live.open[0].send('{"count": 1299}')
    live.tell(1301)
    expect(counter(page)).to_contain_text("1,301 visits")


def test_the_number_of_the_last_build_is_there_before_any_answer(page: Page, live: Live, own_site: str) -> None:
    live.mute = True
    page.goto(own_site)
    expect(counter(page)).to_contain_text("1,200 visits")
    expect(counter(page)).to_have_attribute("data-state", "connecting")


def test_without_scripts_the_last_count_is_shown(browser: Any, own_site: str) -> None:
    context = browser.new_context(java_script_enabled=False)
    page = context.new_page()
    page.goto(own_site)
    expect(counter(page)).to_have_text("1,200 visits so far")
    assert page.locator(".page-footer").is_hidden()
    context.close()


def test_it_retries_for_ever_and_does_not_hammer(page: Page, live: Live, own_site: str) -> None:
    opened(page, own_site, clock=True)
    live.down = True
    live.drop()
    expect(counter(page)).to_have_attribute("data-state", "connecting")
    turn(page, MINUTE)
    expect(counter(page)).to_have_attribute("data-state", "offline")
    expect(counter(page)).to_contain_text(re.compile(r"as of .*\d"))
    expect(counter(page)).to_contain_text("1,234 visits")
    before = len(live.urls)
    for _ in range(30):
        turn(page, 2 * MINUTE)
    tries = len(live.urls) - before
    assert 50 <= tries <= 140, "about one a minute, for an hour"
    live.down = False
    for _ in range(8):
        turn(page, MINUTE // 6)
    expect(counter(page)).to_have_attribute("data-state", "live")


NEVER_OPEN = """
window.sockets = 0;
window.WebSocket = class extends EventTarget {
  readyState = 0;
  constructor() { super(); window.sockets += 1; }
  close() {}
};
"""


def test_it_says_that_it_waits_as_long_as_a_connection_may_take_to_open(page: Page, own_site: str) -> None:
    page.clock.install()
    page.add_init_script(NEVER_OPEN)
    page.goto(own_site)
    turn(page, 29_000)
    expect(counter(page)).to_have_attribute("data-state", "connecting")
    expect(counter(page)).to_contain_text("connecting…")
    assert page.evaluate("window.sockets") == 1, "who asks again is queued again"
    turn(page, 1_500)
    expect(counter(page)).to_have_attribute("data-state", "offline")
    turn(page, 2_000)
    assert page.evaluate("window.sockets") == 2


def test_it_pauses_out_of_sight_and_comes_back_at_once(page: Page, live: Live, own_site: str) -> None:
    opened(page, own_site, clock=True)
    hide(page, hidden=True)
    turn(page, MINUTE // 2)
    assert len(live.open) == 1, "a glance at another tab costs nothing"
    turn(page, MINUTE)
    expect(counter(page)).to_have_attribute("data-state", "paused")
    for _ in range(10):
        turn(page, 6 * MINUTE)
    assert len(live.urls) == 1
    live.count = 1300
    hide(page, hidden=False)
    expect(counter(page)).to_contain_text("1,300 visits")
    assert live.urls[0].split("visit=")[1] == live.urls[1].split("visit=")[1], "the same visit"


def test_a_page_that_opens_in_the_background_is_no_visit_yet(page: Page, live: Live, own_site: str) -> None:
    page.add_init_script("Object.defineProperty(document, 'hidden', {configurable: true, get: () => true})")
    page.goto(own_site)
    expect(counter(page)).to_contain_text("connecting")
    assert live.urls == []
    hide(page, hidden=False)
    expect(counter(page)).to_have_attribute("data-state", "live")


def test_it_notices_the_computers_sleep(page: Page, live: Live, own_site: str) -> None:
    """After sleep, the socket may be dead without an event and look open: so it is probed, and replaced if it is
    silent."""
    opened(page, own_site, clock=True)
    hellos = live.hellos
    live.mute = True
    page.clock.fast_forward(3 * 60 * MINUTE)
    turn(page, 1000)
    assert live.hellos == hellos + 1
    live.mute = False
    live.count = 2000
    turn(page, 20_000)
    expect(counter(page)).to_contain_text("2,000 visits")


def test_a_silent_connection_is_kept_alive_but_not_chatty(page: Page, live: Live, own_site: str) -> None:
    opened(page, own_site, clock=True)
    for _ in range(2 * 60 + 6):
        turn(page, MINUTE // 6)
    assert live.hellos == 1 + 2, "the first, and one every nine minutes of twenty-one"
    assert len(live.urls) == 1


def test_offline_is_reported_and_online_reconnects_at_once(page: Page, live: Live, own_site: str) -> None:
    opened(page, own_site)
    page.evaluate("dispatchEvent(new Event('offline'))")
    expect(counter(page)).to_contain_text(re.compile("as of|connecting"))
    live.count = 1400
    page.evaluate("dispatchEvent(new Event('online'))")
    expect(counter(page)).to_contain_text("1,400 visits")


def test_the_last_known_number_is_shown_with_its_time(page: Page, live: Live, own_site: str) -> None:
    opened(page, own_site)
    live.down = True
    page.reload()
    expect(counter(page)).to_have_attribute("data-state", "offline")
    expect(counter(page)).to_contain_text("1,234 visits")
    expect(counter(page)).to_contain_text("as of")


def test_the_owner_can_ask_not_to_be_counted(page: Page, live: Live, own_site: str) -> None:
    opened(page, f"{own_site}/#not-me")
    assert "count=no" in live.urls[-1]
    opened(page, f"{own_site}/?again")
    assert "count=no" in live.urls[-1], "this browser remembers"
    opened(page, f"{own_site}/?and#count-me")
    assert "count=no" not in live.urls[-1]


def test_two_tabs_are_two_visits(context: BrowserContext, page: Page, live: Live, own_site: str) -> None:
    opened(page, own_site)
    second = context.new_page()
    live.attach(second)
    opened(second, own_site)
    assert len({url.split("visit=")[1] for url in live.urls}) == 2
    live.tell(1500)
    for each in (page, second):
        expect(counter(each)).to_contain_text("1,500 visits")


def test_another_site_embeds_it_by_two_lines(page: Page, live: Live, own_site: str) -> None:
    lines = f'<script async src="{own_site}/visitor-count.js"></script>\n<visitor-count></visitor-count>'
    other = own_site.replace("localhost", "127.0.0.1") + "/another-site"
    page.route(other, lambda route: route.fulfill(content_type="text/html", body=f"<!doctype html>{lines}"))
    opened(page, other)
    assert live.urls[-1].startswith(own_site.replace("http", "ws") + "/live?visit="), "to where the script came from"
    expect(counter(page)).to_contain_text("1,234 visits")
    page.evaluate("document.querySelector('visitor-count').setAttribute('endpoint', 'https://other.test/live')")
    wait_until(lambda: live.urls[-1].startswith("wss://other.test/live?visit="), "it has gone to the other endpoint")


def test_an_element_that_leaves_the_page_leaves_the_server(page: Page, live: Live, own_site: str) -> None:
    opened(page, own_site, clock=True)
    page.evaluate("window.kept = document.querySelector('visitor-count'); kept.remove()")
    turn(page, MINUTE)
    assert live.open == []
    page.evaluate("document.body.append(kept)")
    expect(counter(page)).to_have_attribute("data-state", "live")


def metrics(session: CDPSession) -> dict[str, float]:
    for _ in range(3):
        session.send("HeapProfiler.collectGarbage")
    return {each["name"]: each["value"] for each in session.send("Performance.getMetrics")["metrics"]}


def test_two_hours_of_reconnects_leave_nothing_behind(
    context: BrowserContext, page: Page, live: Live, own_site: str
) -> None:
    opened(page, own_site, clock=True)
    session = context.new_cdp_session(page)
    session.send("Performance.enable")

    def reconnect(times: int) -> None:
        for _ in range(times):
            live.drop()
            turn(page, 2000)
            expect(counter(page)).to_have_attribute("data-state", "live")
            turn(page, 2 * MINUTE - 2000)

    reconnect(10)
    before, urls = metrics(session), len(live.urls)
    reconnect(60)
    after = metrics(session)
    assert len(live.urls) - urls == 60
    assert after["JSEventListeners"] - before["JSEventListeners"] <= 5
    assert after["Nodes"] - before["Nodes"] <= 20
    assert after["JSHeapUsedSize"] - before["JSHeapUsedSize"] < 300_000, "playwright's own notes included"
