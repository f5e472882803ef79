"""Validation of links, and links for e-mail addresses and phone numbers."""

from __future__ import annotations

import re
from urllib.parse import quote, urlsplit

SCHEMES = ("https", "http", "mailto", "tel")


def is_safe_link(url: str) -> bool:
    """Return True if the URL's scheme is allowed: `javascript:` and `data:` are valid URIs too, but run code when
    clicked."""
    try:
        parts = urlsplit(url)
    except ValueError:
        return False
    needs_host = parts.scheme in {"http", "https"}
    return parts.scheme in SCHEMES and bool(parts.netloc if needs_host else parts.path)


def mail_link(address: str) -> str:
    """Return the mailto: link, percent-encoded so that an address cannot add a subject or a second recipient."""
    return f"mailto:{quote(address, safe='@+')}"


def phone_link(number: str) -> str:
    """Return the tel: link: "+44 7700 900142" → "tel:+447700900142"."""
    return f"tel:{re.sub(r'[^0-9+]', '', number)}"


def short_url(url: str) -> str:
    """Return the URL without its scheme and www., for display: "https://www.example.com/" → "example.com"."""
    return re.sub(r"^(https?://)?(www\.)?", "", url).rstrip("/")
