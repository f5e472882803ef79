"""The files of a site of the user's own that are not published: sources, tools, notes (`site.ignore`)."""

from __future__ import annotations

from collections.abc import Iterable
from fnmatch import fnmatchcase
from pathlib import PurePosixPath


def is_ignored(path: PurePosixPath, patterns: Iterable[str]) -> bool:
    """Return True if a pattern matches `path`, relative to the site. Upper and lower case are the same.

    A pattern with a slash is one for the whole path, any other for the name of a file or folder in any folder.
    """
    return any(_matches(path, pattern.rstrip("/").casefold()) for pattern in patterns)


def _matches(path: PurePosixPath, pattern: str) -> bool:
    return fnmatchcase((path.as_posix() if "/" in pattern else path.name).casefold(), pattern)
