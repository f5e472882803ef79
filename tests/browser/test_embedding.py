"""<visitor-count> on pages of every kind: strict policies, narrow places, lines of text, languages, forced colours."""

from __future__ import annotations

import json
import re

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.browser.embedding import BOX, DRAWN, NARROW, embedded, shadow
from tests.browser.light import Live
from tests.local_system import wait_until

pytestmark = pytest.mark.browser

MINUTE = 60_000
INLINE = '<p>It has had <visitor-count variant="inline"></visitor-count>, they say.</p>'
OUTSIDE = """[...root.querySelectorAll(':not(.status)')].filter(part => {
  const [own, box] = [part, root.host].map(each => each.getBoundingClientRect());
  return own.left < box.left || own.right > box.right || own.top < box.top || own.bottom > box.bottom
    || part.scrollWidth > part.clientWidth + 1 && getComputedStyle(part).display != 'inline';
}).map(part => part.outerHTML)"""


def test_it_works_under_trusted_types(unwatched: Page, live: Live, own_site: str) -> None:
    page = unwatched
    counter = embedded(page, own_site)
    expect(counter).to_contain_text("1,234 visits")
    live.tell(1235)
    expect(counter).to_contain_text("1,235 visits")
    assert page.evaluate("window.violations") == []
    assert (
        page.evaluate("try { document.body.innerHTML = '<p>'; 'allowed' } catch (error) { error.name }") == "TypeError"
    )


@pytest.mark.parametrize("html", ['<html lang="en">', '<html lang="de">', '<html lang="ar" dir="rtl">'])
@pytest.mark.parametrize("width", [120, 160, 400])
def test_nothing_leaves_its_box_however_narrow(page: Page, live: Live, own_site: str, html: str, width: int) -> None:
    for count, down in ((7, False), (1_234_567, False), (9_876_543_210_123, False), (0, True)):
        live.count, live.down = count, down
        counter = embedded(page, own_site, f'<div style="inline-size: {width}px">{BOX}</div>', html)
        expect(counter).to_have_attribute("data-state", "offline" if down else "live")
        page.evaluate(DRAWN)
        box = counter.bounding_box()
        assert box is not None
        assert (box["width"], box["height"]) == (min(width, 216), 120), "as wide as there is room, up to its width"
        assert shadow(counter, OUTSIDE) == []


def test_a_counter_in_a_line_is_text_like_the_line(page: Page, live: Live, own_site: str) -> None:
    counter = embedded(page, own_site, f"<style>p {{ font: italic 30px serif; color: red }}</style>{INLINE}")
    expect(counter.locator(".total")).to_have_text("1,234 visits")
    for part in (".number", ".noun"):
        style = f"getComputedStyle(root.querySelector('{part}'))"
        shown = shadow(counter, f"['fontSize', 'fontStyle', 'color', 'display'].map(name => {style}[name])")
        assert shown == ["30px", "italic", "rgb(255, 0, 0)", "inline"]
    baselines = "[document.querySelector('p').firstChild, root.querySelector('.number').firstChild].map(text => {"
    baselines += (
        "const range = document.createRange(); range.selectNode(text); return range.getBoundingClientRect().bottom; })"
    )
    assert len(set(shadow(counter, baselines))) == 1
    for part in (".dot", ".note", ".spark"):
        expect(counter.locator(part)).to_be_hidden()
    assert counter.evaluate("element => getComputedStyle(element).border") == "0px none rgb(255, 0, 0)"


def test_a_counter_in_a_line_folds_away_without_a_number(page: Page, live: Live, own_site: str) -> None:
    live.down = True
    counter = embedded(page, own_site, INLINE)
    expect(counter).to_have_attribute("data-state", "offline")
    assert counter.evaluate("element => element.offsetWidth") == 0


def test_where_nothing_counts_it_says_so(page: Page, live: Live, own_site: str) -> None:
    live.down = True
    counter = embedded(page, own_site)
    expect(counter).to_contain_text("no live count here")
    assert shadow(counter, "root.querySelector('.total').checkVisibility()") is False
    assert counter.get_attribute("data-count") is None


