"""Checks of symbolic links in a site's folders: their content would be published, so they must lead to public files."""

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
    """Return True if a file of this name is published. Hidden files such as .git, .env or .DS_Store are not;
    `.well-known` is the one exception (RFC 8615)."""
    return not name.startswith(".") or name == ".well-known"


def inside(link: Path, root: Path) -> Path:
    """Return the target of `link`. root: the site's folder, with links resolved.

    Raises ResumeError when it leads out of the site or to a hidden file, OSError when it is dangling.
    """
    real = Path(os.path.realpath(link, strict=True))
    if not real.is_relative_to(root):
        raise unsuitable(link, f"is a link out of the site's folder, to {real}", "replace the link by a copy")
    if not all(map(is_public, real.relative_to(root).parts)):
        raise unsuitable(link, f"is a link to {real}, which is hidden", "replace the link by a copy")
    return real


def require_confined(folder: Path, site: Path) -> None:
    """Raise an error if `folder` contains something that must not or cannot be published.

    Raises ResumeError for a link (or the folder itself being one) that leads out of the site, to a hidden file or to a
    folder, and for anything that is neither a file nor a folder; OutputError for a dangling link.
    """
    root = site.resolve()
    with explain_os_errors(folder, "read"):
        if folder.is_symlink():
            inside(folder, root)
        for path in _public_entries(folder):
            if path.is_symlink() and inside(path, root).is_dir():
                raise unsuitable(path, "is a link to a folder", "replace the link by the folder itself")
            mode = path.stat().st_mode
            if not (stat.S_ISREG(mode) or stat.S_ISDIR(mode)):
                raise unsuitable(path, "is neither a file nor a folder", "remove it from the site")


def unsuitable(path: Path, what: str, next_step: str) -> ResumeError:
    """Return the error for an output folder that cannot be used. what: the reason."""
    return ResumeError(str(path), what, next_step)


def _public_entries(folder: Path) -> Iterator[Path]:
    for root, folders, files in os.walk(folder):
        folders[:] = sorted(filter(is_public, folders))
        yield from (Path(root, name) for name in (*folders, *sorted(filter(is_public, files))))
