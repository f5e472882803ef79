"""<visitor-count> where no connection can be made: count.json tells it the count, and whether the server rests."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import Page, Route, expect

from tests.browser.embedding import POLICY, embedded
from tests.browser.light import Live
from tests.browser.test_component import MINUTE, counter, hide, opened, turn
from tests.local_system import wait_until

pytestmark = pytest.mark.browser

AT = "2026-11-28T12:34:00Z"
EARLIER, LATER = "2026-11-28T12:00:00Z", "2026-11-28T13:00:00Z"
KNOWN = ("1,234 visits", AT)
RESTING = {"count": 1300, "at": AT, "live": False}
AS_OF = "at => 'as of ' + new Date(at).toLocaleString('en', {dateStyle: 'short', timeStyle: 'short'})"


def pass_minutes(page: Page, minutes: int) -> None:
    """Advance the clock by half minutes, so that between them what was asked for is answered."""
    for _ in range(2 * minutes):
        turn(page, MINUTE // 2)


def test_without_a_connection_it_shows_the_count_of_the_file_and_its_time(
    page: Page, live: Live, own_site: str
) -> None:
    live.down, live.file = True, {"count": 1300, "at": AT}
    page.goto(own_site)
    expect(counter(page)).to_contain_text("1,300 visits")
    expect(counter(page).locator(".note")).to_have_text(page.evaluate(AS_OF, AT))
    expect(counter(page)).to_have_attribute("data-state", "offline")
    expect(counter(page)).to_have_attribute("data-count", "1300")
    assert live.file_urls == [f"{own_site}/count.json"]
    wait_until(lambda: page.evaluate("2") <= len(live.urls), "it tries to connect all the same")
    live.down, live.count = False, 1299
    page.evaluate("dispatchEvent(new Event('online'))")
    expect(counter(page)).to_contain_text("1,299 visits")


@pytest.mark.parametrize(
    ("file", "shown"),
    [
        ({"count": 1300, "at": EARLIER}, ("1,300 visits", EARLIER)),
        ({"count": 1234, "at": LATER}, ("1,234 visits", LATER)),
        ({"count": 1234, "at": EARLIER}, KNOWN),
        ({"count": 1233, "at": LATER}, KNOWN),
        ({"count": "1300", "at": LATER}, KNOWN),
        ({"count": 1300, "at": "yesterday"}, KNOWN),
        ({"count": 1300}, KNOWN),
        ({"names": {"blog": 1300}, "at": LATER}, KNOWN),
        ([], KNOWN),
        (None, KNOWN),
    ],
)
def test_only_a_higher_or_newer_count_is_shown(
    unwatched: Page, live: Live, own_site: str, file: object, shown: tuple[str, str]
) -> None:
    """Clocks differ: so a higher count is taken whatever its time, and a lower one never."""
    page = unwatched
    live.down, live.file = True, file
    key = "'visitor-count ' + location.origin.replace('http', 'ws') + '/live'"
    page.add_init_script(f"localStorage[{key}] = [1234, Date.parse('{AT}')]")
    page.goto(own_site)
    wait_until(lambda: page.evaluate("2") <= len(live.urls), "it has gone on")
    assert len(live.file_urls) == 1
    expect(counter(page)).to_contain_text(shown[0])
    expect(counter(page).locator(".note")).to_have_text(page.evaluate(AS_OF, shown[1]))


def test_each_name_has_its_own_count_in_it(page: Page, live: Live, own_site: str) -> None:
    live.down, live.file = True, {"count": 1300, "at": AT, "names": {"blog": 56}}
    names = ("blog", "other", "constructor", "")
    embedded(page, own_site, "".join(f'<visitor-count name="{name}"></visitor-count>' for name in names))
    for name, count in zip(names, ("56", "1300", "1300", "1300"), strict=True):
        shown = page.locator(f"visitor-count[name='{name}']")
        if name == "constructor":
            expect(shown).to_have_attribute("data-state", "offline")
            expect(shown).not_to_have_attribute("data-count", re.compile(""))
        else:
            expect(shown).to_have_attribute("data-count", count)


def test_it_lies_on_the_endpoints_host(page: Page, live: Live, own_site: str) -> None:
    live.down, live.file = True, {"count": 1300, "at": AT}
    text = f"<script async src='{own_site}/visitor-count.js'></script><visitor-count endpoint='wss://other.test/live'>"
    page.route("**/elsewhere", lambda route: route.fulfill(content_type="text/html", body=text))
    page.goto(own_site.replace("localhost", "127.0.0.1") + "/elsewhere")
    expect(counter(page)).to_contain_text("1,300 visits")
    assert live.file_urls == ["https://other.test/count.json"]


def test_it_is_read_now_and_then_and_only_while_somebody_looks(page: Page, live: Live, own_site: str) -> None:
    live.down = True
    page.clock.install()
    page.goto(own_site)
    pass_minutes(page, 40)
    asked = len(live.file_urls)
    assert 8 <= asked <= 14, "about every three to four minutes"
    hide(page, hidden=True)
    pass_minutes(page, 15)
    assert len(live.file_urls) == asked
    hide(page, hidden=False)
    wait_until(lambda: page.evaluate(f"{asked}") < len(live.file_urls), "it asks again")


def test_while_the_server_rests_no_connection_is_tried(page: Page, live: Live, own_site: str) -> None:
    live.down, live.file = True, RESTING
    page.clock.install()
    page.goto(own_site)
    expect(counter(page)).to_contain_text("1,300 visits")
    tried = len(live.urls)
    pass_minutes(page, 40)
    assert len(live.urls) == tried <= 2
    assert 6 <= len(live.file_urls) <= 12, "about every five minutes"
    live.file = RESTING | {"count": 1400}
    pass_minutes(page, 8)
    expect(counter(page)).to_contain_text("1,400 visits")
    live.down, live.count, live.file = False, 1500, RESTING | {"live": True}
    pass_minutes(page, 8)
    expect(counter(page)).to_contain_text("1,500 visits")
    expect(counter(page)).to_have_attribute("data-state", "live")
    assert len(live.urls) == tried + 1


def test_a_page_that_is_looked_at_again_asks_whether_the_server_still_rests(
    page: Page, live: Live, own_site: str
) -> None:
    live.down, live.file = True, RESTING
    page.clock.install()
    page.goto(own_site)
    expect(counter(page)).to_contain_text("1,300 visits")
    tried, asked = len(live.urls), len(live.file_urls)
    hide(page, hidden=True)
    pass_minutes(page, 10)
    expect(counter(page)).to_have_attribute("data-state", "paused")
    assert len(live.file_urls) == asked
    hide(page, hidden=False)
    wait_until(lambda: page.evaluate(f"{asked}") < len(live.file_urls), "it asks the file first")
    expect(counter(page)).to_have_attribute("data-state", "offline")
    assert len(live.urls) == tried
    live.down, live.file = False, {"count": 1300, "at": AT}
    hide(page, hidden=True)
    pass_minutes(page, 5)
    hide(page, hidden=False)
    expect(counter(page)).to_have_attribute("data-state", "live")


def test_a_file_that_is_gone_means_that_the_server_does_not_rest(unwatched: Page, live: Live, own_site: str) -> None:
    page = unwatched
    live.down, live.file = True, RESTING
    page.clock.install()
    page.goto(own_site)
    expect(counter(page)).to_contain_text("1,300 visits")
    live.down, live.file = False, None
    pass_minutes(page, 8)
    expect(counter(page)).to_have_attribute("data-state", "live")


@pytest.mark.parametrize("reason", ["missing", "forbidden by the page", "no network"])
def test_without_the_file_it_does_as_before(unwatched: Page, live: Live, own_site: str, reason: str) -> None:
    page = unwatched
    errors: list[str] = []
    page.on("pageerror", lambda error: errors.append(str(error)))
    live.down, live.file = True, None
    if reason == "no network":
        page.route("**/count.json", lambda route: route.abort())
    policy = POLICY.replace("connect-src 'self'", "connect-src") if reason == "forbidden by the page" else POLICY
    shown = embedded(page, own_site, policy=policy)
    expect(shown).to_contain_text("no live count here")
    wait_until(lambda: page.evaluate("2") <= len(live.urls), "it goes on trying")
    live.down = False
    page.evaluate("dispatchEvent(new Event('online'))")
    expect(shown).to_contain_text("1,234 visits")
    assert errors == []
    assert ("connect-src" in page.evaluate("window.violations")) == (reason == "forbidden by the page")


def test_who_leaves_the_page_while_the_file_is_read_makes_no_connection(page: Page, live: Live, own_site: str) -> None:
    held: list[Route] = []
    live.down = True

    def hold(route: Route) -> None:  # Playwright notes things in a handler, which a built-in method does not allow
        held.append(route)

    page.route("**/count.json", hold)
    page.goto(own_site)
    wait_until(lambda: page.evaluate("1") == len(held), "it has asked")
    page.evaluate("window.kept = document.querySelector('visitor-count'); kept.remove()")
    tried = len(live.urls)
    held[0].fulfill(json=RESTING)
    page.evaluate("document.body.append(kept)")
    wait_until(lambda: page.evaluate("2") == len(held), "it asks again")
    assert len(live.urls) == tried + 1
    assert page.locator("visitor-count").get_attribute("data-count") == "1200", "what was meant for before is dropped"
    held[1].fulfill(json=RESTING)
    expect(counter(page)).to_contain_text("1,300 visits")


def test_an_endpoint_that_is_none_is_not_asked_for_a_file(page: Page, live: Live, own_site: str) -> None:
    errors: list[str] = []
    page.on("pageerror", lambda error: errors.append(str(error)))
    shown = embedded(page, own_site, '<visitor-count endpoint="http://["></visitor-count>')
    expect(shown).to_have_attribute("data-state", "offline")
    expect(shown).to_contain_text("no live count here")
    assert live.file_urls == errors == []


def test_a_connection_that_ends_well_asks_nothing(page: Page, live: Live, own_site: str) -> None:
    opened(page, own_site)
    live.drop()
    wait_until(lambda: page.evaluate("2") == len(live.urls), "it connects again")
    expect(counter(page)).to_have_attribute("data-state", "live")
    assert live.file_urls == []


def test_the_policy_of_another_page_needs_to_allow_this_one_file(page: Page, live: Live, own_site: str) -> None:
    live.down, live.file = True, {"count": 1300, "at": AT}
    policy = POLICY.replace("connect-src 'self'", f"connect-src {own_site}/count.json")
    expect(embedded(page, own_site, policy=policy)).to_contain_text("1,300 visits")
    assert page.evaluate("window.violations") == []
