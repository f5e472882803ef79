"""The file of saved visits at one moment: ``{"version": 2, "journal": 7, "rows": [...]}``, one row per line.

rows: in DynamoDB's JSON. journal: the number of the first journal that is not part of them (`kept`). Version 1 had no
journals.
"""

from __future__ import annotations

import json
import os
import reprlib
from collections.abc import Iterable
from pathlib import Path
from typing import Any, NamedTuple

from errors import LocalCloudError
from local_cloud.visits.rows import Row, problem_of

_VERSION = 2


class Content(NamedTuple):
    """The content of the file. journal: None if no journal continues it."""

    rows: list[Row]
    journal: int | None


def read(path: Path) -> Content | None:
    """Return the file's content, None when there is no file. Raises LocalCloudError when it is damaged."""
    try:
        text = path.read_text(encoding="utf-8")
    except FileNotFoundError:
        return None
    except (OSError, UnicodeDecodeError) as exc:
        raise damaged(path, str(exc)) from exc
    try:
        content = json.loads(text)
    except ValueError as exc:
        raise damaged(path, f"not JSON: {exc}") from exc
    except RecursionError as exc:
        raise damaged(path, "not the visits: nested thousands of levels deep") from exc
    problem = _problem(content)
    if problem:
        raise damaged(path, problem)
    return Content(content["rows"], content.get("journal"))


def write(path: Path, rows: Iterable[str], journal: int) -> int:
    """Replace the file atomically: a killed process or a power failure leaves the old file or the new one.

    rows: each as JSON (`text_of`). Returns the number of bytes written. Raises OSError.
    """
    passing = path.with_suffix(".tmp")
    content = f'{{"version":{_VERSION},"journal":{journal},"rows":[\n' + ",\n".join(rows) + "\n]}\n"
    try:
        with passing.open("w", encoding="utf-8") as file:
            file.write(content)
            file.flush()
            os.fsync(file.fileno())
        passing.replace(path)
    except OSError:
        passing.unlink(missing_ok=True)  # on a full disk it would take space from the journal
        raise
    return len(content)


def text_of(row: Row) -> str:
    """Return the row as JSON on one line."""
    return json.dumps(row, separators=(",", ":"))


def _problem(content: Any) -> str:
    match content:
        case {"version": 1, "rows": list() as rows}:
            return problem_of(rows)
        case {"version": 2, "journal": int() as journal, "rows": list() as rows} if 0 <= journal < 10**9:
            return problem_of(rows)
        case {"version": int() as other} if other not in (1, _VERSION):
            return f"version {reprlib.repr(other)} of the file, which only a newer release can read"
        case _:
            return "no list of rows"


def damaged(path: Path, problem: str) -> LocalCloudError:
    """Return the error for a file that cannot be read."""
    return LocalCloudError(
        str(path),
        f"the saved visits cannot be read: {problem}",
        "repair the file, or pass --fresh, which renames it and starts with no visits",
    )
