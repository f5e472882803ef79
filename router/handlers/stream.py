"""The handler of the VisitorCounts stream: counts the visits of a batch, and broadcasts the count if it has changed.

Records of visits that could not be counted are reported as failed. Lambda retries the batch from the lowest reported
sequence number; visits after it that have been counted are not counted again. A rejected visit is thus retried a few
times and then sent to the on-failure destination, as the event source mapping specifies, and the other visits of the
batch are counted. Records of counts, of presence and unknown records are never reported: for the first two see
`announcer`; a retry cannot help with an unknown format, and the sweep counts the visit from its item.

A batch with both visits and counts is counted first; then the new count is broadcast. The record of the new count
usually finds it announced. Leaving the broadcast to that record would postpone it as long as every batch contains
visits.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from router.broadcasting import announcer
from router.contract.log_events import UnknownEvent, VisitsCounted
from router.contract.log_values import Source
from router.counting.fold import fold

if TYPE_CHECKING:
    from router.dependencies import Invocation
    from router.records import StreamBatch
    from router.responses import LambdaResponse


def batch(event: StreamBatch, invocation: Invocation) -> LambdaResponse:
    """Handle a batch; return the response of a function with ReportBatchItemFailures.

    Raises StoreError when DynamoDB fails with an error that is not retryable.
    """
    failed: set[str] = set()
    if event.unknown:
        invocation.log.event(UnknownEvent(Source.STREAM, event.unknown_keys, event.unknown))
    if event.visits:
        folded = fold([record.visit for record in event.visits], invocation)
        invocation.log.event(VisitsCounted(**folded.numbers()))
        failed = folded.rejected | folded.left
    if event.counts:
        # After a fold the counts are newer than those in the batch.
        occasion = announcer.Occasion(None if event.visits else event.newest)
        announcer.announce_or_log(invocation, occasion)
    elif event.changes:
        announcer.announce_or_log(invocation, announcer.PRESENCE)
    return {
        "batchItemFailures": [
            {"itemIdentifier": record.sequence} for record in event.visits if record.visit.id in failed
        ]
    }
