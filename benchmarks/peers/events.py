"""The event and the Lambda context of the Python programs."""

from __future__ import annotations

import time

CONNECT = {
    "requestContext": {"eventType": "CONNECT", "connectionId": "0000000000001Ae=", "routeKey": "$connect"},
    "queryStringParameters": {"visit": "q7Zt-3kP_fW0aB1c"},
    "headers": {"Origin": "https://example.com", "User-Agent": "Mozilla/5.0 Firefox/140.0"},
}


class Context:
    """Lambda's context object."""

    aws_request_id = "8c2f4a1e-0000-4000-8000-000000000001"

    def __init__(self) -> None:
        self._until = time.time() + 60

    def get_remaining_time_in_millis(self) -> int:
        return int((self._until - time.time()) * 1000)
