"""Counting visits, as one DynamoDB transaction: how it is written and how its refusal is read. Pure.

Its actions, in this order: the count, one per day, one per visit. Each visit's action removes the visit's uncounted
mark on condition that the mark is there. So a visit already counted, or deleted by its TTL, cancels the whole
transaction instead of being counted twice or brought back; the reasons of the cancellation say which to leave out.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from typing import TYPE_CHECKING

from router import items
from router.contract import tables
from router.errors import StoreError

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from mypy_boto3_dynamodb.type_defs import TransactWriteItemTypeDef

    from router.items import Visit

ACTIONS_AT_MOST = 100  # DynamoDB's limit
VISITS_AT_MOST = ACTIONS_AT_MOST - 2  # all of one day

_PASSED = "None"
_CONDITION_FAILED = "ConditionalCheckFailed"
_INVALID = frozenset({"ValidationError", "ItemCollectionSizeLimitExceeded"})


@dataclass(frozen=True, slots=True)
class Attempt:
    """What a transaction did. Not applied, it changed nothing and may pass without `repeated` and `rejected`.

    repeated: were counted before, or are no more. rejected: DynamoDB will never take them.
    busy: another writer, a throttle or a server error was (also) in the way.
    """

    applied: bool
    repeated: frozenset[Visit] = frozenset()
    rejected: frozenset[Visit] = frozenset()
    busy: bool = False


def groups(visits: Iterable[Visit], now: int) -> list[tuple[Visit, ...]]:
    """Visits parted so that each part fits one transaction, with a row for every day it touches."""
    parts: list[tuple[Visit, ...]] = []
    part: list[Visit] = []
    days: set[str] = set()
    for visit in visits:
        day = items.day_key(visit, now)
        if 1 + len(days | {day}) + len(part) + 1 > ACTIONS_AT_MOST:
            parts.append(tuple(part))
            part, days = [], set()
        part.append(visit)
        days.add(day)
    return [*parts, tuple(part)] if part else parts


def actions(table: str, visits: Sequence[Visit], now: int) -> list[TransactWriteItemTypeDef]:
    days = _days(visits, now)
    return [
        tables.addition(table, tables.VISITOR_COUNT, tables.CURRENT_COUNT, len(visits)),
        *(tables.addition(table, day, tables.VISITS, number) for day, number in days.items()),
        *(_unmark(table, visit) for visit in visits),
    ]


def read_refusal(codes: Sequence[str], visits: Sequence[Visit], now: int) -> Attempt:
    """codes: of the CancellationReasons, one per action in the order of `actions`."""
    days = list(_days(visits, now))
    shared = 1 + len(days)
    if len(codes) != shared + len(visits):
        raise StoreError("TransactWriteItems", "cancelled", f"{len(codes)} reasons for {shared + len(visits)} actions")
    if codes[0] in _INVALID:
        # No visit is at fault and leaving some out would not help: somebody has to mend the row.
        raise StoreError("TransactWriteItems", "cancelled", f"{tables.VISITOR_COUNT} does not hold a number")
    # A day's row that holds no number stops the visits of its day, and no other.
    broken = {day for day, code in zip(days, codes[1:shared], strict=True) if code in _INVALID}
    by_visit = list(zip(visits, codes[shared:], strict=True))
    repeated = frozenset(visit for visit, code in by_visit if code == _CONDITION_FAILED)
    invalid = frozenset(visit for visit, code in by_visit if code in _INVALID or items.day_key(visit, now) in broken)
    understood = {_PASSED, _CONDITION_FAILED, *_INVALID}
    return Attempt(
        applied=False,
        repeated=repeated,
        rejected=invalid - repeated,
        # TransactionConflict, ThrottlingError, ProvisionedThroughputExceeded, InternalServerError, or news to us.
        busy=any(code not in {_PASSED, *_INVALID} for code in codes[:shared])
        or any(code not in understood for code in codes[shared:]),
    )


def _days(visits: Iterable[Visit], now: int) -> Counter[str]:
    return Counter(items.day_key(visit, now) for visit in visits)


def _unmark(table: str, visit: Visit) -> TransactWriteItemTypeDef:
    return {
        "Update": {
            "TableName": table,
            "Key": {tables.ID: {"S": tables.visit_key(visit.id)}},
            "UpdateExpression": f"REMOVE {tables.UNCOUNTED}",
            "ConditionExpression": f"attribute_exists({tables.UNCOUNTED})",
        }
    }
