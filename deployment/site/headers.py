"""HTTP headers of a file of the site: type, encoding, caching. Pure.

Files are not compressed before the upload. CloudFront compresses uncompressed objects of 1,000 to 10,000,000 bytes with
brotli or gzip, as the browser accepts, if their type is compressible: HTML, CSS, JavaScript, JSON, XML, SVG, plain
text, older fonts, WebAssembly. S3 stores one body per key without content negotiation, so clients that do not accept
compression (curl, a feed reader) would receive compressed bodies too, and little would be gained: the whole résumé of
35.3 KB is 11.2 KB with the usual level of brotli and 9.9 KB with the highest. All other files are small (a manifest),
compressed already (woff2, webp, avif, png, mp4, streams in a PDF), or too large for text on a page. So the right
content type is what matters. Source: "Serve compressed files", Amazon CloudFront Developer Guide.
"""

from __future__ import annotations

import mimetypes
import re
from dataclasses import dataclass
from pathlib import PurePosixPath

HASHED = re.compile(r"assets/[^/]+\.[0-9a-f]{12}(\.[^/.]*)?")
"""Names that site_gen generates with a hash of the content, which never changes. Other files in `assets/` may."""

A_YEAR_IMMUTABLE = "public, max-age=31536000, immutable"
REVALIDATED = "public, max-age=0, s-maxage=31536000, must-revalidate"
"""Browsers revalidate each time; CloudFront serves from its cache until a deploy invalidates the path."""

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
"""Suffix -> type, from Python's table and this one, not from /etc/mime.types, which differs between machines. Only the
last suffix counts: Python would return the type of CSS for x.css.gz, which is served as an archive."""

NAMES = {"apple-app-site-association": "application/json"}
"""File name -> type, for names without a suffix whose type a protocol prescribes."""

UNKNOWN = "application/octet-stream"
TEXT = re.compile(r"text/.*|application/(json|xml|yaml|toml)|.*\+(json|xml)")
"""Text types, which may have a charset."""

PAGES = ("text/html", "application/xhtml+xml")


@dataclass(frozen=True)
class Headers:
    """The headers of an object. content_encoding: "" for none."""

    content_type: str
    cache_control: str
    content_encoding: str = ""

    @property
    def is_page(self) -> bool:
        """Return True for an HTML page."""
        return self.content_type.partition(";")[0] in PAGES


def headers(key: str, *, utf_8: bool, gzipped: bool) -> Headers:
    """Return the headers of a file. utf_8: the content is valid UTF-8. gzipped: it starts like a gzip stream."""
    encoding = "gzip" if gzipped and _suffix(key) == ".svgz" else ""
    return Headers(content_type(key, utf_8=utf_8), cache_control(key), encoding)


def content_type(key: str, *, utf_8: bool = True) -> str:
    """Return the type, with a charset for UTF-8 text only: other text may declare its own (`<meta charset>`)."""
    kind = _type(key)
    return f"{kind}; charset=utf-8" if utf_8 and is_text(key) else kind


def is_text(key: str) -> bool:
    """Return True if files of this name contain text."""
    return _suffix(key) != ".svgz" and TEXT.fullmatch(_type(key)) is not None


def cache_control(key: str) -> str:
    """Return the Cache-Control header."""
    return A_YEAR_IMMUTABLE if is_hashed(key) else REVALIDATED


def is_hashed(key: str) -> bool:
    """Return True if the name contains a hash of the content."""
    return HASHED.fullmatch(key) is not None


def stage(key: str) -> int:
    """Return when a file is published: hashed assets (0), other files (1), then pages (2), which refer to them."""
    return 0 if is_hashed(key) else 2 if Headers(content_type(key), "").is_page else 1


def _type(key: str) -> str:
    return NAMES.get(PurePosixPath(key).name) or TYPES.get(_suffix(key), UNKNOWN)


def _suffix(key: str) -> str:
    return PurePosixPath(key).suffix.lower()
