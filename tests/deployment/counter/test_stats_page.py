"""The page of `stats --html`: complete, readable without scripts, and without requests to anywhere."""

from __future__ import annotations

import re
import xml.etree.ElementTree as ET
from base64 import b64encode
from collections import Counter
from hashlib import sha256
from html.parser import HTMLParser

from deployment.counter.filtered import Filtered
from deployment.counter.stats import Stats
from deployment.counter.stats_page import REASONS, page

STATS = Stats(1234, {"2026-11-26": 3, "2026-11-27": 0, "2026-11-28": 12})
FILTERED = {"2026-11-27": Counter({Filtered.CRAWLER: 5}), "2026-11-28": Counter({Filtered.REPEATED: 1_000})}
WRITTEN = "2026-11-28 12:00 UTC"


class Elements(HTMLParser):
    """The elements and the cells of the table."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.tags: list[tuple[str, dict[str, str | None]]] = []
        self.rows: list[list[str]] = []
        self.open: list[str] = []
        self.feed(text)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append((tag, dict(attrs)))
        self.open.append(tag)
        if tag == "tr":
            self.rows.append([])

    def handle_data(self, data: str) -> None:
        if self.open and self.open[-1] in {"th", "td"} and data.strip():
            self.rows[-1].append(data)


def made(stats: Stats = STATS, where: str = "cloud-resume") -> str:
    return page(stats, FILTERED, where=where, written=WRITTEN).decode()


def test_the_table_has_every_number_and_a_dash_for_what_is_unknown() -> None:
    head, newest, middle, oldest, foot = Elements(made()).rows
    assert head == ["day", "visits", "repeated", "crawler", "limit", "asked", "refused"]
    assert newest == ["2026-11-28 Sat", "12", "1,000", "0", "0", "0", "0"]
    assert middle == ["2026-11-27 Fri", "0", "0", "5", "0", "0", "0"]
    assert oldest == ["2026-11-26 Thu", "3", *["–"] * 5]
    assert foot == ["sum", "15", "1,000", "5", "0", "0", "0"]


def test_every_reason_is_explained() -> None:
    assert REASONS.keys() == set(Filtered)
    text = made()
    assert "<dt>crawler: 5</dt>" in text
    assert text.count("<dd>") == len(REASONS)


def test_a_repeated_visit_may_have_been_counted_for_a_name() -> None:
    """A tab's second page with a name is logged as a repetition, though it is counted for the name."""
    assert "counted before for the site" in REASONS[Filtered.REPEATED][1]


def test_the_bars_are_as_high_as_their_numbers() -> None:
    found = re.search(r"<svg.*?</svg>", made())
    assert found
    bars = [(bar.attrib["class"], float(bar.attrib["height"])) for bar in ET.fromstring(found[0])]  # noqa: S314 - ours
    assert bars == [("visits", 0.6), ("filtered", 1.0), ("visits", 2.4), ("filtered", 200.0)]


def test_its_policy_allows_its_stylesheet_and_nothing_else() -> None:
    text = made()
    policies = [
        attributes["content"] or ""
        for tag, attributes in Elements(text).tags
        if tag == "meta" and attributes.get("http-equiv") == "Content-Security-Policy"
    ]
    (style,) = re.findall(r"<style>(.*?)</style>", text, re.DOTALL)
    digest = b64encode(sha256(style.encode()).digest()).decode()
    assert policies == [f"default-src 'none'; style-src 'sha256-{digest}'; base-uri 'none'; form-action 'none'"]
    for forbidden in ("<script", "http://", "https://", "url(", "@import", " style=", "src="):
        assert forbidden not in text


def test_light_and_dark_and_labelled() -> None:
    text = made()
    assert "color-scheme: light dark" in text
    assert "prefers-color-scheme: dark" in text
    for needed in ('lang="en"', "<caption>", 'scope="col"', 'scope="row"', 'role="img" aria-label="Visits per day'):
        assert needed in text


def test_markup_in_a_name_is_text() -> None:
    assert "<b>" not in made(where="<b>x</b>")


def test_without_visits() -> None:
    assert "<rect" not in made(Stats(0, {"2026-11-26": 0}))
