"""The encoding of a log event as one line, which Lambda forwards to CloudWatch Logs. `log_reader` decodes it.

``{"level":"INFO","message":"replied","requestId":"8c2f4a1e-…","connection":"Cc1l","count":3}``
"""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from router.contract.log_events import LogEvent


def encode(event: LogEvent, request_id: str) -> str:
    """Return the event as one line, without a newline."""
    fields = {name: value for name, value in vars(event).items() if value is not None}
    record = {"level": event.level, "message": event.message, "requestId": request_id, **fields}
    return json.dumps(record, separators=(",", ":"))
