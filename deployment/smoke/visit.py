"""A visit that is counted like any other but leaves the count unchanged.

One transaction inserts the row of an uncounted visit and decrements the count, the visits of the day and the last
broadcast count. It also marks badge.svg as just written, so that for a minute the router writes no badge with the
decremented count. The router counts the row within a second, which restores the count even if this process is killed.
If the router is broken, `undo` reverts the transaction, on condition that the visit has not been counted. Open pages
receive the count that they already show.
"""

from __future__ import annotations

import uuid
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from deployment.counter.count import AlreadyAppliedError, CountTable
from router.contract import tables

A_DAY = 86_400
TRIES = 3


@dataclass(frozen=True)
class SmokeVisit:
    """count: the count before the transaction and after the visit is counted. day: YYYY-MM-DD, UTC."""

    id: str
    day: str
    count: int


def fresh_id() -> str:
    """Return a random visit id, recognizable as that of a smoke test."""
    return f"smoke-{uuid.uuid4().hex[:16]}"


def put_counted(table: CountTable, now: float) -> str:
    """Insert a visit that is already counted and expires after a day. A WebSocket with its id is not counted."""
    visit_id = fresh_id()
    table.put_new(_row(visit_id, now, uncounted=False))
    return visit_id


def is_presence_told(table: CountTable) -> bool:
    """Return True if every page has been told of all connections that have closed or returned."""
    told = table.get(tables.ONLINE).get(tables.CHANGES_TOLD, {"N": "0"})
    return bool(told == table.get(tables.PRESENCE).get(tables.CHANGES, {"N": "0"}))


def put_compensated(table: CountTable, now: Callable[[], float]) -> SmokeVisit | None:
    """Insert a visit and decrement the counts; return None if real visits conflicted with every attempt."""
    for _ in range(TRIES):
        moment = now()
        visit = SmokeVisit(fresh_id(), f"{datetime.fromtimestamp(moment, UTC):%Y-%m-%d}", table.count())
        announced = int(table.get(tables.ONLINE).get(tables.ANNOUNCED, {"N": "0"})["N"])
        put = {"TableName": table.name, "Item": _row(visit.id, moment, uncounted=True)}
        try:
            table.transact([{"Put": put}, *_numbers(table, visit, -1), _broadcast(table, visit, announced, moment)])
        except AlreadyAppliedError:
            continue
        return visit
    return None


def is_counted(table: CountTable, visit: SmokeVisit) -> bool:
    """Return True if the router has counted the visit."""
    return tables.UNCOUNTED not in table.get(tables.visit_key(visit.id))


def undo(table: CountTable, visit: SmokeVisit) -> bool:
    """Delete the visit and restore the counts. Return False if the router has counted it, which restored them."""
    delete = {
        "TableName": table.name,
        "Key": {tables.ID: {"S": tables.visit_key(visit.id)}},
        "ConditionExpression": f"attribute_exists({tables.UNCOUNTED})",
    }
    try:
        table.transact(
            [
                {"Delete": delete},
                _of_both(table, visit, 1),
            ]
        )
    except AlreadyAppliedError:
        return False
    return True


def delete(table: CountTable, *visit_ids: str) -> None:
    """Delete the rows of visits."""
    table.delete(*(tables.visit_key(visit_id) for visit_id in visit_ids))


def _numbers(table: CountTable, visit: SmokeVisit, more: int) -> list[dict[str, Any]]:
    """Return the updates of the counts, on condition that they have not changed since they were read: otherwise a count
    that is too low might be broadcast.
    """
    return [_if_still(visit.count, _of_both(table, visit, more))]


def _of_both(table: CountTable, visit: SmokeVisit, more: int) -> dict[str, Any]:
    """Return the addition to the count and to its day, which is an attribute of the same row."""
    action: dict[str, Any] = tables.addition(
        table.name, tables.VISITOR_COUNT, tables.CURRENT_COUNT, more, {tables.day_key(visit.day): more}
    )
    return action


def _broadcast(table: CountTable, visit: SmokeVisit, announced: int, now: float) -> dict[str, Any]:
    """Return the update that makes the badge too new to be written again for a minute, and the count as one that every
    page has, if it was before."""
    action = _if_still(announced, tables.addition(table.name, tables.ONLINE, tables.ANNOUNCED, -1))
    if announced != visit.count:
        action = {"Update": {"TableName": table.name, "Key": {tables.ID: {"S": tables.ONLINE}}}}
    update = action["Update"]
    update["UpdateExpression"] = f"{update.get('UpdateExpression', '')} SET #written_at = :now".strip()
    update.setdefault("ExpressionAttributeNames", {})["#written_at"] = tables.WRITTEN_AT
    update.setdefault("ExpressionAttributeValues", {})[":now"] = {"N": str(int(now))}
    return action


def _if_still(number: int, action: dict[str, Any]) -> dict[str, Any]:
    """Return `action` on condition that the present value is `number`; a missing attribute counts as 0."""
    update = action["Update"]
    update["ConditionExpression"] = "#number = :was" + ("" if number else " OR attribute_not_exists(#number)")
    update["ExpressionAttributeValues"][":was"] = {"N": str(number)}
    return action


def _row(visit_id: str, now: float, *, uncounted: bool) -> dict[str, Any]:
    return {
        tables.ID: {"S": tables.visit_key(visit_id)},
        tables.ARRIVED_AT: {"N": str(int(now))},
        tables.EXPIRES_AT: {"N": str(int(now) + A_DAY)},
        **({tables.UNCOUNTED: {"S": visit_id}} if uncounted else {}),
    }
