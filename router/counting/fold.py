"""Counts visits exactly once, however often and in whatever company they are handed in.

Part the visits into transactions (`transaction.groups`), try each, and act on what stood in the way:

    applied             they are counted
    counted before      leave those out, try the others again at once
    invalid             set those aside, try the others again at once; if DynamoDB does not say which, halve the group
    busy                pause with jitter and try again, until the deadline; what is left then is reported, not lost

A try whose answer is lost may have been applied: the next one finds every mark gone and changes nothing.
"""

from __future__ import annotations

from collections import deque
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from router.errors import StoreRejectedError
from router.storage import transaction

if TYPE_CHECKING:
    from collections.abc import Iterable

    from router.dependencies import Invocation
    from router.items import Visit


@dataclass(slots=True)
class Fold:
    """counted, repeated: done. rejected: DynamoDB will not take them. left: no time was left. All of them visit ids."""

    counted: set[str] = field(default_factory=set)
    repeated: set[str] = field(default_factory=set)
    rejected: set[str] = field(default_factory=set)
    left: set[str] = field(default_factory=set)
    transactions: int = 0

    def add(self, other: Fold) -> None:
        self.counted |= other.counted
        self.repeated |= other.repeated
        self.rejected |= other.rejected
        self.left |= other.left
        self.transactions += other.transactions

    def numbers(self) -> dict[str, int]:
        return {
            "visits": len(self.counted),
            "repeated": len(self.repeated),
            "rejected": len(self.rejected),
            "left": len(self.left),
            "transactions": self.transactions,
        }


def fold(visits: Iterable[Visit], invocation: Invocation) -> Fold:
    """A visit handed in twice is folded once: DynamoDB refuses a transaction that names an item twice."""
    done = Fold()
    now = invocation.now()
    waiting = deque(transaction.groups({visit.id: visit for visit in visits}.values(), now))
    busy_tries = 0
    while waiting and invocation.deadline.leaves():
        group = waiting.popleft()
        done.transactions += 1
        attempt, rest = _try(group, now, done, invocation)
        waiting.extendleft(reversed(rest))
        busy_tries = busy_tries + 1 if attempt.busy else 0
        if busy_tries and not invocation.pause(busy_tries):
            break
    done.left.update(visit.id for group in waiting for visit in group)
    return done


def _try(
    group: tuple[Visit, ...], now: int, done: Fold, invocation: Invocation
) -> tuple[transaction.Attempt, list[tuple[Visit, ...]]]:
    """One transaction, and the groups that still have to be tried."""
    try:
        attempt = invocation.store.count(group, now)
    except StoreRejectedError:
        if len(group) > 1:
            middle = len(group) // 2
            return transaction.Attempt(applied=False), [group[:middle], group[middle:]]
        attempt = transaction.Attempt(applied=False, rejected=frozenset(group))
    done.repeated.update(visit.id for visit in attempt.repeated)
    done.rejected.update(visit.id for visit in attempt.rejected)
    rest = tuple(visit for visit in group if visit not in attempt.repeated | attempt.rejected)
    if attempt.applied:
        done.counted.update(visit.id for visit in rest)
        return attempt, []
    return attempt, [rest] if rest else []
