"""Files of ours, written whole or not at all."""

from __future__ import annotations

import tempfile
from pathlib import Path

from errors import OutputError


def write_atomically(path: Path, content: bytes) -> None:
    """Puts `content` at `path`: a reader, or a process killed in between, sees the old file or the new one.

    Raises OutputError when that cannot be done.
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
            str(path), f"cannot be written: {exc.strerror}", "make room for it in a folder that you can write to"
        ) from exc
