"""What the stream left behind, on a schedule: count visits that kept their mark, forget connections past their life,
tell a count that a broadcast did not bring to every page, bring the badge up to date, and once a day
copy the count to where it is kept (`backup`).

Each part works through pages until the deadline and leaves the rest to the next sweep. What is done is done: the next
one does not find it again.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from router.broadcasting import badge, broadcast
from router.contract.log_events import Swept
from router.counting import backup
from router.counting.fold import Fold, fold
from router.errors import EventFailedError

if TYPE_CHECKING:
    from router.dependencies import Invocation
    from router.events import Sweep
    from router.items import Visit

# The stream counts a visit within seconds; the sweep keeps out of its way, where both would only meet in conflicts.
LATE_SECONDS = 60


def sweep(_event: Sweep, invocation: Invocation) -> dict[str, Any]:
    """The numbers of the sweep. Raises EventFailedError for visits that can never be counted: somebody has to look."""
    folded = _count_late(invocation)
    forgotten = _forget_expired(invocation)
    complete = invocation.deadline.leaves() and not folded.left
    swept = Swept(**folded.numbers(), forgotten=forgotten, complete=complete)
    invocation.log.event(swept)
    broadcast.announce(invocation)
    badge.refresh(invocation, least_age=0)
    backup.refresh(invocation)
    if folded.rejected:
        raise EventFailedError(f"{len(folded.rejected)} visits cannot be counted: DynamoDB rejects them as invalid")
    return {**vars(swept)}


def _count_late(invocation: Invocation) -> Fold:
    folded = Fold()
    latest = invocation.now() - LATE_SECONDS
    for page in invocation.store.uncounted_pages():
        late = [visit for visit in page if _is_late(visit, latest)]
        if late:
            folded.add(fold(late, invocation))
        if not invocation.deadline.leaves():
            break
    return folded


def _is_late(visit: Visit, latest: int) -> bool:
    return visit.arrived_at is None or visit.arrived_at <= latest


def _forget_expired(invocation: Invocation) -> int:
    forgotten = 0
    for page in invocation.store.expired_connection_pages(invocation.now()):
        if not invocation.deadline.leaves():
            break
        invocation.store.forget_connections(page)
        forgotten += len(page)
    return forgotten
