"""A static site of the user's own: published unchanged, with a default 404 page if it has none."""

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
"""The default 404 page. It has no styles, because the site's security policy may not allow any."""


def list_own_site(source: Path) -> Contents:
    """Return every public file by its path, to be copied. The files may be large (videos), so they are not read here.

    Raises ResumeError for a link that leads out of the folder or to a hidden file.
    """
    with explain_os_errors(source, "read"):
        root = source.resolve()
        files = {PurePosixPath(path.relative_to(source).as_posix()): path for path in _walk(source, root, (root,))}
    return {MISSING_PAGE: MISSING, **files}


def _walk(folder: Path, root: Path, above: tuple[Path, ...]) -> Iterator[Path]:
    """Return the public files below `folder`, following links. above: the real paths of the folder and its
    ancestors."""
    for entry in sorted(os.scandir(folder), key=lambda entry: entry.name):
        if not is_public(entry.name):
            continue
        path = Path(entry.path)
        real = inside(path, root) if entry.is_symlink() else above[-1] / entry.name
        if entry.is_dir():
            if real in above:
                raise unsuitable(path, f"is a link to {real}, which contains the link", "remove the link")
            yield from _walk(path, root, (*above, real))
        elif stat.S_ISREG(entry.stat().st_mode):
            yield path
        else:
            raise unsuitable(path, "is neither a file nor a folder", "remove it from the site")
