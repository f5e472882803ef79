"""The seam to @connections: one message, to one connection, once. Retrying is the caller's (`fanout`).

A faster transport needs only `post`; what it may answer is all a caller knows of HTTP and AWS.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING, Protocol

from botocore.exceptions import BotoCoreError, ClientError

if TYPE_CHECKING:
    from mypy_boto3_apigatewaymanagementapi.client import ApiGatewayManagementApiClient

POSTS_AT_ONCE = 32

_GONE = 410
_TOO_MANY = 429
_SERVER_ERROR = 500


class Outcome(StrEnum):
    DELIVERED = "delivered"
    GONE = "gone"  # no such connection: closed, or still opening
    THROTTLED = "throttled"  # too many requests: may pass in a moment
    FAILED = "failed"  # a server error or no connection: may pass in a moment
    REFUSED = "refused"  # will not pass, for instance for want of a permission
    LEFT = "left"  # not tried: no time was left


@dataclass(frozen=True, slots=True)
class Delivery:
    """code: AWS's error code or the exception's name, empty if delivered."""

    outcome: Outcome
    code: str = ""


class Transport(Protocol):
    def post(self, connection_id: str, data: bytes) -> Delivery:
        """Never raises for anything the network or AWS does. Called from several threads."""


@dataclass(frozen=True, slots=True)
class BotocoreTransport:
    client: ApiGatewayManagementApiClient

    def post(self, connection_id: str, data: bytes) -> Delivery:
        try:
            self.client.post_to_connection(ConnectionId=connection_id, Data=data)
        except ClientError as error:
            return _refusal(error)
        except BotoCoreError as error:
            return Delivery(Outcome.FAILED, type(error).__name__)
        return Delivery(Outcome.DELIVERED)


def _refusal(error: ClientError) -> Delivery:
    status = error.response.get("ResponseMetadata", {}).get("HTTPStatusCode", 0)
    code = error.response.get("Error", {}).get("Code", "")
    if status == _GONE:
        return Delivery(Outcome.GONE, code)
    if status == _TOO_MANY:
        return Delivery(Outcome.THROTTLED, code)
    return Delivery(Outcome.FAILED if status >= _SERVER_ERROR else Outcome.REFUSED, code)
