"""Links within the folders of a site: what they show would be public, so they must lead to what is public anyway."""

from __future__ import annotations

import os
import stat
from pathlib import Path
from typing import TYPE_CHECKING

from errors import ResumeError
from site_gen.folders.access import explain_os_errors

if TYPE_CHECKING:
    from collections.abc import Iterator


def is_public(name: str) -> bool:
    """Hidden files stay out: nobody means to publish .git, .env or .DS_Store. `.well-known` is the one exception the
    web knows (RFC 8615)."""
    return not name.startswith(".") or name == ".well-known"


def inside(link: Path, root: Path) -> Path:
    """Where `link` leads. root: the site's folder, without links. Raises ResumeError, or OSError where it leads
    nowhere."""
    real = Path(os.path.realpath(link, strict=True))
    if not real.is_relative_to(root):
        raise unsuitable(link, f"is a link out of the site's folder, to {real}", "put a copy in its place")
    if not all(map(is_public, real.relative_to(root).parts)):
        raise unsuitable(link, f"is a link to {real}, which is hidden", "put a copy in its place")
    return real


def require_confined(folder: Path, site: Path) -> None:
    """Raises ResumeError for a link in `folder`, or the folder itself, that leads out of the site, to what is hidden
    in it or to a folder, and for what is neither a file nor a folder; OutputError for a link to nothing."""
    root = site.resolve()
    with explain_os_errors(folder, "read"):
        if folder.is_symlink():
            inside(folder, root)
        for path in _public_entries(folder):
            if path.is_symlink() and inside(path, root).is_dir():
                raise unsuitable(path, "is a link to a folder", "put the folder itself in its place")
            mode = path.stat().st_mode
            if not (stat.S_ISREG(mode) or stat.S_ISDIR(mode)):
                raise unsuitable(path, "is neither a file nor a folder", "take it out of the site")


def unsuitable(path: Path, what: str, next_step: str) -> ResumeError:
    return ResumeError(str(path), what, next_step)


def _public_entries(folder: Path) -> Iterator[Path]:
    for root, folders, files in os.walk(folder):
        folders[:] = sorted(filter(is_public, folders))
        yield from (Path(root, name) for name in (*folders, *sorted(filter(is_public, files))))
