"""The files of a built site, and how each is served. Pure but for reading them."""

from __future__ import annotations

import hashlib
import mimetypes
import re
from dataclasses import dataclass
from pathlib import Path, PurePosixPath

from errors import OutputError

HASHED = re.compile(r"assets/[^/]+\.[0-9a-f]{12}(\.[^/.]*)?")
"""Files so named carry their content's hash (site_gen makes them so): they never change. Others in `assets/` may."""

KEY_LIMIT = 1024
"""Bytes of UTF-8. Source: "Naming Amazon S3 objects", Amazon S3 User Guide."""

A_YEAR_IMMUTABLE = "public, max-age=31536000, immutable"
REVALIDATED = "public, max-age=0, s-maxage=31536000, must-revalidate"
"""A browser asks each time; CloudFront answers from its cache until a deploy invalidates the changed page."""

TYPES = mimetypes.MimeTypes(filenames=()).types_map[True] | {
    ".atom": "application/atom+xml",
    ".avif": "image/avif",
    ".gz": "application/gzip",
    ".ico": "image/x-icon",
    ".ics": "text/calendar",
    ".js": "text/javascript",
    ".jxl": "image/jxl",
    ".map": "application/json",
    ".md": "text/markdown",
    ".mjs": "text/javascript",
    ".otf": "font/otf",
    ".rss": "application/rss+xml",
    ".ttf": "font/ttf",
    ".wasm": "application/wasm",
    ".webmanifest": "application/manifest+json",
    ".webp": "image/webp",
    ".woff": "font/woff",
    ".woff2": "font/woff2",
    ".xml": "application/xml",
}
"""Suffix -> type: Python's own table and ours, never the machine's, so that a deploy does not depend on
/etc/mime.types. By the last suffix alone: Python would call x.css.gz CSS, and it is served as the archive it is."""

TEXT = re.compile(r"text/.*|application/(json|xml)|.*\+(json|xml)")
"""Types whose bytes are text: ours are UTF-8, and say so."""


@dataclass(frozen=True)
class SiteFile:
    """`key` is the path within the site, and `md5` what S3 shows as the ETag of an object uploaded in one piece."""

    key: str
    source: Path
    md5: str
    content_type: str
    cache_control: str


def read_site(folder: Path) -> tuple[SiteFile, ...]:
    """Every file below `folder`, sorted by key. Raises OutputError for one that cannot be read, or has no key."""
    found = ((path.relative_to(folder).as_posix(), path) for path in folder.rglob("*") if path.is_file())
    return tuple(
        SiteFile(_valid(key, path), path, _md5(path), content_type(key), cache_control(key))
        for key, path in sorted(found)
    )


def is_hashed(key: str) -> bool:
    return bool(HASHED.fullmatch(key))


def content_type(key: str) -> str:
    suffix = PurePosixPath(key).suffix.lower()
    kind = TYPES.get(suffix, "application/octet-stream")
    return f"{kind}; charset=utf-8" if TEXT.fullmatch(kind) else kind


def cache_control(key: str) -> str:
    return A_YEAR_IMMUTABLE if is_hashed(key) else REVALIDATED


def _valid(key: str, path: Path) -> str:
    """`key`, if S3 can hold it and list it again."""
    try:
        problem = "is a longer path than S3 takes" if len(key.encode()) > KEY_LIMIT else ""
    except UnicodeEncodeError:
        problem = "has a name that is not UTF-8"
    if any(character < " " or character == "\x7f" for character in key):
        problem = "has a control character in its name"
    if problem:
        raise OutputError(ascii(str(path)), problem, "rename it")
    return key


def _md5(path: Path) -> str:
    try:
        with path.open("rb") as file:
            return hashlib.file_digest(file, lambda: hashlib.md5(usedforsecurity=False)).hexdigest()
    except OSError as exc:
        raise OutputError(str(path), f"cannot be read: {exc.strerror}", "make it readable, or take it out") from exc
