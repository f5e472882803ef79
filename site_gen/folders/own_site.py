"""A static site of the user's own: published unchanged, with a default 404 page if it has none."""

from __future__ import annotations

import os
import stat
from dataclasses import dataclass
from pathlib import Path, PurePosixPath
from typing import TYPE_CHECKING

from site_gen.folders.access import explain_os_errors
from site_gen.folders.confinement import inside, is_public, unsuitable
from site_gen.folders.ignoring import is_ignored

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from site_gen.folders.output import Contents

FRONT_PAGE = PurePosixPath("index.html")
MISSING_PAGE = PurePosixPath("404.html")
PLAYLIST, TYPESCRIPT = ".m3u8", "*.ts"
"""Of an HLS video, whose segments end in .ts too; and the pattern that is not for those."""

LISTED = 5
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


@dataclass(frozen=True)
class OwnSite:
    """contents: every published file by its path, to be copied. ignored: what is left out, a folder as a whole."""

    contents: Contents
    ignored: tuple[PurePosixPath, ...] = ()

    @property
    def notes(self) -> tuple[str, ...]:
        """Return a note for the owner about the ignored files."""
        if not self.ignored:
            return ()
        listed = ", ".join(path.as_posix() for path in self.ignored[:LISTED])
        more = f" and {len(self.ignored) - LISTED} more" if len(self.ignored) > LISTED else ""
        return (f"not published, by site.ignore: {listed}{more}",)


def list_own_site(source: Path, ignore: Iterable[str] = ()) -> OwnSite:
    """Return the files of the site in `source`. They may be large (videos), so they are not read here.

    ignore: patterns of files and folders to leave out. Raises ResumeError for a link that leads out of the folder or to
    a hidden file, and if the front page is ignored.
    """
    walk = _Walk(source, tuple(ignore))
    with explain_os_errors(source, "read"):
        root = source.resolve()
        files = {PurePosixPath(path.relative_to(source).as_posix()): path for path in walk.files(source, (root,))}
    if FRONT_PAGE in walk.ignored:
        raise unsuitable(source / FRONT_PAGE, "is ignored, by site.ignore", "change site.ignore in settings.toml")
    return OwnSite({MISSING_PAGE: MISSING, **files}, tuple(walk.ignored))


class _Walk:
    """A walk through the site in `source`. ignored: what it has left out so far."""

    def __init__(self, source: Path, patterns: tuple[str, ...]) -> None:
        self.ignored: list[PurePosixPath] = []
        self._source = source
        self._root = source.resolve()
        self._patterns = patterns

    def files(self, folder: Path, above: tuple[Path, ...]) -> Iterator[Path]:
        """Yield the public files below `folder`, following links. above: the real paths of the folder and its
        ancestors."""
        entries = sorted(os.scandir(folder), key=lambda entry: entry.name)
        has_playlist = any(entry.name.lower().endswith(PLAYLIST) for entry in entries)
        for entry in entries:
            path = Path(entry.path)
            if not is_public(entry.name) or self._ignores(path, segments=has_playlist):
                continue
            real = inside(path, self._root) if entry.is_symlink() else above[-1] / entry.name
            if entry.is_dir():
                if real in above:
                    raise unsuitable(path, f"is a link to {real}, which contains the link", "remove the link")
                yield from self.files(path, (*above, real))
            elif stat.S_ISREG(entry.stat().st_mode):
                yield path
            else:
                raise unsuitable(path, "is neither a file nor a folder", "remove it from the site")

    def _ignores(self, path: Path, *, segments: bool) -> bool:
        """Return True if a pattern matches. segments: files in .ts beside it are parts of a video, not TypeScript."""
        relative = PurePosixPath(path.relative_to(self._source).as_posix())
        ignored = is_ignored(relative, [one for one in self._patterns if not segments or one != TYPESCRIPT])
        if ignored:
            self.ignored.append(relative)
        return ignored
