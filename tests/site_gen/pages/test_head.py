"""The head of the pages: title, addresses, scripts, and the person as data."""

from __future__ import annotations

import json
import re

import pytest

from tests.site_gen.pages.test_theme import ASSETS, SITE, render


def test_the_head_says_what_the_page_is() -> None:
    basics = {"name": "Ada", "label": "Engineer", "summary": "One & two.\n\nThree."}
    page = render({"basics": basics}, "https://example.com")["index.html"]
    assert "<title>Ada · Engineer</title>" in page
    assert '<meta name="description" content="One &amp; two. Three.">' in page
    assert '<link rel="canonical" href="https://example.com/">' in page
    assert '<meta property="og:url" content="https://example.com/">' in page


def test_without_an_address_there_is_no_canonical_link() -> None:
    assert "canonical" not in render({"basics": {"name": "Ada"}})["index.html"]


def test_the_error_page_is_not_indexed_and_does_not_count() -> None:
    page = render({"basics": {"name": "Ada"}}, "https://example.com")["404.html"]
    assert '<meta name="robots" content="noindex">' in page
    assert "<visitor-count" not in page


@pytest.mark.parametrize("page", ["index.html", "404.html"])
def test_a_strict_security_policy_has_nothing_to_block(page: str) -> None:
    resume = json.loads((SITE / "resume.json").read_text(encoding="utf-8"))
    text = render(resume)[page]
    assert text.count("<style>") == text.count("<style") == 1
    assert not re.search(r"\sstyle=|\son[a-z]+=", text)
    scripts = re.findall(r"<script([^>]*)>(.*?)</script>", text, re.DOTALL)
    if page == "index.html":
        data, module = scripts
        assert data[0] == ' type="application/ld+json"'
        assert module == (f' type="module" src="{ASSETS["visitor-count.js"].path}"', "")
    else:
        assert scripts == []


def test_the_head_has_the_person_as_data_that_no_text_can_break_out_of() -> None:
    basics = {"name": "</script><b>Ada</b>", "label": "Engineer", "summary": "A **bold** one."}
    resume = {"basics": basics, "work": [{"name": "Then", "endDate": "2020"}, {"name": "Now"}]}
    page = render(resume, "https://example.com")["index.html"]
    ((text,),) = [re.findall(r'<script type="application/ld\+json">(.*?)</script>', page, re.DOTALL)]
    assert json.loads(text) == {
        "@context": "https://schema.org",
        "@type": "Person",
        "name": "</script><b>Ada</b>",
        "jobTitle": "Engineer",
        "description": "A bold one.",
        "url": "https://example.com/",
        "worksFor": [{"@type": "Organization", "name": "Now"}],
    }
