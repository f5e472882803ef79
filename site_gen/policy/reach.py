"""Which pages and stylesheets of a site its front page leads to, by links and loads.

Others may be left from a template, or a script may load them, which is not known.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from pathlib import PurePosixPath
from urllib.parse import unquote, urlsplit

from site_gen.folders.own_site import FRONT_PAGE, MISSING_PAGE
from site_gen.policy.loads import Reading


def reachable(readings: Mapping[PurePosixPath, Reading], host: str) -> set[PurePosixPath]:
    """Return the paths that the front page and the error page of the site at `host` lead to, and themselves."""
    found: set[PurePosixPath] = set()
    left = [path for path in (FRONT_PAGE, MISSING_PAGE) if path in readings]
    while left:
        path = left.pop()
        if path in found:
            continue
        found.add(path)
        reading = readings[path]
        addresses = [*reading.links, *(load.url for load in reading.loads)]
        left += [one for address in addresses for one in _paths(address, host) if one in readings]
    return found


def _paths(address: str, host: str) -> Iterator[PurePosixPath]:
    """Yield the files that may be served at `address`; none for another host."""
    try:
        parts = urlsplit(address)
    except ValueError:
        return
    if parts.netloc.lower() == host and parts.scheme in ("http", "https"):
        path = PurePosixPath(unquote(parts.path).lstrip("/"))
        yield path
        yield path / FRONT_PAGE
