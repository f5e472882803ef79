"""The two tables, read whole, and simulated time: rows are aged instead of waiting."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator
from contextlib import suppress
from dataclasses import dataclass
from typing import Any

from deployment.stack.required_output import required
from local_cloud.local_stack import LocalStack
from local_cloud.visits.rows import Row, count_of, is_uncounted
from router.contract import tables
from template_gen import names

_AN_HOUR = 3600
_THREE_HOURS = 3 * _AN_HOUR


@dataclass(frozen=True)
class Snapshot:
    """The content of both tables. visits: their ids. history: visits by day. at_once: True if all visit rows were read
    at one moment. connections: ids of those stored as open."""

    count: int
    visits: frozenset[str]
    uncounted: frozenset[str]
    history: dict[str, int]
    connections: frozenset[str]
    at_once: bool = True


def snapshot(stack: LocalStack) -> Snapshot:
    """Read both tables. Blocks. Raises botocore's errors."""
    pages = list(_pages(stack, stack.visits_table))
    rows = [row for page in pages for row in page]
    visits = [row for row in rows if row[tables.ID]["S"].startswith(tables.VISIT_PREFIX)]
    connections = [row[tables.CONNECTION_ID]["S"] for page in _pages(stack, _connections(stack)) for row in page]
    return Snapshot(
        count=count_of(rows),
        visits=frozenset(map(_visit, visits)),
        uncounted=frozenset(map(_visit, filter(is_uncounted, visits))),
        history=_history(rows),
        connections=frozenset(connections),
        at_once=len(pages) == 1,
    )


@dataclass(frozen=True)
class _Shift:
    """A shift of one of a row's times. attribute: the time. unless_gone: shifted only while the row has this
    attribute."""

    attribute: str
    seconds: int
    unless_gone: str


def age_uncounted(stack: LocalStack) -> None:
    """Make uncounted visits an hour older, so that the sweep does not leave them to the stream."""
    for visit in snapshot(stack).uncounted:
        time = _Shift(tables.ARRIVED_AT, _AN_HOUR, tables.UNCOUNTED)
        _shift(stack, stack.visits_table, {tables.ID: {"S": tables.visit_key(visit)}}, time)


def age_connections(stack: LocalStack) -> None:
    """Make connections an hour older, so that none is young and a 410 means that it is gone."""
    _shift_connections(stack, _Shift(tables.CONNECTED_AT, _AN_HOUR, tables.CONNECTED_AT))


def expire_connections(stack: LocalStack) -> None:
    """Make connections three hours older, which is more than their maximum duration."""
    _shift_connections(stack, _Shift(tables.EXPIRES_AT, _THREE_HOURS, tables.EXPIRES_AT))


def _shift_connections(stack: LocalStack, time: _Shift) -> None:
    for connection in snapshot(stack).connections:
        _shift(stack, _connections(stack), {tables.CONNECTION_ID: {"S": connection}}, time)


def _connections(stack: LocalStack) -> str:
    return required(stack.outputs, names.CONNECTION_IDS_TABLE)


def _visit(row: Row) -> str:
    return str(row[tables.ID]["S"]).removeprefix(tables.VISIT_PREFIX)


def _history(rows: Iterable[Row]) -> dict[str, int]:
    """Return the visits per day: those of the days' rows, and those in the row of the count."""
    history: Counter[str] = Counter()
    for row in rows:
        key = row[tables.ID]["S"]
        if key.startswith(tables.DAY_PREFIX):
            history[key] += int(row.get(tables.VISITS, {"N": "0"})["N"])
        elif key == tables.VISITOR_COUNT:
            history.update({tables.day_key(day): visits for day, visits in tables.recent_days(row).items()})
    return dict(history)


def _pages(stack: LocalStack, table: str) -> Iterator[list[Row]]:
    for page in stack.target.client("dynamodb").get_paginator("scan").paginate(TableName=table, ConsistentRead=True):
        yield page["Items"]


def _shift(stack: LocalStack, table: str, key: Any, time: _Shift) -> None:
    client = stack.target.client("dynamodb")
    with suppress(client.exceptions.ConditionalCheckFailedException):
        client.update_item(
            TableName=table,
            Key=key,
            UpdateExpression="ADD #time :seconds",
            ConditionExpression="attribute_exists(#where)",
            ExpressionAttributeNames={"#time": time.attribute, "#where": time.unless_gone},
            ExpressionAttributeValues={":seconds": {"N": str(-time.seconds)}},
        )
