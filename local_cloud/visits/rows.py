"""The saved rows of the visits table, and their validation by the emulator's limits. Pure.

The limits are DynamoDB's ("Quotas", "Constraints" and "Naming rules" in its Developer Guide); the keys and attributes
are defined in router/contract/tables.py.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from typing import Any

from router.contract import tables

Row = dict[str, Any]
"""An item in DynamoDB's JSON: ``{"id": {"S": "day#2026-11-23"}, "visits": {"N": "3"}}``. Strings and numbers only."""

LARGEST_COUNT = 2**53 - 1
"""JavaScript's largest safe integer, the limit of what the page can show."""

_KEPT = (*tables.VISIT_PREFIXES, tables.DAY_PREFIX, tables.HISTORY_PREFIX)
_TEXTS = (tables.ID, tables.UNCOUNTED, tables.LAST_VISIT)
_NUMBERS = (tables.CURRENT_COUNT, tables.ARRIVED_AT, tables.EXPIRES_AT, tables.VISITS)
_TYPES = {**dict.fromkeys(_TEXTS, "S"), **dict.fromkeys(_NUMBERS, "N")}
_KEYS = (tables.ID, tables.UNCOUNTED)  # of the table and of its index
_KEY_BYTES_AT_MOST = 2048
_ROW_BYTES_AT_MOST = 400 * 1024
_NUMBER = re.compile(r"-?[0-9]{1,38}")


def is_kept(key: str) -> bool:
    """Return True if a row is saved between runs. Rows about who is online are not."""
    return key == tables.VISITOR_COUNT or key.startswith(_KEPT)


def is_uncounted(row: Row) -> bool:
    """Return True for a visit that has not been counted yet."""
    return tables.UNCOUNTED in row


def count_of(rows: Iterable[Row]) -> int:
    """Return the count of all visits, 0 if the rows have none."""
    return next((int(row[tables.CURRENT_COUNT]["N"]) for row in rows if row[tables.ID]["S"] == tables.VISITOR_COUNT), 0)


def problem_of(rows: Sequence[Any]) -> str:
    """Return what is wrong with the first invalid row, an empty text if all are valid."""
    keys = set()
    for number, row in enumerate(rows):
        problem = _problem_of_row(row)
        if problem:
            return f"row {number} {problem}"
        keys.add(row[tables.ID]["S"])
    return "" if len(keys) == len(rows) else "the same row twice"


def _problem_of_row(row: Any) -> str:
    if not isinstance(row, dict) or not all(map(_is_value, row.values())) or "S" not in row.get(tables.ID, ()):
        return "is not a row of the visits table"
    texts = [*row, *(value["S"] for value in row.values() if "S" in value)]
    if not all(map(_is_unicode, texts)):
        return "has an invalid character (a lone surrogate)"
    wrong = [name for name in row if (type_ := _type_of(name)) and type_ not in row[name]]
    if wrong:
        return f"has a value of the wrong type in {wrong[0]}"
    if sum(len(text.encode()) for text in texts) > _ROW_BYTES_AT_MOST:
        return f"has more than {_ROW_BYTES_AT_MOST} bytes"
    return _problem_of_keys(row) or _problem_of_numbers(row)


def _type_of(name: str) -> str:
    """Return the type that an attribute must have, an empty text if it may have any."""
    return "N" if name.startswith((tables.DAY_PREFIX, tables.NAMED_PREFIX)) else _TYPES.get(name, "")


def _problem_of_keys(row: Row) -> str:
    for name in _KEYS:
        if name in row and not 0 < len(row[name]["S"].encode()) <= _KEY_BYTES_AT_MOST:
            return f"has no key, or one of more than {_KEY_BYTES_AT_MOST} bytes, in {name}"
    return "has an attribute without a name" if "" in row else ""


def _problem_of_numbers(row: Row) -> str:
    if row[tables.ID]["S"] == tables.VISITOR_COUNT and tables.CURRENT_COUNT not in row:
        return "has no count"
    for name, value in row.items():
        if "N" in value and not _NUMBER.fullmatch(value["N"]):
            return f"has no whole number of at most 38 digits in {name[:40]}"
    for name in (tables.CURRENT_COUNT, tables.VISITS):
        if name in row and not 0 <= int(row[name]["N"]) <= LARGEST_COUNT:
            return f"has a count below 0 or above {LARGEST_COUNT} in {name}"
    return ""


def _is_value(value: Any) -> bool:
    match value:
        case {"S": str()} | {"N": str()} if len(value) == 1:
            return True
        case _:
            return False


def _is_unicode(text: str) -> bool:
    return text.isascii() or not any("\ud800" <= character <= "\udfff" for character in text)
