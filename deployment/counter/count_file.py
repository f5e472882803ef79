"""The file that holds a visitor count outside any account, and the way out of a table and into one.

    {
      "format": "cloud-resume count", "version": 1,
      "id": "…",                      names this export; the same id is imported into a table once
      "exportedAt": "2026-11-24T06:40:00Z", "source": "…"     when, and from which table
      "count": 1234,                  the only key that a file made by hand needs
      "days": {"2026-11-23": 12},     visits a day (UTC); they need not add up to the count
      "rows": [...]                   with --rows: the remembered visits, as DynamoDB writes them, so that a tab that
    }                                 was counted by the old stack is not counted again by the new one

An import adds what the file says to what the table has. Each part of it puts a row `import#<id>#<part>` in the same
transaction, so a second run, or one after a crash, adds what is missing and nothing else.
"""

from __future__ import annotations

import hashlib
import json
import uuid
from collections.abc import Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

from deployment.aws.errors import translated
from deployment.counter.count import AlreadyAppliedError, CountTable, Row
from errors import UsageError
from files import write_atomically
from router.contract import files, tables

KEYS = {"format", "version", "id", "exportedAt", "source", "count", "days", "rows"}
DAYS_AT_ONCE = 90
"""With the count and the mark they stay below the 100 actions of a DynamoDB transaction."""

HIGHEST = 10**15
LONGEST_TEXT = 400
PARALLEL_WRITES = 8


@dataclass(frozen=True)
class CountFile:
    """What a file says. source: the table that it was exported from, "" for a file made by hand. exported_at: when, as
    the file has it, "" likewise."""

    id: str
    count: int
    days: Mapping[str, int]
    rows: Sequence[Row] = ()
    source: str = ""
    exported_at: str = ""

    def parts(self) -> list[tuple[int, dict[str, int]]]:
        """What to add in one transaction each: the count goes with the first days."""
        days = sorted(self.days.items())
        chunks = [dict(days[start : start + DAYS_AT_ONCE]) for start in range(0, len(days), DAYS_AT_ONCE)] or [{}]
        return [(0 if number else self.count, chunk) for number, chunk in enumerate(chunks)]


def export(table: CountTable, path: Path, *, with_rows: bool, now: datetime) -> CountFile:
    """Writes the file. Raises UsageError when it is there already, OutputError when it cannot be written."""
    if path.exists():
        raise UsageError(str(path), "is there already, and might be the only copy of a count", "choose another name")
    counted = read_count(table)
    content = {
        "format": files.COUNT_FORMAT,
        "version": files.COUNT_VERSION,
        "id": counted.id,
        "exportedAt": f"{now.astimezone(UTC):%Y-%m-%dT%H:%M:%SZ}",
        "source": counted.source,
        "count": counted.count,
        "days": dict(sorted(counted.days.items())),
        **({"rows": list(counted.rows)} if with_rows else {}),
    }
    write_atomically(path, (json.dumps(content, indent=2) + "\n").encode())
    return counted


def read_count(table: CountTable) -> CountFile:
    """The table's content, as of one moment."""
    rows = {row[tables.ID]["S"]: row for row in table.rows()}
    days = {
        tables.day_of(key): int(row[tables.VISITS]["N"])
        for key, row in rows.items()
        if key.startswith(tables.DAY_PREFIX) and int(row.get(tables.VISITS, {"N": "0"})["N"]) > 0
    }
    return CountFile(
        uuid.uuid4().hex,
        int(rows.get(tables.VISITOR_COUNT, {}).get(tables.CURRENT_COUNT, {"N": "0"})["N"]),
        days,
        [row for key, row in rows.items() if key.startswith(tables.VISIT_PREFIX)],
        table_id(table),
    )


def table_id(table: CountTable) -> str:
    """Names this very table: one that is made later under the same name is another."""
    with translated(f"table {table.name}"):
        described = table.target.client("dynamodb").describe_table(TableName=table.name)["Table"]
    return f"{described['TableArn']} {described.get('TableId', '')}".strip()


def add_count(table: CountTable, counted: CountFile, now: datetime) -> bool:
    """Adds what is missing of `counted`. False when nothing is. Raises UsageError for the table's own export."""
    if counted.source and counted.source == table_id(table):
        raise UsageError(
            f"table {table.name}",
            "the file was exported from this very table, so its visits are in the count already",
            "to go back to an earlier number: python3 build.py count set N",
        )
    added = [_add_part(table, counted, number, now) for number in range(len(counted.parts()))]
    fresh = [row for row in counted.rows if int(row.get(tables.EXPIRES_AT, {"N": HIGHEST})["N"]) > now.timestamp()]
    with ThreadPoolExecutor(PARALLEL_WRITES) as threads:
        put = list(threads.map(table.put_new, fresh))
    return any(added) or any(put)


