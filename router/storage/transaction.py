"""The DynamoDB transaction that counts visits: its actions, and the interpretation of its cancellation. Pure.

The actions are, in this order: one for the count, one per day, one per visit. Visits to pages with a name are added to
the attribute of the name in the same items. The action of a visit removes its mark
`uncounted`, on the condition that the mark exists. A visit that has been counted before, or deleted by its TTL,
therefore cancels the whole transaction and is neither counted twice nor recreated. The cancellation reasons identify
the visits to leave out.
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

MAX_ACTIONS = 100  # the limit of DynamoDB
MAX_VISITS = MAX_ACTIONS - 2  # if all are of one day

_PASSED = "None"
_CONDITION_FAILED = "ConditionalCheckFailed"
_INVALID = frozenset({"ValidationError", "ItemCollectionSizeLimitExceeded"})


@dataclass(frozen=True, slots=True)
class Attempt:
    """The result of a transaction. If it was not applied, a retry without `repeated` and `rejected` may succeed.

    repeated: visits that were counted before or no longer exist
    rejected: visits that DynamoDB rejects as invalid
    busy: True if a conflict, throttling or a server error was a cause
    """

    applied: bool
    repeated: frozenset[Visit] = frozenset()
    rejected: frozenset[Visit] = frozenset()
    busy: bool = False


def groups(visits: Iterable[Visit], now: int) -> list[tuple[Visit, ...]]:
    """Divide visits into groups that each fit one transaction, including an action per day."""
    complete: list[tuple[Visit, ...]] = []
    group: list[Visit] = []
    days: set[str] = set()
    for visit in visits:
        day = items.day_key(visit, now)
        if 1 + len(days | {day}) + len(group) + 1 > MAX_ACTIONS:
            complete.append(tuple(group))
            group, days = [], set()
        group.append(visit)
        days.add(day)
    return [*complete, tuple(group)] if group else complete


def actions(table: str, visits: Sequence[Visit], now: int) -> list[TransactWriteItemTypeDef]:
    """Return the actions of the transaction that counts a group of visits."""
    total = Counter(visit.name for visit in visits)
    return [
        _addition(table, tables.VISITOR_COUNT, tables.CURRENT_COUNT, total),
        *(_addition(table, day, tables.VISITS, number) for day, number in _days(visits, now).items()),
        *(_unmark(table, visit) for visit in visits),
    ]


def read_cancellation(codes: Sequence[str], visits: Sequence[Visit], now: int) -> Attempt:
    """Interpret the codes of the CancellationReasons, one per action, in the order of `actions`.

    Raises StoreError when the count item is invalid or the number of codes is wrong.
    """
    days = list(_days(visits, now))
    shared = 1 + len(days)
    if len(codes) != shared + len(visits):
        raise StoreError("TransactWriteItems", "cancelled", f"{len(codes)} reasons for {shared + len(visits)} actions")
    if codes[0] in _INVALID:
        # No visit is the cause, so leaving visits out would not help: the item must be repaired manually.
        raise StoreError("TransactWriteItems", "cancelled", f"{tables.VISITOR_COUNT} does not contain a number")
    # A day item that does not contain a number only affects the visits of its day.
    invalid_days = {day for day, code in zip(days, codes[1:shared], strict=True) if code in _INVALID}
    by_visit = list(zip(visits, codes[shared:], strict=True))
    repeated = frozenset(visit for visit, code in by_visit if code == _CONDITION_FAILED)
    invalid = frozenset(
        visit for visit, code in by_visit if code in _INVALID or items.day_key(visit, now) in invalid_days
    )
    known = {_PASSED, _CONDITION_FAILED, *_INVALID}
    return Attempt(
        applied=False,
        repeated=repeated,
        rejected=invalid - repeated,
        # TransactionConflict, ThrottlingError, ProvisionedThroughputExceeded, InternalServerError, or an unknown code.
        busy=any(code not in {_PASSED, *_INVALID} for code in codes[:shared])
        or any(code not in known for code in codes[shared:]),
    )


def _days(visits: Iterable[Visit], now: int) -> dict[str, Counter[str]]:
    """Return the number of visits by day key and name, the empty name being the site."""
    days: dict[str, Counter[str]] = {}
    for visit in visits:
        days.setdefault(items.day_key(visit, now), Counter())[visit.name] += 1
    return days


def _addition(table: str, key: str, attribute: str, number: Counter[str]) -> TransactWriteItemTypeDef:
    """Return the action that adds to an item. The number of the site is added even if it is 0, so that it exists."""
    action: TransactWriteItemTypeDef = tables.addition(
        table, key, attribute, number[""], {name: more for name, more in number.items() if name}
    )
    return action


def _unmark(table: str, visit: Visit) -> TransactWriteItemTypeDef:
    return {
        "Update": {
            "TableName": table,
            "Key": {tables.ID: {"S": tables.visit_key(visit.id)}},
            "UpdateExpression": f"REMOVE {tables.UNCOUNTED}",
            "ConditionExpression": f"attribute_exists({tables.UNCOUNTED})",
        }
    }
