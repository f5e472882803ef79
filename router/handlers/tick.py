"""The handler of every minute: tells the pages who is here if that has changed, and a count that was left to it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from router.broadcasting import announcer
from router.errors import StoreBusyError
from router.items import Counts

if TYPE_CHECKING:
    from router.dependencies import Invocation
    from router.events import Tick
    from router.responses import LambdaResponse

NOT_NEEDED = Counts(0)


def tick(_event: Tick, invocation: Invocation) -> LambdaResponse:
    """Make the broadcast that came too early for a change of presence, or that was left to the tick.

    The next tick comes in a minute, so what passes is no error for Lambda. Raises StoreError when a retry cannot help.
    """
    try:
        totals = invocation.store.broadcasts.totals(NOT_NEEDED)
    except StoreBusyError:
        return {"told": False}
    told = totals.changes == totals.changes_told
    if not told:
        announcer.announce_or_log(invocation, announcer.TICK)
    return {"told": told}
