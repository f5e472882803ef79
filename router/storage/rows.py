"""Reading rows: the pages of a scan, and number attributes."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from router.storage.translation import translated

if TYPE_CHECKING:
    from collections.abc import Iterator

    from mypy_boto3_dynamodb.client import DynamoDBClient

Row = dict[str, Any]


def scan(client: DynamoDBClient, request: dict[str, Any]) -> Iterator[list[Row]]:
    """Yield the pages of a scan. Raises StoreError when DynamoDB fails."""
    while True:
        with translated("Scan"):
            page = client.scan(**request)
        yield page["Items"]
        if not page.get("LastEvaluatedKey"):
            return
        request = {**request, "ExclusiveStartKey": page["LastEvaluatedKey"]}


def number(row: Row, attribute: str) -> int | None:
    """Return a number attribute, None if the row does not have it."""
    value = row.get(attribute, {}).get("N")
    return None if value is None else int(value)
