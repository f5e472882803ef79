"""The values that the fields of log events can have."""

from __future__ import annotations

from enum import StrEnum


class Level(StrEnum):
    """The level of a log line."""

    INFO = "INFO"
    WARNING = "WARNING"
    ERROR = "ERROR"


class NotCountedReason(StrEnum):
    """The reason why a connection is not counted as a visit."""

    ASKED = "asked"  # the page opted out
    CRAWLER = "crawler"
    LIMIT = "limit"  # the address has reached the daily limit of visitors


class RefusalReason(StrEnum):
    """The reason why a connection is rejected."""

    ORIGIN = "origin"  # the origin of the page is not allowed
    VISIT = "visit"  # the visit id is malformed
    LIMIT = "limit"  # the address has exceeded the rate limit of connections
    BUDGET = "budget"  # the month's budget refuses new sockets


class OriginKind(StrEnum):
    """The kind of a foreign origin. The origin itself may identify a person and is not logged."""

    NULL = "null"
    LOCAL = "local"  # localhost or a loopback address
    SITE = "site"
    OTHER = "other"  # a browser extension or a malformed origin


class Outcome(StrEnum):
    """The outcome of a message to a page."""

    DELIVERED = "delivered"
    GONE = "gone"  # there is no such connection: it is closed or still opening
    THROTTLED = "throttled"  # too many requests; retryable
    FAILED = "failed"  # a server error or no response; retryable
    REFUSED = "refused"  # a permanent error, for example a missing permission
    LEFT = "left"  # not sent or not retried, because time ran out


class Source(StrEnum):
    """The presumed sender of an event."""

    WEBSOCKET = "websocket"
    STREAM = "stream"
    OTHER = "other"
