"""The handler of every minute: tells the pages who is here, if that has changed since the last broadcast."""

from __future__ import annotations

from typing import TYPE_CHECKING

from router.broadcasting import broadcast
from router.errors import StoreBusyError
from router.handlers import enforcement

if TYPE_CHECKING:
    from router.dependencies import Invocation
    from router.events import Tick
    from router.responses import LambdaResponse


def tick(_event: Tick, invocation: Invocation) -> LambdaResponse:
    """Repeat a broadcast that came too early for a change of presence.

    The next tick comes in a minute, so what passes is no error for Lambda. Raises StoreError when a retry cannot help.
    """
    enforcement.enforce(invocation)
    try:
        told = invocation.store.is_presence_told()
    except StoreBusyError:
        return {"told": False}
    if not told:
        broadcast.announce_or_log(invocation, quiet_seconds=0, waits=False)
    return {"told": told}
