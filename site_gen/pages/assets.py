"""File names that contain a hash of the content, so that a browser can cache a file for a year and never shows an old
one."""

from __future__ import annotations

import hashlib
import posixpath
import re
from dataclasses import dataclass
from pathlib import PurePosixPath
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping

HASH_DIGITS = 12
COUNTER_NAME = "visitor-count.js"
FIXED_NAMES = ("favicon.ico", COUNTER_NAME)
STYLESHEET_URL = re.compile(rb"""url\(\s*(["']?)([^"')]+?)\1\s*\)""")


@dataclass(frozen=True)
class Asset:
    """A published file. path: relative to the site's root."""

    path: PurePosixPath
    content: bytes


def hash_assets(sources: Mapping[str, bytes]) -> dict[str, Asset]:
    """Return the published form of every source, by the name that templates use.

    All assets are in one flat folder: equal names differ by hash, and equal hashes are the same file. Stylesheets come
    last because they refer to the others (fonts, images) by their published names.
    """
    assets = {name: publish(name, content) for name, content in sources.items() if not is_stylesheet(name)}
    for name in filter(is_stylesheet, sources):
        assets[name] = publish(name, point_to_published(name, sources[name], assets))
    return assets


def at_root(assets: Mapping[str, Asset]) -> dict[PurePosixPath, bytes]:
    """Return the files that are requested by a fixed name: favicon.ico by browsers, the counter by other sites."""
    return {PurePosixPath(name): assets[name].content for name in FIXED_NAMES if name in assets}


def is_stylesheet(name: str) -> bool:
    """Return True for the name of a CSS file."""
    return name.endswith(".css")


def publish(name: str, content: bytes) -> Asset:
    """Return the asset under a name with a hash of its content."""
    source = PurePosixPath(name)
    digest = hashlib.sha256(content).hexdigest()[:HASH_DIGITS]
    return Asset(PurePosixPath("assets", f"{source.stem}.{digest}{source.suffix}"), content)


def point_to_published(name: str, stylesheet: bytes, assets: Mapping[str, Asset]) -> bytes:
    """Replace `url(font.woff2)` by `url("font.1f2e3d4c5b6a.woff2")`; external URLs, data: and fragments are
    unchanged."""

    def replace(match: re.Match[bytes]) -> bytes:
        target = match[2].decode("utf-8", "replace")
        asset = assets.get(posixpath.normpath(posixpath.join(posixpath.dirname(name), target)))
        return f'url("{asset.path.name}")'.encode() if asset else match[0]

    return STYLESHEET_URL.sub(replace, stylesheet)
