"""A batch of the VisitorCounts stream: fold its visits into the count; if the count moved, tell every page.

Which records are reported as failed: those of visits neither counted nor found counted. Lambda takes the lowest
sequence number reported and delivers everything from there on again, visits counted a moment ago included; folding
those again changes nothing. A rejected visit so goes the way the event source mapping has for it (a few tries, then the
on-failure destination), with its neighbours counted. Counts and unknown records are never reported: see `broadcast`,
and a record that is not understood now will not be understood later, while the sweep counts its visit from the row.

A batch of both kinds folds first and then tells the new count. The fold's own record then finds it announced, unless
more visits came; skipping the broadcast instead, to leave it to that record, would never tell anyone while visits keep
coming in every batch.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from router.broadcasting import badge, broadcast
from router.contract.log_events import BroadcastFailed, Source, UnknownEvent, VisitsCounted
from router.counting.fold import fold

if TYPE_CHECKING:
    from router.dependencies import Invocation
    from router.events import StreamBatch


def batch(event: StreamBatch, invocation: Invocation) -> dict[str, Any]:
    """Lambda's answer for an event source mapping with ReportBatchItemFailures."""
    failed: set[str] = set()
    if event.unknown:
        invocation.log.event(UnknownEvent(Source.STREAM, event.unknown_keys, event.unknown))
    if event.visits:
        folded = fold([record.visit for record in event.visits], invocation)
        invocation.log.event(VisitsCounted(**folded.numbers()))
        failed = folded.rejected | folded.left
    if event.counts:
        _tell(invocation)
        badge.refresh(invocation)
    return {
        "batchItemFailures": [
            {"itemIdentifier": record.sequence} for record in event.visits if record.visit.id in failed
        ]
    }


def _tell(invocation: Invocation) -> None:
    try:
        broadcast.announce(invocation)
    except Exception as error:  # noqa: BLE001 - whatever it is, it must not send counted visits round again
        invocation.log.failure(BroadcastFailed, error)
