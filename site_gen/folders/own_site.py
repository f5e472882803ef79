"""A static site the user wrote: published as it is, with a page for what is not there when it has none."""

from __future__ import annotations

import os
import stat
from pathlib import Path, PurePosixPath
from typing import TYPE_CHECKING

from site_gen.folders.access import explain_os_errors
from site_gen.folders.confinement import inside, is_public, unsuitable

if TYPE_CHECKING:
    from collections.abc import Iterator

    from site_gen.folders.output import Contents

MISSING_PAGE = PurePosixPath("404.html")
MISSING = b"""\
<!doctype html>
<html lang="en">
<meta charset="utf-8">
<meta name="viewport" content="width=device-width">
<meta name="color-scheme" content="light dark">
<title>Not found</title>
<h1>Not found</h1>
<p>There is no page at this address. <a href="/">To the front page</a></p>
</html>
"""
"""No style of its own: the site's security policy may allow none."""


def list_own_site(source: Path) -> Contents:
    """Every public file by its path, to be copied: such a site may hold films, so nothing is read here.

    Raises ResumeError for a link that leads out of the folder, or into what is hidden in it.
    """
    with explain_os_errors(source, "read"):
        root = source.resolve()
        files = {PurePosixPath(path.relative_to(source).as_posix()): path for path in _walk(source, root, (root,))}
    return {MISSING_PAGE: MISSING, **files}


def _walk(folder: Path, root: Path, above: tuple[Path, ...]) -> Iterator[Path]:
    """The public files below `folder`, links followed. above: the real paths of it and the folders it is in."""
    for entry in sorted(os.scandir(folder), key=lambda entry: entry.name):
        if not is_public(entry.name):
            continue
        path = Path(entry.path)
        real = inside(path, root) if entry.is_symlink() else above[-1] / entry.name
        if entry.is_dir():
            if real in above:
                raise unsuitable(path, f"is a link to {real}, which it is in itself", "take the link out")
            yield from _walk(path, root, (*above, real))
        elif stat.S_ISREG(entry.stat().st_mode):
            yield path
        else:
            raise unsuitable(path, "is neither a file nor a folder", "take it out of the site")
