"""The site folder, read once, so that the rest of the build works on values."""

from __future__ import annotations

import os
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from errors import ResumeError
from site_gen.folders.access import explain_os_errors
from site_gen.folders.confinement import is_public, require_confined
from source_text import NotUtf8Error, decode

if TYPE_CHECKING:
    from collections.abc import Iterator

TEMPLATE_SUFFIX = ".jinja"


def is_own_site(source: Path) -> bool:
    """Return True for a static site of the user's own, False for a résumé.

    Raises ResumeError if the folder is missing or neither of them.
    """
    require_folder(source)
    with explain_os_errors(source, "read"):
        if (source / "resume.json").exists():
            return False
        if (source / "index.html").exists():
            return True
    raise ResumeError(
        str(source),
        "the folder has neither resume.json nor index.html",
        "put a resume.json in it (https://jsonresume.org/schema), or a static site of your own with an index.html",
    )


def require_folder(source: Path) -> None:
    """Raise ResumeError unless the site folder `source` exists."""
    with explain_os_errors(source, "read"):
        is_folder = source.is_dir()
    if not is_folder:
        raise ResumeError(
            str(source),
            "there is no such folder",
            "set site.folder in settings.toml to the folder that has your resume.json or index.html",
        )


@dataclass(frozen=True)
class SourceFiles:
    """The theme and images of a site. theme: its folder. templates: text by path inside the theme. assets: bytes by the
    name that templates use.

    A theme's own asset is named relative to the theme ("style.css"), any other relative to the site folder
    ("images/me.jpg").
    """

    theme: Path
    templates: dict[str, str]
    assets: dict[str, bytes]


def read_source(source: Path) -> SourceFiles:
    """Read the theme and the images of the site folder `source`.

    Raises ResumeError without a theme or for a link out of the site, OutputError for a file that cannot be read.
    """
    theme, images = source / "theme", source / "images"
    if not theme.is_dir():
        raise ResumeError(str(theme), "the theme is missing", "restore the theme folder that comes with the project")
    for folder in (theme, images):
        require_confined(folder, source)
    templates: dict[str, str] = {}
    assets: dict[str, bytes] = {}
    for path in walk_files(theme):
        name = path.relative_to(theme).as_posix()
        if path.suffix == TEMPLATE_SUFFIX:
            templates[name] = read_text(path)
        else:
            assets[name] = read_bytes(path)
    for path in walk_files(images):
        assets[path.relative_to(source).as_posix()] = read_bytes(path)
    return SourceFiles(theme, templates, assets)


def walk_files(folder: Path) -> Iterator[Path]:
    """Return every file below `folder`, sorted, without hidden files (`is_public`); nothing when the folder does not
    exist."""
    with explain_os_errors(folder, "read"):
        for root, folders, files in os.walk(folder, onerror=raise_unless_missing):
            folders[:] = sorted(name for name in folders if is_public(name))
            yield from (Path(root, name) for name in sorted(files) if is_public(name))


def raise_unless_missing(error: OSError) -> None:
    """Raise errors of os.walk, which ignores them by default: a site must not lose a folder silently."""
    if not isinstance(error, FileNotFoundError):
        raise error


def read_bytes(path: Path) -> bytes:
    """Return the content of a file. Raises OutputError if it cannot be read."""
    with explain_os_errors(path, "read"):
        return path.read_bytes()


def read_text(path: Path) -> str:
    """Return the file's text, UTF-8 with or without a byte order mark. Raises ResumeError for any other encoding."""
    try:
        return decode(read_bytes(path))
    except NotUtf8Error as error:
        where = f"{path}:{error.place}" if error.place else str(path)
        raise ResumeError(where, str(error), "save the file with UTF-8 encoding", excerpt=error.excerpt) from error
