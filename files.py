"""Atomic file writes."""

from __future__ import annotations

import tempfile
from pathlib import Path

from errors import OutputError


def write_atomically(path: Path, content: bytes) -> None:
    """Write `content` to `path` atomically: readers see the old file or the new one, even if this process is killed.

    Raises OutputError when the file cannot be written.
    """
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        with tempfile.NamedTemporaryFile(dir=path.parent, prefix=f".{path.name}.", delete=False) as file:
            unfinished = Path(file.name)
            try:
                file.write(content)
                file.close()
                unfinished.replace(path)
            except BaseException:
                unfinished.unlink(missing_ok=True)
                raise
    except OSError as exc:
        raise OutputError(
            str(path), f"cannot be written: {exc.strerror}", "make the folder writable, or free some disk space"
        ) from exc