def test_the_first_number_includes_the_visitor(page: Page, live: Live, own_site: str) -> None:
    live.count = 0
    counter = embedded(page, own_site, '<visitor-count count="0"></visitor-count>')
    expect(counter).to_have_attribute("data-state", "live")
    page.evaluate(DRAWN)
    expect(counter).not_to_contain_text("0 visits")
    live.tell(1, 1)
    expect(counter).to_contain_text("1 visit")
    expect(counter).not_to_contain_text("visits")
    expect(counter).to_contain_text("1 here now")


def test_who_is_not_counted_may_see_no_visits(page: Page, live: Live, own_site: str) -> None:
    page.add_init_script("localStorage.visitorCount = '#not-me'")
    live.count = live.online = 0
    counter = embedded(page, own_site)
    expect(counter).to_contain_text("0 visits")
    expect(counter).to_contain_text("1 here now")


def test_here_now_is_shown_while_connected(page: Page, live: Live, own_site: str) -> None:
    page.clock.install()
    counter = embedded(page, own_site)
    expect(counter).to_contain_text("3 here now")
    page.clock.run_for(3 * MINUTE)
    expect(counter.locator(".note")).to_have_text("3 here now")
    live.tell(1240, 2)
    expect(counter.locator(".note")).to_have_text("2 here now")
    live.open[0].send('{"count": 1241}')
    expect(counter).to_contain_text("1,241 visits")
    expect(counter.locator(".note")).to_have_text("2 here now")
    assert live.hellos == 1, "and it does not ask for it"
    live.down = True
    live.drop()
    expect(counter.locator(".note")).to_have_text("connecting…")


def test_announcements_are_no_answer_to_a_hello(page: Page, live: Live, own_site: str) -> None:
    page.clock.install()
    live.mute = True
    counter = embedded(page, own_site, "<visitor-count></visitor-count>")
    wait_until(lambda: page.evaluate("1") == live.hellos, "the page has asked")
    page.clock.run_for(10_000)
    live.tell(1240)
    page.clock.run_for(8_000)
    wait_until(lambda: page.evaluate("2") == len(live.urls), "it asks again with another connection")
    assert counter.get_attribute("data-count") is None


@pytest.mark.parametrize(("early", "shown"), [(1233, "1,234 visits"), (1236, "1,236 visits")])
def test_an_announcement_before_the_first_answer_is_not_shown_but_not_forgotten(
    page: Page, live: Live, own_site: str, early: int, shown: str
) -> None:
    live.mute = True
    counter = embedded(page, own_site, "<visitor-count></visitor-count>")
    wait_until(lambda: page.evaluate("1") == live.hellos, "the page has asked")
    live.open[0].send(json.dumps({"count": early, "online": 2}))
    page.evaluate(DRAWN)
    expect(counter).to_have_attribute("data-state", "connecting")
    assert counter.get_attribute("data-count") is None
    live.open[0].send(json.dumps({"count": 1234, "online": 3, "days": [1, 2]}))
    expect(counter).to_contain_text(shown)
    expect(counter).to_contain_text("2 here now")
    live.tell(1237)
    expect(counter).to_contain_text("1,237 visits")


def test_each_name_is_a_counter_of_its_own(page: Page, live: Live, own_site: str) -> None:
    names = ("", "blog", "blog-2", "Not One", "x" * 33)
    counters = "".join(f'<visitor-count name="{name}"></visitor-count>' for name in names)
    embedded(page, own_site, counters)
    wait_until(lambda: len(live.open) == len(names), "all are connected")
    asked = sorted(re.findall(r"[?&]name=([^&]*)", " ".join(live.urls)))
    assert asked == ["blog", "blog-2"], "any other name is left out"
    for count, socket in enumerate(live.open, 10):
        socket.send(json.dumps({"count": 5000 + count, "online": 1}))
    expect(page.locator("visitor-count").last).to_have_attribute("data-count", re.compile("^50"))
    keys = page.evaluate("Object.keys(localStorage).filter(key => key.startsWith('visitor-count '))")
    assert sorted(key.rpartition("/live")[2] for key in keys) == ["", "?name=blog", "?name=blog-2"]
    page.evaluate("document.querySelector('[name=blog]').setAttribute('name', 'other')")
    wait_until(lambda: "name=other" in live.urls[-1], "it has gone to the other counter")


