"""The DynamoDB request units of a request, from the sizes of its items, and a client that counts them.

Sources: "Read/write capacity mode", "Item sizes and formats" and "Amazon DynamoDB Transactions: How it works", Amazon
DynamoDB Developer Guide. A write takes a unit per KB of the larger of the old and the new item, twice that in a
transaction, and one more for each index whose entry changes; a consistent read takes one per 4 KB, any other half. A
request whose condition fails, or a transaction that is cancelled, is charged as well.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from router.contract import tables
from tests.router.fake_dynamodb import CONNECTIONS, FakeDynamoDB

Row = Mapping[str, Any]
_COUNTED: Row = {tables.CONNECTION_ID: {"S": "Cc1lwfT9FiACE+w/7A="}}
_LEFT_OUT_BYTES = 60
"""Of an item that a scan reads, which its projection leaves out."""

_PREFIXES = {"visit", "named", "day", "history", "limit", "salt", "import"}


@dataclass(frozen=True)
class Charge:
    """A request: its operation, its items without the ids in their keys, and its units."""

    operation: str
    of: str
    writes: int = 0
    reads: float = 0


class Charging:
    """A client that hands requests on, and hands what each is charged to `charge`.

    before: called before each request, with its operation and its parameters; may raise a ClientError
    """

    def __init__(
        self,
        table: FakeDynamoDB,
        charge: Callable[[Charge], None],
        before: Callable[[str, Mapping[str, Any]], None] = lambda _name, _request: None,
    ) -> None:
        self._table, self._charge, self._before = table, charge, before

    def __getattr__(self, name: str) -> Callable[..., Any]:
        def call(**request: Any) -> Any:
            changed = list(_writes(name, request))
            old = [self._row(table, key) for table, key in changed]
            answer: Any = {}
            try:
                self._before(name, request)
                answer = getattr(self._table, name)(**request)
            finally:
                new = [self._row(table, key) for table, key in changed]
                charged = _charge(name, request, list(zip(changed, old, new, strict=True)), answer)
                self._charge(charged)
            return answer

        return call

    def _row(self, table: str, key: str) -> Row:
        return {**self._table.rows[table].get(key, {})}


def _charge(
    name: str, request: Mapping[str, Any], changes: list[tuple[tuple[str, str], Row, Row]], answer: Any
) -> Charge:
    operation = "".join(word.title() for word in name.split("_"))
    if changes:
        factor = 2 if name == "transact_write_items" else 1
        units = sum(factor * _kilobytes(1, old, new) + (_mark(old) != _mark(new)) for _, old, new in changes)
        return Charge(operation, _named(changed for changed, _, _ in changes), writes=units)
    if name == "scan":
        return Charge(operation, _named([(request["TableName"], "")]), reads=_reads(request, {"": _scanned(answer)}))
    found = {_key(table, row): row for table, rows in answer.get("Responses", {}).items() for row in rows}
    keys = {
        (table, next(iter(key.values()))["S"]): part
        for table, part in request["RequestItems"].items()
        for key in part["Keys"]
    }
    return Charge(operation, _named(keys), reads=sum(_reads(part, found.get(key, {})) for key, part in keys.items()))


def _scanned(answer: Any) -> list[Row]:
    """Return the items that a scan has read; a usual connection for each that it only counts."""
    items: list[Row] = answer["Items"] if "Items" in answer else [_COUNTED] * answer.get("Count", 0)
    return items


def _reads(request: Mapping[str, Any], row: Row) -> float:
    return _kilobytes(4, row) * (1 if request.get("ConsistentRead") else 0.5)


def _writes(name: str, request: Mapping[str, Any]) -> Iterable[tuple[str, str]]:
    """Yield the table and key of each item that a request writes."""
    match name:
        case "transact_write_items":
            parts = [part for item in request["TransactItems"] for part in item.values()]
        case "batch_write_item":
            parts = [
                {"TableName": table, **one["DeleteRequest"]}
                for table, ones in request["RequestItems"].items()
                for one in ones
            ]
        case "put_item" | "update_item" | "delete_item":
            parts = [request]
        case _:
            parts = []
    for part in parts:
        yield _key(part["TableName"], part.get("Key") or part["Item"])


def _key(table: str, row: Row) -> tuple[str, str]:
    return table, row[tables.CONNECTION_ID if table == CONNECTIONS else tables.ID]["S"]


def _named(items: Iterable[tuple[str, str]]) -> str:
    """Return the kinds of items: their keys up to the part that identifies one of many."""
    kinds = ["connection" if table == CONNECTIONS else _kind(key) for table, key in items]
    return ", ".join(dict.fromkeys(kinds))


def _kind(key: str) -> str:
    prefix, separator, _ = key.partition("#")
    return prefix + separator if prefix in _PREFIXES else key


def _mark(row: Row) -> Any:
    return row.get(tables.UNCOUNTED)


def _kilobytes(per_unit: int, *rows: Row) -> int:
    return max(1, *(math.ceil(size(row) / 1024 / per_unit) for row in rows))


def size(row: Row) -> int:
    """Return the size of an item in bytes: its names and its values, a number taking a byte for two digits and one."""
    return sum(len(name.encode()) + _size_of(value) for name, value in row.items())


def _size_of(value: Any) -> int:
    match value:
        case {"S": str(text)}:
            return len(text.encode())
        case {"N": str(digits)}:
            return math.ceil(len(digits) / 2) + 1
        case [*rows]:
            return sum(size(row) + _LEFT_OUT_BYTES for row in rows)
        case {"SS": [*texts]}:
            return sum(len(text.encode()) for text in texts)
        case _:
            raise AssertionError(value)
