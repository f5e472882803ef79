"""Files of ours, written whole or not at all."""

from __future__ import annotations

import os
import tempfile
from pathlib import Path

from errors import OutputError


def write_atomically(path: Path, content: bytes) -> None:
    """Puts `content` at `path`: a reader, or a process killed in between, sees the old file or the new one.

    Raises OutputError when the folder cannot be written.
    """
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        with tempfile.NamedTemporaryFile(dir=path.parent, prefix=f".{path.name}.", delete=False) as file:
            file.write(content)
        try:
            Path(file.name).replace(path)
        except OSError:
            os.unlink(file.name)  # noqa: PTH108 - the same seam as the line above
            raise
    except OSError as exc:
        raise OutputError(str(path), f"cannot be written: {exc.strerror}", "make that folder writable") from exc
