"""Compression as CloudFront does it, so that what is measured locally is what is served. Pure.

Source: "Serve compressed files", Amazon CloudFront Developer Guide. It does not say at which levels CloudFront
compresses; these are the usual ones of servers that compress on the fly.
"""

from __future__ import annotations

import gzip
import re
from collections.abc import Mapping

import brotli
from multidict import CIMultiDict

SMALLEST, LARGEST = 1_000, 10_000_000
"""Bytes of an uncompressed body."""

STATUSES = (200, 403, 404)
GZIP_LEVEL = 6
BROTLI_QUALITY = 5

# As for PDF and WebAssembly, see docs/site-upload.md ("What only a real account can confirm").
_LISTED = """
    application/dash+xml application/eot application/font application/font-sfnt application/javascript
    application/json application/opentype application/otf application/pdf application/pkcs7-mime
    application/protobuf application/rss+xml application/truetype application/ttf application/vnd.apple.mpegurl
    application/vnd.mapbox-vector-tile application/vnd.ms-fontobject application/wasm application/x-font-opentype
    application/x-font-truetype application/x-font-ttf application/x-httpd-cgi application/x-javascript
    application/x-mpegurl application/x-opentype application/x-otf application/x-perl application/x-ttf
    application/xhtml+xml application/xml font/eot font/opentype font/otf font/ttf image/svg+xml text/css text/csv
    text/html text/javascript text/js text/plain text/richtext text/tab-separated-values text/x-component
    text/x-java-source text/x-script text/xml vnd.apple.mpegurl
"""

TYPES = frozenset(_LISTED.split())

_WEAK = re.compile(r'\bW/(?=")')


def chosen_encoding(accept_encoding: str) -> str:
    """Return the encoding for a viewer with this header: br if it accepts it, else gzip, else nothing."""
    accepted = set()
    for each in accept_encoding.lower().split(","):
        name, *parameters = (part.strip() for part in each.split(";"))
        if not any(re.fullmatch(r"q=0(\.0*)?", parameter) for parameter in parameters):
            accepted.add(name)
    return next((name for name in ("br", "gzip") if name in accepted), "")


def is_compressible(status: int, headers: Mapping[str, str]) -> bool:
    """Return True if CloudFront compresses a response of the origin with these headers."""
    length = headers.get("Content-Length", "")
    kind = headers.get("Content-Type", "").partition(";")[0].strip().lower()
    is_sized = length.isascii() and length.isdigit() and SMALLEST <= int(length) <= LARGEST
    return status in STATUSES and is_sized and kind in TYPES and "Content-Encoding" not in headers


def compressed(body: bytes, encoding: str) -> bytes:
    """Return the body in the encoding, br or gzip."""
    if encoding == "br":
        return bytes(brotli.compress(body, quality=BROTLI_QUALITY))
    return gzip.compress(body, GZIP_LEVEL, mtime=0)


def compressed_headers(headers: CIMultiDict[str], encoding: str) -> CIMultiDict[str]:
    """Return the headers of the compressed response: without a length, and with a weak entity tag."""
    changed = headers.copy()
    changed.popall("Content-Length", None)
    changed["Content-Encoding"] = encoding
    vary = [*headers.getall("Vary", []), "Accept-Encoding"]
    changed["Vary"] = ", ".join(dict.fromkeys(vary))
    tag = changed.pop("ETag", "")
    if tag.startswith(('"', 'W/"')):
        changed["ETag"] = tag if tag.startswith("W/") else f"W/{tag}"
    return changed


def strong_tags(if_none_match: str) -> str:
    """Return the header for the origin, which knows the strong entity tags: both match the same file."""
    return _WEAK.sub("", if_none_match)


def tag_as_asked(tag: str, if_none_match: str) -> str:
    """Return the entity tag of a 304 response, weak if that is how the viewer knows it."""
    return f"W/{tag}" if f"W/{tag}" in if_none_match else tag
