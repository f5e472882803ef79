"""The file that holds the visits between two runs: ``{"version": 1, "rows": [...]}``, rows as DynamoDB writes them."""

from __future__ import annotations

import json
import os
import time
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from errors import LocalCloudError, OutputError

Row = dict[str, Any]
"""An item in DynamoDB's JSON: ``{"id": {"S": "visitorCount"}, "currentCount": {"N": "3"}}``. Texts and numbers only."""

_VERSION = 1
_KEPT = ("visit#", "day#")
_COUNT = "visitorCount"


def is_kept(row: Row) -> bool:
    """Whether a row outlives a run. What says who is online does not. The keys stand in router/items.py."""
    key: str = row["id"]["S"]
    return key == _COUNT or key.startswith(_KEPT)


def is_visit(row: Row) -> bool:
    key: str = row["id"]["S"]
    return key.startswith("visit#")


def count_of(rows: Sequence[Row]) -> int:
    return next((int(row["currentCount"]["N"]) for row in rows if row["id"]["S"] == _COUNT), 0)


def read(path: Path) -> list[Row]:
    """The rows, none where there is no file. Raises LocalCloudError when they cannot be understood."""
    try:
        text = path.read_text(encoding="utf-8")
    except FileNotFoundError:
        return []
    except (OSError, UnicodeDecodeError) as exc:
        raise _corrupt(path, str(exc)) from exc
    try:
        content = json.loads(text)
    except ValueError as exc:
        raise _corrupt(path, f"not JSON: {exc}") from exc
    problem = _problem(content)
    if problem:
        raise _corrupt(path, problem)
    rows: list[Row] = content["rows"]
    return rows


def write(path: Path, rows: Sequence[Row]) -> None:
    """Whole or not at all: whatever kills this process leaves the old file or the new one. Raises OSError."""
    passing = path.with_suffix(".tmp")
    with passing.open("w", encoding="utf-8") as file:
        json.dump({"version": _VERSION, "rows": list(rows)}, file, separators=(",", ":"))
        file.flush()
        os.fsync(file.fileno())
    passing.replace(path)


def set_aside(path: Path) -> Path | None:
    """Renames the file, so that the next run begins with no visits. The new name, None where there is no file."""
    aside = path.with_name(f"{path.stem}-{time.strftime('%Y%m%d-%H%M%S')}{path.suffix}")
    try:
        path.rename(aside)
    except FileNotFoundError:
        return None
    except OSError as exc:
        raise OutputError(str(path), f"cannot be renamed: {exc.strerror}", "make its folder writable") from exc
    return aside


def _problem(content: Any) -> str:
    match content:
        case {"version": 1, "rows": list() as rows}:
            pass
        case {"version": other} if other != _VERSION:
            return f"version {other!r} of the file, which only a newer release knows"
        case _:
            return "no list of rows"
    keys = set()
    for number, row in enumerate(rows):
        if not _is_row(row):
            return f"row {number} is not one of the visits table"
        keys.add(row["id"]["S"])
    return "" if len(keys) == len(rows) else "the same row twice"


def _is_row(row: Any) -> bool:
    if not isinstance(row, dict) or not all(_is_value(value) for value in row.values()):
        return False
    match row:
        case {"id": {"S": "visitorCount"}}:
            return "N" in row.get("currentCount", {})
        case {"id": {"S": key}}:
            return bool(key)
        case _:
            return False


def _is_value(value: Any) -> bool:
    match value:
        case {"S": str()} if len(value) == 1:
            return True
        case {"N": str() as number} if len(value) == 1:
            return number.removeprefix("-").isascii() and number.removeprefix("-").isdecimal()
        case _:
            return False


def _corrupt(path: Path, problem: str) -> LocalCloudError:
    return LocalCloudError(
        str(path),
        f"the visits kept here cannot be read: {problem}",
        "mend the file, or pass --fresh, which renames it and begins with no visits",
    )
