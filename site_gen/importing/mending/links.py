"""URLs and e-mail addresses as people write them."""

from __future__ import annotations

import re
from typing import Any
from urllib.parse import quote, urlsplit, urlunsplit

from rfc3986_validator import validate_rfc3986

from site_gen.importing.mending.change import Mended, Path, Repair, dropped, rewrite
from site_gen.resume.links import SCHEMES, is_safe_link

MARKDOWN = re.compile(r"\[([^\]]*)\]\(([^)\s]+)\)")
MISTYPED_SCHEME = re.compile(r"h?tt?p(s?)(?::/*|;/+|/+)(?=[\w.-]+\.\w)", re.IGNORECASE)
HOST = re.compile(r"(?:[\w-]+\.)+[^\W\d_][\w-]+\.?(?::\d+)?(?=[/?#]|$)")
ADDRESS = re.compile(r"[^\s<>\"',;:()]+@[^\s<>\"',;:()]+\.[^\s<>\"',;:()]*[^\s<>\"',;:().]")
HAS_SCHEME = re.compile(r"[A-Za-z][A-Za-z0-9+.-]*:")
STRAY_PERCENT = re.compile(r"%(?![0-9A-Fa-f]{2})")
KEPT = "%/:?#@!$&'()*+,;=~-._"
"""Characters that a URL may contain. A square bracket is one only in a host (RFC 3986, 3.2.2)."""

LONGEST = 2000
"""Characters of a URL or an address that is looked at, so that none takes long."""

URL_PATHS = {("meta", "canonical"), ("$schema",)}


def mend_links(document: Any) -> Mended:
    """Mend every URL of the document; what cannot be a link is left out."""
    return rewrite(document, _url)


def _url(path: Path, value: Any) -> Repair | None:
    if not isinstance(value, str) or not value.strip() or (path[-1:] != ("url",) and path not in URL_PATHS):
        return None
    if is_usable(value):
        return None
    mended = read_url(value)
    return Repair(mended) if mended else dropped("is not a usable link")


def is_usable(url: str) -> bool:
    """Return True for what the build accepts as a link."""
    return bool(validate_rfc3986(url, rule="URI")) and is_safe_link(url)


def read_url(text: str) -> str | None:
    """Return the URL that a text means, None if it is not a usable link."""
    if len(text) > LONGEST:
        return None
    url = _with_scheme(_unwrapped(text))
    try:
        encoded = _encoded(url) if url else ""
        return encoded if is_usable(encoded) else None
    except ValueError:  # an impossible host or port
        return None


def _unwrapped(text: str) -> str:
    url = text.strip().removesuffix(",").removesuffix(";")
    if found := MARKDOWN.fullmatch(url):
        return found[2]
    for first, last in ("<>", '""', "()"):
        if url.startswith(first) and url.endswith(last):
            return url[1:-1].strip()
    return url


def _with_scheme(url: str) -> str:
    """Return the URL with a scheme: www.example.com and github.com/ada → https://…; an address → mailto:…"""
    if ADDRESS.fullmatch(url):
        return f"mailto:{url}"
    url = MISTYPED_SCHEME.sub(lambda found: f"http{found[1].lower()}://", url, count=1) if _mistyped(url) else url
    bare = url.removeprefix("//")
    if HOST.match(bare):
        return f"https://{bare}"
    scheme, mark, rest = url.partition(":")
    return f"{scheme.lower()}{mark}{rest}" if HAS_SCHEME.match(url) else ""


def _mistyped(url: str) -> bool:
    return bool(MISTYPED_SCHEME.match(url)) and not re.match(r"https?://(?!/)", url, re.IGNORECASE)


def _encoded(url: str) -> str:
    """Return the URL with what a URL cannot contain percent-encoded: <user>, spaces, letters with accents."""
    parts = urlsplit(url)
    if parts.scheme not in SCHEMES:
        return url
    if not parts.netloc:
        rest = url.partition(":")[2].replace(" ", "" if parts.scheme == "tel" else "%20")
        return f"{parts.scheme}:{_quoted(rest)}"
    user, mark, host = parts.netloc.rpartition("@")
    netloc = f"{_quoted(user)}{mark}{_ascii(host)}"
    return urlunsplit((parts.scheme, netloc, _quoted(parts.path), _quoted(parts.query), _quoted(parts.fragment)))


def _quoted(part: str) -> str:
    whole = STRAY_PERCENT.sub("%25", part)
    return quote(whole, safe=KEPT).replace("#", "%23") if whole else whole


def _ascii(host: str) -> str:
    """Return a host name with other letters than ASCII as DNS has it. Raises ValueError for an impossible one."""
    return host if host.isascii() else host.encode("idna").decode("ascii")


def mend_addresses(document: Any) -> Mended:
    """Mend the e-mail addresses: `mailto:`, `Ada <ada@example.com>`, spaces."""
    return rewrite(document, _email)


def _email(path: Path, value: Any) -> Repair | None:
    if path != ("basics", "email") or not isinstance(value, str) or not value.strip():
        return None
    mended = read_address(value)
    if mended == value:
        return None
    return Repair(mended) if mended else dropped("is not an e-mail address")


def read_address(text: str) -> str | None:
    """Return the first e-mail address in a text, None if there is none."""
    if len(text) > LONGEST:
        return None
    without = re.sub(r"(?i)mailto:", "", text).replace("(at)", "@").replace("[at]", "@").replace("(dot)", ".")
    address = ADDRESS.search(without) or ADDRESS.search(re.sub(r"\s*([@.])\s*", r"\1", without))
    if address:
        return address[0]
    return text if re.fullmatch(r"[^\s@<>]+@[^\s@<>]+", text) else None
