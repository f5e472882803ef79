"""Exactly-once counting of visits, regardless of how often and in which batches they are delivered.

`fold` divides the visits into transactions (`transaction.groups`), executes them and handles each result:

    applied             the visits are counted
    counted before      retry at once without these visits
    invalid             retry at once without these visits; if DynamoDB does not name them, split the group in half
    busy                retry after a pause with jitter, until the deadline; the remaining visits are reported as left

A transaction whose response was lost may have been applied. Its retry then finds all marks removed and changes nothing.
"""

from __future__ import annotations

from collections import deque
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from router.contract import tables
from router.errors import StoreRejectedError
from router.storage import transaction

if TYPE_CHECKING:
    from collections.abc import Iterable

    from router.dependencies import Invocation
    from router.items import Visit
    from router.storage.store import Store


@dataclass(slots=True)
class FoldResult:
    """The ids of the folded visits.

    counted: counted now
    repeated: counted before
    rejected: rejected by DynamoDB as invalid
    left: not counted, because time ran out
    transactions: the number of transactions executed
    """

    counted: set[str] = field(default_factory=set)
    repeated: set[str] = field(default_factory=set)
    rejected: set[str] = field(default_factory=set)
    left: set[str] = field(default_factory=set)
    transactions: int = 0

    def add(self, other: FoldResult) -> None:
        """Add the visits and transactions of another result."""
        self.counted |= other.counted
        self.repeated |= other.repeated
        self.rejected |= other.rejected
        self.left |= other.left
        self.transactions += other.transactions

    def numbers(self) -> dict[str, int]:
        """Return the fields of the log events `VisitsCounted` and `Swept`. `visits` are those of the site."""
        return {
            "visits": sum(not tables.name_of(visit_id) for visit_id in self.counted),
            "repeated": len(self.repeated),
            "rejected": len(self.rejected),
            "left": len(self.left),
            "transactions": self.transactions,
        }


def fold(visits: Iterable[Visit], invocation: Invocation) -> FoldResult:
    """Count the visits. Raises StoreError when DynamoDB fails with an error that is not retryable.

    Duplicates are removed first, since DynamoDB rejects a transaction with two actions on one item.
    """
    result = FoldResult()
    now = invocation.now()
    waiting = deque(transaction.groups({visit.id: visit for visit in visits}.values(), now))
    busy_attempts = 0
    while waiting and invocation.deadline.allows():
        group = waiting.popleft()
        result.transactions += 1
        attempt, rest = _execute(group, now, result, invocation.store)
        waiting.extendleft(reversed(rest))
        busy_attempts = busy_attempts + 1 if attempt.busy else 0
        if busy_attempts and not invocation.pause(busy_attempts):
            break
    result.left.update(visit.id for group in waiting for visit in group)
    return result


def _execute(
    group: tuple[Visit, ...], now: int, result: FoldResult, store: Store
) -> tuple[transaction.Attempt, list[tuple[Visit, ...]]]:
    """Execute one transaction; return its outcome and the groups to retry."""
    try:
        attempt = store.count(group, now)
    except StoreRejectedError:
        if len(group) > 1:
            middle = len(group) // 2
            return transaction.Attempt(applied=False), [group[:middle], group[middle:]]
        attempt = transaction.Attempt(applied=False, rejected=frozenset(group))
    result.repeated.update(visit.id for visit in attempt.repeated)
    result.rejected.update(visit.id for visit in attempt.rejected)
    rest = tuple(visit for visit in group if visit not in attempt.repeated | attempt.rejected)
    if attempt.applied:
        result.counted.update(visit.id for visit in rest)
        return attempt, []
    return attempt, [rest] if rest else []
