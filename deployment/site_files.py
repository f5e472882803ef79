"""The files of a built site, and how each is served. Pure but for reading them."""

from __future__ import annotations

import hashlib
import mimetypes
from dataclasses import dataclass
from pathlib import Path

from errors import OutputError

HASHED = "assets/"
"""Files below it have their content's hash in their name (site_gen makes them so): they never change."""

A_YEAR_IMMUTABLE = "public, max-age=31536000, immutable"
REVALIDATED = "public, max-age=0, s-maxage=31536000, must-revalidate"
"""A browser asks each time; CloudFront answers from its cache until a deploy invalidates the changed page."""

TYPES = mimetypes.MimeTypes(filenames=())
"""Python's own table and ours, never the machine's: a deploy must not depend on /etc/mime.types."""
for _suffix, _type in {
    ".avif": "image/avif", ".ico": "image/x-icon", ".js": "text/javascript", ".map": "application/json",
    ".md": "text/markdown", ".mjs": "text/javascript", ".otf": "font/otf", ".ttf": "font/ttf",
    ".wasm": "application/wasm", ".webmanifest": "application/manifest+json", ".webp": "image/webp",
    ".woff": "font/woff", ".woff2": "font/woff2", ".xml": "application/xml",
}.items():  # fmt: skip
    TYPES.add_type(_type, _suffix)

TEXT = ("application/json", "application/manifest+json", "application/xml", "image/svg+xml", "text/")
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
    """Every file below `folder`, sorted by key. Raises OutputError when one cannot be read."""
    return tuple(
        SiteFile(key, path, _md5(path), content_type(key), cache_control(key))
        for key, path in sorted(
            (path.relative_to(folder).as_posix(), path) for path in folder.rglob("*") if path.is_file()
        )
    )


def content_type(key: str) -> str:
    kind, _encoding = TYPES.guess_type(key)
    if kind is None:
        return "application/octet-stream"
    return f"{kind}; charset=utf-8" if kind.startswith(TEXT) else kind


def cache_control(key: str) -> str:
    return A_YEAR_IMMUTABLE if key.startswith(HASHED) else REVALIDATED


def _md5(path: Path) -> str:
    try:
        with path.open("rb") as file:
            return hashlib.file_digest(file, lambda: hashlib.md5(usedforsecurity=False)).hexdigest()
    except OSError as exc:
        raise OutputError(str(path), f"cannot be read: {exc.strerror}", "make it readable, or take it out") from exc
