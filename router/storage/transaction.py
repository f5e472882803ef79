"""The DynamoDB transactions that count visits: their actions, and the interpretation of their cancellation. Pure.

The stream's transaction (`actions`) has these, in this order: one for the count, one for each further item of numbers,
one per visit. Recent days are attributes of the count, so the visits to the site take no further item. The action of a
visit removes its mark `uncounted`, on the condition that the mark exists. A visit that has been counted before, or
deleted by its TTL, therefore cancels the whole transaction and is neither counted twice nor recreated. The cancellation
reasons identify the visits to leave out.

The transaction of `$connect` (`direct_actions`) puts the visits of one page without the mark, on the condition that
they are new, and adds them to the numbers. So a visit is either counted or marked, and never both.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from router import items
from router.contract import tables
from router.errors import StoreError

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from mypy_boto3_dynamodb.type_defs import TransactWriteItemTypeDef

    from router.items import Visit

MAX_ACTIONS = 100  # the limit of DynamoDB
MAX_VISITS = MAX_ACTIONS - 1  # if all are of recent days, and to pages without a name
IS_NEW = f"attribute_not_exists({tables.ID})"

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
    """Divide visits into groups that each fit one transaction, including the actions for their numbers."""
    complete: list[tuple[Visit, ...]] = []
    group: list[Visit] = []
    keys: set[str] = set()
    for visit in visits:
        own = {key for key, _ in _numbers_of(visit, now)}
        if len(keys | own) + len(group) + 1 > MAX_ACTIONS:
            complete.append(tuple(group))
            group, keys = [], set()
        group.append(visit)
        keys |= own
    return [*complete, tuple(group)] if group else complete


def actions(table: str, visits: Sequence[Visit], now: int) -> list[TransactWriteItemTypeDef]:
    """Return the actions of the transaction that counts a group of visits."""
    return [*_additions(table, visits, now), *(_unmark(table, visit) for visit in visits)]


def direct_actions(
    table: str, visits: Sequence[Visit], now: int, lifetime_seconds: int
) -> list[TransactWriteItemTypeDef]:
    """Return the actions of the transaction that stores the new visits of a page and counts them.

    visits: to the site, to the name of the page, or both in this order
    """
    puts = (_put(table, visit_item(visit.id, now, lifetime_seconds, marked=False)) for visit in visits)
    count, *others = _additions(table, visits, now)
    return [*puts, tables.with_last_visit(count, visits[-1].id), *others]


def visit_item(visit_id: str, now: int, lifetime_seconds: int, *, marked: bool) -> dict[str, Any]:
    """Return the item of a visit. marked: True if it is still to be counted."""
    return {
        tables.ID: {"S": tables.visit_key(visit_id)},
        tables.ARRIVED_AT: {"N": str(now)},
        tables.EXPIRES_AT: {"N": str(now + lifetime_seconds)},
        **({tables.UNCOUNTED: {"S": visit_id}} if marked else {}),
    }


def read_cancellation(codes: Sequence[str], visits: Sequence[Visit], now: int) -> Attempt:
    """Interpret the codes of the CancellationReasons, one per action, in the order of `actions`.

    Raises StoreError when the count item is invalid or the number of codes is wrong.
    """
    keys = list(_numbers(visits, now))
    shared = len(keys)
    if len(codes) != shared + len(visits):
        raise StoreError("TransactWriteItems", "cancelled", f"{len(codes)} reasons for {shared + len(visits)} actions")
    if codes[0] in _INVALID:
        # No visit is the cause, so leaving visits out would not help: the item must be repaired manually.
        raise StoreError("TransactWriteItems", "cancelled", f"{tables.VISITOR_COUNT} does not contain a number")
    # Another item that does not contain a number only affects the visits of its day or of its name.
    invalid_keys = {key for key, code in zip(keys, codes[:shared], strict=True) if code in _INVALID}
    by_visit = list(zip(visits, codes[shared:], strict=True))
    repeated = frozenset(visit for visit, code in by_visit if code == _CONDITION_FAILED)
    invalid = frozenset(
        visit
        for visit, code in by_visit
        if code in _INVALID or not invalid_keys.isdisjoint(key for key, _ in _numbers_of(visit, now))
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


def read_direct_cancellation(codes: Sequence[str], visits: Sequence[Visit]) -> Attempt:
    """Interpret the codes of the CancellationReasons, in the order of `direct_actions`.

    Whatever else than a known visit cancelled it, an invalid number too, is left to the transaction of the stream.
    """
    repeated = frozenset(visit for visit, code in zip(visits, codes, strict=False) if code == _CONDITION_FAILED)
    busy = not repeated or not set(codes) <= {_PASSED, _CONDITION_FAILED}
    return Attempt(applied=False, repeated=repeated, busy=busy)


def _numbers_of(visit: Visit, now: int) -> tuple[tuple[str, str], tuple[str, str]]:
    """Return the items and attributes to which a visit is added: the total, and its day."""
    name, day = visit.name, items.day_key(visit, now)
    total = tables.VISITOR_COUNT, tables.named_attribute(name) if name else tables.CURRENT_COUNT
    if tables.is_recent(tables.day_of(day), items.utc_day(now)):
        return total, (tables.history_key(name) if name else tables.VISITOR_COUNT, day)
    return total, (day, tables.named_attribute(name) if name else tables.VISITS)


def _numbers(visits: Iterable[Visit], now: int) -> dict[str, Counter[str]]:
    """Return what is added, by item and attribute. The item of the count is the first."""
    numbers: dict[str, Counter[str]] = {tables.VISITOR_COUNT: Counter()}
    for visit in visits:
        for key, attribute in _numbers_of(visit, now):
            numbers.setdefault(key, Counter())[attribute] += 1
    return numbers


def _additions(table: str, visits: Iterable[Visit], now: int) -> Iterator[TransactWriteItemTypeDef]:
    """Yield the actions that add the visits to the numbers, that of the count first.

    The number of the site is added even if it is 0, so that it exists.
    """
    for key, numbers in _numbers(visits, now).items():
        own = _attribute_of_site(key) or next(iter(numbers))
        others = {attribute: number for attribute, number in numbers.items() if attribute != own}
        yield tables.addition(table, key, own, numbers[own], others)


def _attribute_of_site(key: str) -> str:
    """Return the attribute with the number of the site, empty if the item is of a name."""
    if key == tables.VISITOR_COUNT:
        return tables.CURRENT_COUNT
    return tables.VISITS if key.startswith(tables.DAY_PREFIX) else ""


def _put(table: str, item: dict[str, Any]) -> TransactWriteItemTypeDef:
    return {"Put": {"TableName": table, "Item": item, "ConditionExpression": IS_NEW}}


def _unmark(table: str, visit: Visit) -> TransactWriteItemTypeDef:
    return {
        "Update": {
            "TableName": table,
            "Key": {tables.ID: {"S": tables.visit_key(visit.id)}},
            "UpdateExpression": f"REMOVE {tables.UNCOUNTED}",
            "ConditionExpression": f"attribute_exists({tables.UNCOUNTED})",
        }
    }
