"""The handler of the schedule: processes what the stream missed.

It counts visits that are still marked as uncounted, deletes expired connections, moves the days that are no longer
recent into items of their own (`storage.days`), repeats an incomplete broadcast, updates badge.svg and count.json and,
once a day, backs up the count (`backup`). Each step works page by page until the deadline; the next sweep continues
with the rest.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from router import items
from router.broadcasting import announcer, presence
from router.contract.log_events import Swept
from router.counting import backup
from router.counting.fold import FoldResult, fold
from router.errors import EventFailedError

if TYPE_CHECKING:
    from router.dependencies import Invocation
    from router.events import Sweep
    from router.items import Visit
    from router.responses import LambdaResponse

# The stream counts a visit within seconds. The sweep ignores newer visits, to avoid transaction conflicts with it.
LATE_SECONDS = 60


def sweep(_event: Sweep, invocation: Invocation) -> LambdaResponse:
    """Run a sweep and return its numbers.

    Raises EventFailedError when DynamoDB rejects visits as invalid, because they need manual repair, and StoreError
    when it fails otherwise.
    """
    folded = _count_late(invocation)
    forgotten = _forget_expired(invocation)
    if forgotten:
        presence.note(invocation, attempts=2)
    _settle_days(invocation)
    complete = invocation.deadline.allows() and not folded.left
    swept = Swept(**folded.numbers(), forgotten=forgotten, complete=complete)
    invocation.log.event(swept)
    announcer.announce_or_log(invocation, announcer.SWEEP)
    backup.refresh(invocation)
    if folded.rejected:
        raise EventFailedError(f"{len(folded.rejected)} visits cannot be counted: DynamoDB rejects them as invalid")
    return {**vars(swept)}


def _count_late(invocation: Invocation) -> FoldResult:
    folded = FoldResult()
    latest = invocation.now() - LATE_SECONDS
    for page in invocation.store.uncounted_pages():
        late = [visit for visit in page if _is_late(visit, latest)]
        if late:
            folded.add(fold(late, invocation))
        if not invocation.deadline.allows():
            break
    return folded


def _is_late(visit: Visit, latest: int) -> bool:
    return visit.arrived_at is None or visit.arrived_at <= latest


def _forget_expired(invocation: Invocation) -> int:
    forgotten = 0
    for page in invocation.store.connections.expired_pages(invocation.now()):
        if not invocation.deadline.allows():
            break
        invocation.store.connections.delete_all(page)
        forgotten += len(page)
    return forgotten


def _settle_days(invocation: Invocation) -> None:
    """Once a day in each execution environment, move the visits of days to their places."""
    today = items.utc_day(invocation.now())
    if invocation.memory.days_settled == today or not invocation.deadline.allows():
        return
    if invocation.store.days.settle(invocation.now(), sorted(invocation.configuration.names)):
        invocation.memory.days_settled = today
