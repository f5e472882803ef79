"""The visits table, read as one moment and written so that nothing is counted twice, through DynamoDB's API alone."""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, Any, cast

from local_cloud.visits_file import Row, is_kept, is_visit

if TYPE_CHECKING:
    from mypy_boto3_dynamodb.client import DynamoDBClient

_ROWS_AT_ONCE = 25  # BatchWriteItem's limit
_TRIES = 20
_PAUSE_SECONDS = 0.02


class TableBusyError(Exception):
    """Visits were counted during every try to read the table."""


def read(client: DynamoDBClient, table: str, sleep: Callable[[float], None] = time.sleep) -> list[Row]:
    """Every row that is kept, as of one moment. Raises TableBusyError.

    A scan is not atomic across its pages: a visit could be seen uncounted on one and its count be missing on the next.
    Visits are folded into `visitorCount` in transactions, so nothing was folded while that row stays the same.
    """
    before = _count(client, table)
    for _ in range(_TRIES):
        rows = _scan(client, table)
        after = _count(client, table)
        if after == before:
            return [row for row in rows if is_kept(row)]
        before = after
        sleep(_PAUSE_SECONDS)
    raise TableBusyError


def write(client: DynamoDBClient, table: str, rows: Sequence[Row]) -> None:
    """Puts the rows, the counts first: a visit that is still uncounted is counted as soon as it is there."""
    counts = [row for row in rows if not is_visit(row)]
    visits = [row for row in rows if is_visit(row)]
    for some in (*_batches(counts), *_batches(visits)):
        left: Any = {table: [{"PutRequest": {"Item": row}} for row in some]}
        while left:
            left = client.batch_write_item(RequestItems=left).get("UnprocessedItems")


def _batches(rows: Sequence[Row]) -> list[Sequence[Row]]:
    return [rows[start : start + _ROWS_AT_ONCE] for start in range(0, len(rows), _ROWS_AT_ONCE)]


def _count(client: DynamoDBClient, table: str) -> object:
    return client.get_item(TableName=table, Key={"id": {"S": "visitorCount"}}, ConsistentRead=True).get("Item")


def _scan(client: DynamoDBClient, table: str) -> list[Row]:
    rows: list[Row] = []
    request: dict[str, Any] = {"TableName": table, "ConsistentRead": True}
    while True:
        page = client.scan(**request)
        rows += cast("list[Row]", page["Items"])
        if not page.get("LastEvaluatedKey"):
            return rows
        request["ExclusiveStartKey"] = page["LastEvaluatedKey"]
