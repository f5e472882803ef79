"""A static site the user wrote: published as it is."""

from __future__ import annotations

from pathlib import PurePosixPath
from typing import TYPE_CHECKING

from site_gen.source import walk_files

if TYPE_CHECKING:
    from pathlib import Path

    from site_gen.output import Contents


def list_own_site(source: Path) -> Contents:
    """Every public file by its path, to be copied: such a site may hold films, so nothing is read here."""
    return {PurePosixPath(path.relative_to(source).as_posix()): path for path in walk_files(source)}
