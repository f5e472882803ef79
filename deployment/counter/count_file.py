"""The file format of an exported visitor count, and export and import of it.

    {
      "format": "cloud-resume count", "version": 1,        2 with names, of counts or of visits on record
      "id": "…",                      identifies this export, which a table imports only once
      "exportedAt": "2026-11-24T06:40:00Z", "source": "…"     the time and table of the export
      "count": 1234,                  the only required key
      "days": {"2026-11-23": 12},     visits per day (UTC), which need not add up to the count
      "names": {"blog": 5},           visits to the pages with a name
      "rows": [...]                   with --rows: the visits on record, in DynamoDB JSON, so that a tab counted by the
    }                                 old stack is not counted again by the new one

An import adds the file to the table. Each of its transactions also inserts a row `import#<id>#<part>`, so a second run,
or one after a crash, adds only the missing parts.
"""

from __future__ import annotations

import hashlib
import json
import re
import uuid
from collections import Counter
from collections.abc import Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

from deployment.aws.errors import translated
from deployment.counter.count import AlreadyAppliedError, CountTable, Row
from errors import UsageError
from files import write_atomically
from router.contract import files, tables

KEYS = {"format", "version", "id", "exportedAt", "source", "count", "days", "names", "rows"}
DAYS_AT_ONCE = 90
"""With the count and the import row, below the limit of 100 actions in a DynamoDB transaction."""

HIGHEST = 10**15
MOST_NAMES = 100
"""More than the settings allow, as names that were removed from them are kept."""
_NAME = re.compile(tables.NAME_PATTERN)
LONGEST_TEXT = 400
PARALLEL_WRITES = 8


@dataclass(frozen=True)
class CountFile:
    """The content of a file. source: the table of the export. exported_at: its time, as in the file. Both are "" if the
    file was written by hand.
    """

    id: str
    count: int
    days: Mapping[str, int]
    rows: Sequence[Row] = ()
    source: str = ""
    exported_at: str = ""
    names: Mapping[str, int] = field(default_factory=dict)

    def parts(self) -> list[tuple[int, dict[str, int]]]:
        """Return the count and days to add in each transaction; the first contains the whole count."""
        days = sorted(self.days.items())
        chunks = [dict(days[start : start + DAYS_AT_ONCE]) for start in range(0, len(days), DAYS_AT_ONCE)] or [{}]
        return [(0 if number else self.count, chunk) for number, chunk in enumerate(chunks)]


def export(table: CountTable, path: Path, *, with_rows: bool, now: datetime) -> CountFile:
    """Write the file. Raises UsageError when it exists, OutputError when it cannot be written, and CloudError."""
    require_new(path)
    counted = read_count(table)
    content = {
        "format": files.COUNT_FORMAT,
        "version": files.count_version(has_names=bool(counted.names) or (with_rows and _has_names(counted.rows))),
        "id": counted.id,
        "exportedAt": f"{now.astimezone(UTC):%Y-%m-%dT%H:%M:%SZ}",
        "source": counted.source,
        "count": counted.count,
        "days": dict(sorted(counted.days.items())),
        **({"names": dict(sorted(counted.names.items()))} if counted.names else {}),
        **({"rows": list(counted.rows)} if with_rows else {}),
    }
    write_atomically(path, (json.dumps(content, indent=2) + "\n").encode())
    return counted


def _has_names(rows: Sequence[Row]) -> bool:
    return any(row[tables.ID]["S"].startswith(tables.NAMED_VISIT_PREFIX) for row in rows)


def require_new(path: Path) -> None:
    """Raise UsageError if the file to write exists."""
    if path.exists():
        raise UsageError(str(path), "already exists, and might be the only copy of a count", "choose another name")


def read_count(table: CountTable) -> CountFile:
    """Return a consistent snapshot of the table. Raises CloudError."""
    rows = {row[tables.ID]["S"]: row for row in table.rows()}
    days = Counter(tables.recent_days(rows.get(tables.VISITOR_COUNT, {})))
    days.update(
        {
            tables.day_of(key): int(row.get(tables.VISITS, {"N": "0"})["N"])
            for key, row in rows.items()
            if key.startswith(tables.DAY_PREFIX)
        }
    )
    return CountFile(
        uuid.uuid4().hex,
        int(rows.get(tables.VISITOR_COUNT, {}).get(tables.CURRENT_COUNT, {"N": "0"})["N"]),
        {day: visits for day, visits in days.items() if visits > 0},
        [row for key, row in rows.items() if key.startswith(tables.VISIT_PREFIXES)],
        table_id(table),
        names=_names_in(rows.get(tables.VISITOR_COUNT, {})),
    )


def _names_in(row: Row) -> dict[str, int]:
    """Return the counts of names, which are attributes of the row of the count."""
    found = ((attribute.partition(tables.NAMED_PREFIX), value) for attribute, value in row.items())
    return {name: int(value["N"]) for (before, prefix, name), value in found if prefix and not before}