@pytest.mark.parametrize("state", ["live", "offline"])
def test_forced_colours_keep_the_state_visible(browser: Browser, own_site: str, live: Live, state: str) -> None:
    context = browser.new_context(forced_colors="active")
    page = context.new_page()
    live.attach(page)
    live.down = state == "offline"
    counter = embedded(page, own_site)
    expect(counter).to_have_attribute("data-state", state)
    page.evaluate(DRAWN)
    dot = shadow(
        counter,
        "(({borderWidth, borderColor}) => [borderWidth, borderColor])(getComputedStyle(root.querySelector('.dot')))",
    )
    text = page.evaluate("getComputedStyle(document.body).color")
    assert dot == ["5px" if state == "live" else "2px", text], "a filled dot, or a ring"
    if state == "live":
        assert shadow(counter, "getComputedStyle(root.querySelector('.today')).borderLeftColor") == text
    context.close()


SPOKEN = """() => {
  window.spoken = [];
  const status = document.querySelector('visitor-count').shadowRoot.querySelector('.status');
  new MutationObserver(() => status.textContent && window.spoken.push(status.textContent))
    .observe(status, {childList: true});
}"""


def test_screen_readers_are_notified_rarely_and_only_of_changes(page: Page, live: Live, own_site: str) -> None:
    page.clock.install()
    counter = embedded(page, own_site)
    expect(counter).to_contain_text("1,234 visits")
    status = counter.locator(".status")
    page.evaluate(SPOKEN)

    def spoken() -> list[str]:
        for _ in range(6):
            page.clock.run_for(MINUTE // 6)
        found: list[str] = page.evaluate("window.spoken.splice(0)")
        return found

    assert spoken() == []
    for count in range(1235, 1255):
        live.tell(count)
    expect(counter).to_contain_text("1,254 visits")
    assert spoken() == ["1,254 visits"]
    page.clock.run_for(MINUTE // 3)
    expect(status).to_have_text("")
    live.tell(1255)
    expect(counter).to_contain_text("1,255 visits")
    assert spoken() == ["1,255 visits"]
    assert spoken() == []


FRAMES = """() => {
  window.times = []; window.most = 0; window.draws = 0;
  const root = document.querySelector('visitor-count').shadowRoot;
  new MutationObserver(() => window.draws += 1).observe(root.querySelector('.number'), {childList: true});
  const note = time => {
    window.times.push(time);
    window.most = Math.max(window.most, root.getAnimations().length);
    requestAnimationFrame(note);
  };
  requestAnimationFrame(note);
}"""


def test_fifty_visits_a_second_cost_one_update_a_frame(page: Page, live: Live, own_site: str) -> None:
    """For five seconds; benchmarks/frames.py measures twenty."""
    counter = embedded(page, own_site)
    expect(counter).to_contain_text("1,234 visits")
    page.evaluate(FRAMES)
    for count in range(1235, 1485):
        live.tell(count)
        page.wait_for_timeout(20)
    expect(counter).to_contain_text("1,484 visits")
    times, most, draws = page.evaluate("[window.times, window.most, window.draws]")
    assert most == 1, "one animation at a time"
    assert 0 < draws <= len(times)


def test_a_hidden_page_draws_without_frames(page: Page, live: Live, own_site: str) -> None:
    page.add_init_script("window.requestAnimationFrame = () => 0")
    counter = embedded(page, own_site, NARROW)
    expect(counter).to_contain_text("1,234 visits")
    live.tell(1300)
    expect(counter).to_have_attribute("data-count", "1300")
