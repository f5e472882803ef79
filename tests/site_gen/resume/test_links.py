from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from site_gen.resume.links import is_safe_link, mail_link, phone_link, short_url


@pytest.mark.parametrize(
    "url", ["https://example.com", "HTTP://EXAMPLE.COM/a?b#c", "mailto:a@example.com", "tel:+4477009", "http://[::1]/"]
)
def test_links_that_navigate_are_safe(url: str) -> None:
    assert is_safe_link(url)


@pytest.mark.parametrize(
    "url",
    [
        "javascript:alert(1)",
        "JavaScript:alert(1)",
        "data:text/html,x",
        "file:///etc/passwd",
        "//example.com",
        "example.com",
        "",
        "https://",
        "https:example.com",
        "mailto:",
        "vbscript:x",
        "http://[",
        "ws://example.com",
    ],
)
def test_others_are_not(url: str) -> None:
    assert not is_safe_link(url)


@given(st.text())
def test_an_address_cannot_add_to_its_link(address: str) -> None:
    link = mail_link(address.encode("utf-8", "ignore").decode())
    assert link.startswith("mailto:")
    assert not set(link[7:]) & set("?&#\"'<> :")


def test_a_phone_number_is_dialled_without_its_spaces() -> None:
    assert phone_link("+44 (7700) 900-142") == "tel:+447700900142"


@pytest.mark.parametrize(
    ("url", "short"),
    [
        ("https://www.example.com/", "example.com"),
        ("http://a.example/me", "a.example/me"),
        ("mailto:a@b.c", "mailto:a@b.c"),
    ],
)
def test_urls_are_shown_as_people_write_them(url: str, short: str) -> None:
    assert short_url(url) == short
