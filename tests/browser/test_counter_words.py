"""The words of <visitor-count> on pages in several languages, and those of its attribute."""

from __future__ import annotations

import json
import re

import pytest
from playwright.sync_api import Page, expect

from tests.browser.embedding import embedded, shadow
from tests.browser.light import DAYS, Live

pytestmark = pytest.mark.browser


def test_german(page: Page, live: Live, own_site: str) -> None:
    counter = embedded(page, own_site, html='<html lang="de-AT">')
    number = page.evaluate("(1234).toLocaleString('de-AT')")
    expect(counter).to_contain_text(f"{number} Besuche")
    expect(counter).to_contain_text("3 gerade hier")
    label = counter.locator(".spark").get_attribute("aria-label")
    assert label == f"{sum(DAYS)} in den letzten 30 Tagen"
    live.tell(1235, 1)
    live.down = True
    live.drop()
    expect(counter).to_contain_text(re.compile(r"Stand \d+\.\d+\.\d+, \d+:\d+"))


def test_arabic(page: Page, live: Live, own_site: str) -> None:
    live.count = 11
    counter = embedded(page, own_site, html='<html lang="ar-EG" dir="rtl">')
    digits = page.evaluate("(11).toLocaleString('ar-EG')")
    assert digits == "١١"
    expect(counter).to_contain_text(f"{digits} زيارة")
    places = shadow(
        counter,
        "['dot', 'note', 'number', 'noun'].map(part => root.querySelector('.' + part).getBoundingClientRect().right)",
    )
    assert places[0] > places[1], "from right to left"
    assert places[2] > places[3]
    live.tell(103)
    expect(counter).to_contain_text("زيارات")


@pytest.mark.parametrize("html", ['<html lang="fa" dir="rtl">', '<html lang="en_US">', '<html lang="">', "<html>"])
def test_without_words_in_the_language_all_of_it_is_english(page: Page, live: Live, own_site: str, html: str) -> None:
    counter = embedded(page, own_site, html=html)
    expect(counter).to_contain_text("1,234 visits")
    expect(counter).to_contain_text("3 here now")
    assert shadow(counter, "getComputedStyle(root.querySelector('.note')).direction") == "ltr"


OWN = {"visits": {"one": "vizita", "other": "vizitoj"}, "here": "{n} ĉi tie"}


def test_the_words_of_an_attribute(page: Page, live: Live, own_site: str) -> None:
    attribute = json.dumps(OWN).replace('"', "&quot;")
    counter = embedded(page, own_site, f'<visitor-count lang="eo" words="{attribute}"></visitor-count>')
    expect(counter).to_contain_text("vizitoj")
    expect(counter).to_contain_text("3 ĉi tie")
    live.down = True
    live.drop()
    expect(counter).to_contain_text("as of")


@pytest.mark.parametrize(
    "words",
    [
        "{",
        "null",
        "[]",
        "7",
        '"x"',
        '{"visits": 5, "here": {"other": {"a": 1}}}',
        '{"here": "<img src=x onerror=alert(1)>"}',
    ],
)
def test_words_that_are_none_do_no_harm(page: Page, live: Live, own_site: str, words: str) -> None:
    attribute = words.replace("&", "&amp;").replace('"', "&quot;")
    counter = embedded(page, own_site, f'<visitor-count words="{attribute}"></visitor-count>')
    expect(counter).to_contain_text("1,234")
    expect(counter).not_to_contain_text("undefined")
    assert shadow(counter, "root.querySelector('img')") is None
