"""Lists the project's files, in a Git checkout and in an unpacked archive of one."""

from __future__ import annotations

import os
import subprocess
from collections.abc import Iterator
from fnmatch import fnmatch
from pathlib import Path


def files_of(root: Path, pattern: str) -> list[str]:
    """Return the files below `root` that match `pattern` and that Git tracks or would add, sorted, with forward
    slashes.

    pattern: as for `git ls-files`, so * also matches slashes. Without Git, or in an archive, return every file that
    .gitignore does not exclude; only the subset of its syntax that this project uses is supported.
    """
    names = _with_git(root, pattern)
    if names is None:
        names = [name for name in _walk(root) if fnmatch(name, pattern)]
    return sorted(name for name in names if (root / name).is_file())


def _with_git(root: Path, pattern: str) -> list[str] | None:
    """Return the files that `git ls-files` lists, or None without a Git checkout.

    A checkout in a parent folder, around an unpacked archive, does not count.
    """
    if not (root / ".git").exists():
        return None
    command = ["git", "ls-files", "-z", "-co", "--exclude-standard", "--", pattern]
    try:
        listed = subprocess.run(command, cwd=root, capture_output=True, check=False)
    except FileNotFoundError:
        return None
    return None if listed.returncode else [os.fsdecode(name) for name in listed.stdout.split(b"\0") if name]


def _walk(root: Path) -> Iterator[str]:
    ignored = _ignored(root)
    for folder, folders, files in os.walk(root):
        place = Path(folder).relative_to(root)
        folders[:] = [name for name in folders if name != ".git" and not _is_ignored(place / name, ignored)]
        yield from ((place / name).as_posix() for name in files if not _is_ignored(place / name, ignored))


def _ignored(root: Path) -> list[str]:
    try:
        lines = (root / ".gitignore").read_text(encoding="utf-8").split()
    except FileNotFoundError:
        return []
    return [line.rstrip("/") for line in lines]


def _is_ignored(path: Path, ignored: list[str]) -> bool:
    """Return True if a pattern matches; a pattern that begins with a slash applies to the top folder only."""
    return any(fnmatch(f"/{path.as_posix()}" if one.startswith("/") else path.name, one) for one in ignored)
