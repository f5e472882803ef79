"""Where a link may lead, and how one is made of an address or a phone number."""

from __future__ import annotations

import re
from urllib.parse import quote, urlsplit

SCHEMES = ("https", "http", "mailto", "tel")


def is_safe_link(url: str) -> bool:
    """Only schemes that navigate: `javascript:` and `data:` are valid URIs too, and run as code when clicked."""
    try:
        parts = urlsplit(url)
    except ValueError:
        return False
    needs_host = parts.scheme in {"http", "https"}
    return parts.scheme in SCHEMES and bool(parts.netloc if needs_host else parts.path)


def mail_link(address: str) -> str:
    """Quoted, so that an address cannot add a subject or a second recipient."""
    return f"mailto:{quote(address, safe='@+')}"


def phone_link(number: str) -> str:
    """ "+44 7700 900142" → "tel:+447700900142" """
    return f"tel:{re.sub(r'[^0-9+]', '', number)}"


def short_url(url: str) -> str:
    """As a person would write it: "https://www.example.com/" → "example.com"."""
    return re.sub(r"^(https?://)?(www\.)?", "", url).rstrip("/")