def _add_part(table: CountTable, counted: CountFile, number: int, now: datetime) -> bool:
    more, days = counted.parts()[number]
    mark = {
        tables.ID: {"S": f"{tables.IMPORT_PREFIX}{counted.id}#{number}"},
        tables.IMPORTED_AT: {"N": str(int(now.timestamp()))},
        tables.IMPORTED_COUNT: {"N": str(more)},
    }
    try:
        table.add(more, days, mark)
    except AlreadyAppliedError:
        return False
    return True


def read_file(path: Path) -> CountFile:
    """Raises UsageError for a file that is missing or says something else than a count."""
    try:
        text = path.read_text(encoding="utf-8")
    except OSError as exc:
        raise UsageError(str(path), f"cannot be read: {exc.strerror}", "name a file made by `count export`") from exc
    except ValueError as exc:
        raise UsageError(str(path), f"is not UTF-8: {exc}", 'the least that will do is {"count": 1234}') from exc
    return parse(text, str(path))


def parse(text: str, where: str) -> CountFile:
    """where: names the file in errors. Raises UsageError for a text that says something else than a count."""
    try:
        content = json.loads(text)
    except RecursionError as exc:
        raise UsageError(where, "is nested too deeply", 'the least that will do is {"count": 1234}') from exc
    except ValueError as exc:
        raise UsageError(where, f"is not JSON: {exc}", 'the least that will do is {"count": 1234}') from exc
    problem = _problem(content)
    if problem:
        raise UsageError(where, problem, 'mend it; the least that will do is {"count": 1234}')
    known = {"count": content["count"], "days": content.get("days", {})}
    digest = hashlib.sha256(json.dumps(known, sort_keys=True).encode()).hexdigest()[:32]
    return CountFile(
        content.get("id", digest),
        known["count"],
        known["days"],
        content.get("rows", ()),
        content.get("source", ""),
        str(content.get("exportedAt", "")),
    )


def _problem(content: Any) -> str:
    if not isinstance(content, dict) or "count" not in content:
        return 'has no "count"'
    if unknown := sorted(content.keys() - KEYS):
        return f"has an unknown key, {unknown[0]!r} (known are {', '.join(sorted(KEYS))})"
    told = content.get("format", files.COUNT_FORMAT), content.get("version", files.COUNT_VERSION)
    if told != (files.COUNT_FORMAT, files.COUNT_VERSION):
        return f"is of format {told[0]!r}, version {told[1]!r}, which this release does not know"
    if not _is_number(content["count"]):
        return f'"count" is {content["count"]!r}, and not a whole number from 0 up'
    for key in ("id", "source"):
        text = content.get(key, "x")
        if not isinstance(text, str) or not 0 < len(text) <= LONGEST_TEXT:
            return f'"{key}" is not a short text'
    return _days_problem(content.get("days", {})) or _rows_problem(content.get("rows", []))


def _days_problem(days: Any) -> str:
    if not isinstance(days, dict):
        return '"days" is not a table of dates'
    for day, visits in days.items():
        try:
            known = date.fromisoformat(day).isoformat() == day
        except ValueError:
            known = False
        if not known or not _is_number(visits):
            return f'"days" has {day!r}: {visits!r}, which should be like "2026-11-23": 12'
    return ""


def _rows_problem(rows: Any) -> str:
    if not isinstance(rows, list):
        return '"rows" is not a list'
    for number, row in enumerate(rows):
        if not isinstance(row, dict) or not all(_is_value(value) for value in row.values()):
            return f"row {number} is not one of the visits table"
        if not str(row.get(tables.ID, {}).get("S", "")).startswith(tables.VISIT_PREFIX) or "S" in row.get(
            tables.EXPIRES_AT, {}
        ):
            return f"row {number} is no visit"
    return ""


def _is_number(value: Any) -> bool:
    return isinstance(value, int) and not isinstance(value, bool) and 0 <= value <= HIGHEST


def _is_value(value: Any) -> bool:
    match value:
        case {"S": str()} if len(value) == 1:
            return True
        case {"N": str() as number} if len(value) == 1:
            return number.isascii() and number.isdecimal()
        case _:
            return False
