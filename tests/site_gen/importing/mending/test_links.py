"""URLs and addresses as people write them."""

from __future__ import annotations

import pytest

from site_gen.importing.mending.links import read_address, read_url

URLS = {
    "www.example.com": "https://www.example.com",
    "Example.com/a": "https://Example.com/a",
    "example.com:8080/a": "https://example.com:8080/a",
    "HTTP://example.com": "http://example.com",
    "http:example.com": "http://example.com",
    "https//example.com": "https://example.com",
    "htttps://example.com": None,
    "<https://example.com>": "https://example.com",
    "https://example.com,": "https://example.com",
    "https://example.com/[a]": "https://example.com/%5Ba%5D",
    "https://example.com/100%": "https://example.com/100%25",
    "https://example.com?q=ä#ö": "https://example.com?q=%C3%A4#%C3%B6",
    "tel:+49 12 34": "tel:+491234",
    "mailto:Ada <ada@example.com>": "mailto:Ada%20%3Cada@example.com%3E",
    "localhost": None,
    "@ada": None,
    "ftp://example.com": None,
    "data:text/html,x": None,
    "https://": None,
    "http://[::1": None,
    "C:\\cv.html": None,
    "n/a": None,
    "linkedin.com/in/ada lovelace": "https://linkedin.com/in/ada%20lovelace",
}


@pytest.mark.parametrize("text", URLS)
def test_url(text: str) -> None:
    assert read_url(text) == URLS[text]


ADDRESSES = {
    "mailto:ada@example.com": "ada@example.com",
    "Ada <ada@example.com>": "ada@example.com",
    "ada @ example . com": "ada@example.com",
    "ada(at)example.com": "ada@example.com",
    "a@example.com, b@example.com": "a@example.com",
    "ada@localhost": "ada@localhost",
    "ada": None,
    "@": None,
}


@pytest.mark.parametrize("text", ADDRESSES)
def test_address(text: str) -> None:
    assert read_address(text) == ADDRESSES[text]
