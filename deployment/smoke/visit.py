"""A visit that is counted like any other and leaves the count as it was.

In one transaction a visit's row is put, with its mark, and the count, the day and what the pages are taken to know are
lowered by one. The router folds the row within a second, so the count is again what it was, whatever happens here:
if this process dies, the router still counts the row; if the router is broken, `take_back` undoes all of it, on
condition that it was not counted after all. Open pages are told the number that they show already.
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
    """count: what the count was, and is again once the visit is counted. day: YYYY-MM-DD, UTC."""

    id: str
    day: str
    count: int


def fresh_id() -> str:
    return f"smoke-{uuid.uuid4().hex[:16]}"


def admit(table: CountTable, now: float) -> str:
    """Puts a visit that was counted already, and is deleted after a day; its id opens a socket that does not count."""
    visit_id = fresh_id()
    table.put_new(_row(visit_id, now, uncounted=False))
    return visit_id


def pay_for_a_visit(table: CountTable, now: Callable[[], float]) -> SmokeVisit | None:
    """Puts the visit and lowers the numbers; None when real visits came between the read and the write each time."""
    for _ in range(TRIES):
        moment = now()
        visit = SmokeVisit(fresh_id(), f"{datetime.fromtimestamp(moment, UTC):%Y-%m-%d}", table.count())
        announced = int(table.get(tables.ONLINE).get(tables.ANNOUNCED, {"N": "0"})["N"])
        put = {"TableName": table.name, "Item": _row(visit.id, moment, uncounted=True)}
        try:
            table.transact([{"Put": put}, *_numbers(table, visit, -1, announced)])
        except AlreadyAppliedError:
            continue
        return visit
    return None


def is_counted(table: CountTable, visit: SmokeVisit) -> bool:
    return tables.UNCOUNTED not in table.get(tables.visit_key(visit.id))


def take_back(table: CountTable, visit: SmokeVisit) -> bool:
    """Undoes the visit. False when the router has counted it meanwhile, which leaves nothing to undo."""
    delete = {
        "TableName": table.name,
        "Key": {tables.ID: {"S": tables.visit_key(visit.id)}},
        "ConditionExpression": f"attribute_exists({tables.UNCOUNTED})",
    }
    try:
        table.transact(
            [
                {"Delete": delete},
                tables.addition(table.name, tables.VISITOR_COUNT, tables.CURRENT_COUNT, 1),
                tables.addition(table.name, tables.day_key(visit.day), tables.VISITS, 1),
            ]
        )
    except AlreadyAppliedError:
        return False
    return True


def forget(table: CountTable, *visit_ids: str) -> None:
    table.delete(*(tables.visit_key(visit_id) for visit_id in visit_ids))


def _numbers(table: CountTable, visit: SmokeVisit, more: int, announced: int) -> list[dict[str, Any]]:
    """The numbers, on condition that nobody has changed them: else the pages might be told a number that is too low."""
    actions = [
        _if_still(visit.count, tables.addition(table.name, tables.VISITOR_COUNT, tables.CURRENT_COUNT, more)),
        tables.addition(table.name, tables.day_key(visit.day), tables.VISITS, more),
    ]
    if announced == visit.count:
        actions.append(_if_still(announced, tables.addition(table.name, tables.ONLINE, tables.ANNOUNCED, more)))
    return actions


def _if_still(number: int, action: dict[str, Any]) -> dict[str, Any]:
    """Where there is none, it is 0."""
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
