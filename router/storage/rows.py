"""Reading rows: the pages of a scan, the rows with given keys, and number attributes."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from router import items
from router.contract import tables
from router.errors import StoreBusyError
from router.storage.translation import translated

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from mypy_boto3_dynamodb.client import DynamoDBClient

Row = dict[str, Any]

_READ_ATTEMPTS = 5


def scan(client: DynamoDBClient, request: dict[str, Any]) -> Iterator[list[Row]]:
    """Yield the pages of a scan. Raises StoreError when DynamoDB fails."""
    while True:
        with translated("Scan"):
            page = client.scan(**request)
        yield page["Items"]
        if not page.get("LastEvaluatedKey"):
            return
        request = {**request, "ExclusiveStartKey": page["LastEvaluatedKey"]}


def batch_get(client: DynamoDBClient, wanted: dict[str, Any]) -> dict[str, list[Row]]:
    """Return the requested items by table, in any order and without missing ones. At most 100 keys.

    Raises StoreError when DynamoDB fails.
    """
    found: dict[str, list[Row]] = {table: [] for table in wanted}
    for _ in range(_READ_ATTEMPTS):
        with translated("BatchGetItem"):
            answer = client.batch_get_item(RequestItems=wanted)
        for table, rows in answer["Responses"].items():
            found[table] += rows
        wanted = answer.get("UnprocessedKeys") or {}
        if not wanted:
            return found
    raise StoreBusyError("BatchGetItem", "UnprocessedKeys")


def by_key(rows: Iterable[Row]) -> dict[str, Row]:
    """Return items of VisitorCounts by their keys."""
    return {row[tables.ID]["S"]: row for row in rows}


def read_rows(client: DynamoDBClient, table: str, keys: Sequence[str]) -> dict[str, Row]:
    """Return the items of VisitorCounts with these keys, by key and without missing ones. The read is consistent.

    At most 100 keys. Raises StoreError when DynamoDB fails.
    """
    return by_key(batch_get(client, {table: keys_of(keys)})[table]) if keys else {}


def keys_of(keys: Sequence[str]) -> dict[str, Any]:
    """Return the part of a consistent BatchGetItem for items of VisitorCounts."""
    return {"Keys": [{tables.ID: {"S": key}} for key in keys], "ConsistentRead": True}


def counts(row: Row) -> items.Counts:
    """Return what the item of the count contains."""
    named = {
        attribute.removeprefix(tables.NAMED_PREFIX): number(row, attribute) or 0
        for attribute in row
        if attribute.startswith(tables.NAMED_PREFIX)
    }
    return items.Counts(number(row, tables.CURRENT_COUNT) or 0, named, text(row, tables.LAST_VISIT))


def text(row: Row, attribute: str) -> str:
    """Return a string attribute, empty if the row does not have it."""
    value: str = row.get(attribute, {}).get("S", "")
    return value


def numbers(row: Row, name: str = "", history: Row | None = None) -> items.Numbers:
    """Return the numbers of the site from the item of the count, or those of a name from that and its history."""
    count = number(row, tables.named_attribute(name) if name else tables.CURRENT_COUNT) or 0
    last_visit = row.get(tables.LAST_VISIT, {}).get("S", "")
    return items.Numbers(count, tables.recent_days(row if history is None else history), last_visit)


def number(row: Row, attribute: str) -> int | None:
    """Return a number attribute, None if the row does not have it."""
    value = row.get(attribute, {}).get("N")
    return None if value is None else int(value)
