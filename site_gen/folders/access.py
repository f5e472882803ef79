"""Translation of file system errors into OutputError."""

from __future__ import annotations

from contextlib import contextmanager
from typing import TYPE_CHECKING

from errors import OutputError

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path


@contextmanager
def explain_os_errors(path: Path, verb: str) -> Iterator[None]:
    """Raise an OSError inside the block as an OutputError.

    path: the path to name when the error itself names none. verb: "read" or "written".
    """
    try:
        yield
    except OSError as error:
        where = str(error.filename or path)
        reason = error.strerror or str(error)
        raise OutputError(
            where,
            f"cannot be {verb}: {reason}",
            "check that it exists, that you may access it and that the disk has space, then build again",
        ) from error