def table_id(table: CountTable) -> str:
    """Return an identifier of the table, which differs from a later table of the same name."""
    with translated(f"table {table.name}"):
        described = table.target.client("dynamodb").describe_table(TableName=table.name)["Table"]
    return f"{described['TableArn']} {described.get('TableId', '')}".strip()


def add_count(table: CountTable, counted: CountFile, now: datetime) -> bool:
    """Add the missing parts of `counted`. Return False if there are none.

    Raises UsageError for an export of the same table, and CloudError.
    """
    if counted.source and counted.source == table_id(table):
        raise UsageError(
            f"table {table.name}",
            "the file was exported from this table, so its visits are already in the count",
            "to reset the count to an earlier number: python3 build.py count set N",
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
        table.add(more, days, mark, counted.names if number == 0 else {})
    except AlreadyAppliedError:
        return False
    return True


def read_file(path: Path) -> CountFile:
    """Read a file. Raises UsageError when it is missing or invalid."""
    try:
        text = path.read_text(encoding="utf-8-sig")  # a byte order mark is no error
    except OSError as exc:
        raise UsageError(str(path), f"cannot be read: {exc.strerror}", "give a file written by `count export`") from exc
    except ValueError as exc:
        raise UsageError(str(path), f"is not UTF-8: {exc}", 'the minimum is {"count": 1234}') from exc
    return parse(text, str(path))


def parse(text: str, where: str) -> CountFile:
    """Parse the content of a file. where: its name, for errors. Raises UsageError when it is invalid."""
    try:
        content = json.loads(text)
    except RecursionError as exc:
        raise UsageError(where, "is nested too deeply", 'the minimum is {"count": 1234}') from exc
    except ValueError as exc:
        raise UsageError(where, f"is not JSON: {exc}", 'the minimum is {"count": 1234}') from exc
    problem = _problem(content)
    if problem:
        raise UsageError(where, problem, 'fix the file; the minimum is {"count": 1234}')
    known = {"count": content["count"], "days": content.get("days", {})}
    if names := content.get("names"):
        known["names"] = names
    digest = hashlib.sha256(json.dumps(known, sort_keys=True).encode()).hexdigest()[:32]
    return CountFile(
        content.get("id", digest),
        known["count"],
        known["days"],
        content.get("rows", ()),
        content.get("source", ""),
        str(content.get("exportedAt", "")),
        content.get("names", {}),
    )


def _problem(content: Any) -> str:
    if not isinstance(content, dict) or "count" not in content:
        return 'has no "count"'
    if problem := _format_problem(content):
        return problem
    if unknown := sorted(content.keys() - KEYS):
        return f"has an unknown key, {unknown[0]!r} (known keys: {', '.join(sorted(KEYS))})"
    if not _is_number(content["count"]):
        return f'"count" is {content["count"]!r}, not a whole number from 0 up'
    for key in ("id", "source"):
        text = content.get(key, "x")
        if not isinstance(text, str) or not 0 < len(text) <= LONGEST_TEXT:
            return f'"{key}" is not a short text'
    problem = _days_problem(content.get("days", {})) or _names_problem(content.get("names", {}))
    return problem or _rows_problem(content.get("rows", []))


def _format_problem(content: Mapping[str, Any]) -> str:
    """Return the problem with the format and version. It is asked first: a later version may have further keys."""
    wanted, version = files.COUNT_VERSIONS, content.get("version", files.COUNT_VERSIONS[0])
    if content.get("format", files.COUNT_FORMAT) == files.COUNT_FORMAT and version in wanted:
        return ""
    if _is_number(version) and version > max(wanted):
        return f"is of version {version}, which a later release wrote; this one reads {' and '.join(map(str, wanted))}"
    return (
        f"has format {content.get('format', files.COUNT_FORMAT)!r}, version {version!r}, which no release has written"
    )


def _days_problem(days: Any) -> str:
    if not isinstance(days, dict):
        return '"days" is not an object'
    for day, visits in days.items():
        try:
            known = date.fromisoformat(day).isoformat() == day
        except ValueError:
            known = False
        if not known or not _is_number(visits):
            return f'"days" has {day!r}: {visits!r}, expected an entry such as "2026-11-23": 12'
    return ""


def _names_problem(names: Any) -> str:
    if not isinstance(names, dict) or len(names) > MOST_NAMES:
        return f'"names" is not an object with at most {MOST_NAMES} names'
    for name, visits in names.items():
        if not _NAME.fullmatch(name) or not _is_number(visits):
            return f'"names" has {name!r}: {visits!r}, expected an entry such as "blog": 12'
    return ""


def _rows_problem(rows: Any) -> str:
    if not isinstance(rows, list):
        return '"rows" is not a list'
    for number, row in enumerate(rows):
        if not isinstance(row, dict) or not all(_is_value(value) for value in row.values()):
            return f"row {number} is not a row of the visits table"
        if not str(row.get(tables.ID, {}).get("S", "")).startswith(tables.VISIT_PREFIXES) or "S" in row.get(
            tables.EXPIRES_AT, {}
        ):
            return f"row {number} is not a visit"
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
