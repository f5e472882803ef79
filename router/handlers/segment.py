"""The handler of a part of a broadcast in segments."""

from __future__ import annotations

from typing import TYPE_CHECKING

from router.broadcasting import segments
from router.contract.log_events import BroadcastFailed

if TYPE_CHECKING:
    from router.dependencies import Invocation
    from router.parts import Segment
    from router.responses import LambdaResponse


def segment(event: Segment, invocation: Invocation) -> LambdaResponse:
    """Tell the connections of a segment.

    A failure is logged and no error for Lambda: it would retry a part that is claimed. The next round makes it good.
    """
    try:
        segments.run(event, invocation)
    except Exception as error:  # noqa: BLE001 - see above
        invocation.log.failure(BroadcastFailed, error)
    return {}
