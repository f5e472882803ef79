"""The note that who is here has changed though no count has. A broadcast follows from its stream record."""

from __future__ import annotations

from typing import TYPE_CHECKING

from router.contract.log_events import PresenceFailed
from router.errors import StoreBusyError, StoreError

if TYPE_CHECKING:
    from router.dependencies import Invocation


def note(invocation: Invocation, *, attempts: int = 1) -> None:
    """Note a change. Best effort: every change is written to one item, which must reject no connection.

    The next broadcast tells a change that was not noted, as it counts the connections.
    """
    for attempt in range(1, attempts + 1):
        try:
            invocation.store.note_presence()
            break
        except StoreError as error:
            if attempt == attempts or not isinstance(error, StoreBusyError) or not invocation.pause(attempt):
                invocation.log.failure(PresenceFailed, error)
                break
