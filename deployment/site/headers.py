"""How a file of a site is served: type, encoding, caching. Pure.

Nothing is compressed here. CloudFront compresses by itself, with brotli or gzip as the browser asks, what the origin
sends plain, of 1,000 to 10,000,000 bytes, of the types that shrink: HTML, CSS, JavaScript, JSON, XML, SVG, plain text,
the older fonts, WebAssembly. S3 holds one body per key and does not negotiate: a compressed one would also go to those
who did not ask (curl, a feed reader), and would save little: the whole résumé of 35.3 KB is 11.2 KB with brotli as
servers use it and 9.9 KB with the slowest there is. What is left over is small (a manifest), is compressed already
(woff2, webp, avif, png, mp4, the streams inside a PDF), or above ten million bytes, where text has no place on a page.
So the right type is what pays. Source: "Serve compressed files", Amazon CloudFront Developer Guide.
"""

from __future__ import annotations

import mimetypes
import re
from dataclasses import dataclass
from pathlib import PurePosixPath

HASHED = re.compile(r"assets/[^/]+\.[0-9a-f]{12}(\.[^/.]*)?")
"""Files so named carry their content's hash (site_gen makes them so): they never change. Others in `assets/` may."""

A_YEAR_IMMUTABLE = "public, max-age=31536000, immutable"
REVALIDATED = "public, max-age=0, s-maxage=31536000, must-revalidate"
"""A browser asks each time; CloudFront answers from its cache until a deploy invalidates the changed page."""

TYPES = mimetypes.MimeTypes(filenames=()).types_map[True] | {
    ".7z": "application/x-7z-compressed",
    ".apng": "image/apng",
    ".atom": "application/atom+xml",
    ".avif": "image/avif",
    ".cjs": "text/javascript",
    ".csv": "text/csv",
    ".eot": "application/vnd.ms-fontobject",
    ".epub": "application/epub+zip",
    ".flac": "audio/flac",
    ".geojson": "application/geo+json",
    ".gz": "application/gzip",
    ".ico": "image/x-icon",
    ".ics": "text/calendar",
    ".jpg": "image/jpeg",
    ".js": "text/javascript",
    ".jsonld": "application/ld+json",
    ".jxl": "image/jxl",
    ".m4a": "audio/mp4",
    ".m4v": "video/mp4",
    ".map": "application/json",
    ".markdown": "text/markdown",
    ".md": "text/markdown",
    ".mjs": "text/javascript",
    ".oga": "audio/ogg",
    ".ogg": "audio/ogg",
    ".ogv": "video/ogg",
    ".opus": "audio/ogg",
    ".otf": "font/otf",
    ".rss": "application/rss+xml",
    ".rtf": "application/rtf",
    ".svgz": "image/svg+xml",
    ".toml": "application/toml",
    ".ttc": "font/collection",
    ".ttf": "font/ttf",
    ".vcf": "text/vcard",
    ".vtt": "text/vtt",
    ".wasm": "application/wasm",
    ".wav": "audio/wav",
    ".weba": "audio/webm",
    ".webm": "video/webm",
    ".webmanifest": "application/manifest+json",
    ".webp": "image/webp",
    ".woff": "font/woff",
    ".woff2": "font/woff2",
    ".xhtml": "application/xhtml+xml",
    ".xml": "application/xml",
    ".yaml": "application/yaml",
    ".yml": "application/yaml",
    ".zip": "application/zip",
}
"""Suffix -> type: Python's own table and ours, never the machine's, so that a deploy does not depend on
/etc/mime.types. By the last suffix alone: Python would call x.css.gz CSS, and it is served as the archive it is."""

NAMES = {"apple-app-site-association": "application/json"}
"""File name -> type, where a protocol wants one and no suffix tells it."""

UNKNOWN = "application/octet-stream"
TEXT = re.compile(r"text/.*|application/(json|xml|yaml|toml)|.*\+(json|xml)")
"""Types whose bytes are text, and may say in which encoding."""

PAGES = ("text/html", "application/xhtml+xml")


@dataclass(frozen=True)
class Headers:
    """`content_encoding` is "" for what is sent as it is."""

    content_type: str
    cache_control: str
    content_encoding: str = ""

    @property
    def is_page(self) -> bool:
        return self.content_type.partition(";")[0] in PAGES


def headers(key: str, *, utf_8: bool, gzipped: bool) -> Headers:
    """utf_8: whether the content is valid UTF-8. gzipped: whether it begins as a gzip stream does."""
    encoding = "gzip" if gzipped and _suffix(key) == ".svgz" else ""
    return Headers(content_type(key, utf_8=utf_8), cache_control(key), encoding)


def content_type(key: str, *, utf_8: bool = True) -> str:
    """Text says that it is UTF-8 only where it is: other text may say itself what it is (`<meta charset>`)."""
    kind = _type(key)
    return f"{kind}; charset=utf-8" if utf_8 and is_text(key) else kind


def is_text(key: str) -> bool:
    return _suffix(key) != ".svgz" and TEXT.fullmatch(_type(key)) is not None


def cache_control(key: str) -> str:
    return A_YEAR_IMMUTABLE if is_hashed(key) else REVALIDATED


def is_hashed(key: str) -> bool:
    return HASHED.fullmatch(key) is not None


def _type(key: str) -> str:
    return NAMES.get(PurePosixPath(key).name) or TYPES.get(_suffix(key), UNKNOWN)


def _suffix(key: str) -> str:
    return PurePosixPath(key).suffix.lower()
