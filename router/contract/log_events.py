"""What the router logs: one type per kind of line, with its fields, and the level that it is logged at.

A line is a JSON object: ``level``, ``message`` (the type's `message`), ``requestId`` and the event's fields, but for
those that are None (`log_line`). Fields hold numbers and codes: no addresses, no user agents, no visit ids, no origins,
and of a connection id only its first characters.

INFO     it worked, or was left undone for a reason that is no fault of ours
WARNING  something was refused, or failed and will be tried again
ERROR    somebody should look: a visit was not taken, pages were not told, or the count is no longer backed up. The
         template's alarm counts these lines (template_gen/alarms.py)

Whoever reads events decides by `match`, with `assert_never` at its end: a type that is missing there is a type error.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import ClassVar


class Level(StrEnum):
    INFO = "INFO"
    WARNING = "WARNING"
    ERROR = "ERROR"


class NotCountedReason(StrEnum):
    """Why a socket that opened is no visit."""

    ASKED = "asked"  # the page asked not to be counted
    CRAWLER = "crawler"
    LIMIT = "limit"  # its address has brought as many visitors today as one may


class RefusalReason(StrEnum):
    """Why a socket may not open."""

    ORIGIN = "origin"  # the page is of a foreign origin
    VISIT = "visit"  # the visit id is malformed
    LIMIT = "limit"  # its address has opened as many sockets as one may for now


class OriginKind(StrEnum):
    """What a foreign origin is like; which one it is may name a person, and is not logged."""

    NULL = "null"
    LOCAL = "local"  # a machine's own
    SITE = "site"
    OTHER = "other"  # an extension's, or no origin at all


class Outcome(StrEnum):
    """What became of a message to a page."""

    DELIVERED = "delivered"
    GONE = "gone"  # no such connection: closed, or still opening
    THROTTLED = "throttled"  # too many requests: may pass in a moment
    FAILED = "failed"  # a server error or no connection: may pass in a moment
    REFUSED = "refused"  # will not pass, for instance for want of a permission
    LEFT = "left"  # not tried, or not again: no time was left


class Source(StrEnum):
    """Who seems to have sent an event."""

    WEBSOCKET = "websocket"
    STREAM = "stream"
    OTHER = "other"


class _Event:
    message: ClassVar[str]

    @property
    def level(self) -> Level:
        return Level.INFO


class _Warning(_Event):
    @property
    def level(self) -> Level:
        return Level.WARNING


# Fields that several events have. Each dataclass costs a cold start about a millisecond.


@dataclass(frozen=True)
class _OfConnection(_Event):
    """connection: the first characters of a connection's id."""

    connection: str


@dataclass(frozen=True)
class _OfCount(_Event):
    """count: of all visits."""

    count: int


@dataclass(frozen=True)
class _Failure(_Event):
    """error: the exception's type. reason: its text, if it is one of ours. where: its frames, the innermost last."""

    error: str
    reason: str | None
    where: tuple[str, ...]

    @property
    def level(self) -> Level:
        return Level.ERROR


class VisitRecorded(_OfConnection):
    """A socket opened that is a new visit; the stream will count it."""

    message = "visit_recorded"


class VisitRepeated(_OfConnection):
    """A socket opened whose visit was recorded before."""

    message = "visit_repeated"


@dataclass(frozen=True)
class VisitNotCounted(_OfConnection):
    """A socket opened that is no visit."""

    message = "visit_not_counted"
    reason: NotCountedReason


@dataclass(frozen=True)
class ConnectionRefused(_Warning):
    """status: of HTTP. origin: of a foreign origin its kind."""

    message = "connection_refused"
    connection: str
    status: int
    reason: RefusalReason
    origin: OriginKind | None = None


class Disconnected(_OfConnection):
    """A socket was closed."""

    message = "disconnected"


@dataclass(frozen=True)
class Replied(_OfConnection):
    """online: None if unknown."""

    message = "replied"
    count: int
    online: int | None = None


class ReplyRefused(_OfConnection):
    """It has had as many replies as it may for now."""

    message = "reply_refused"


@dataclass(frozen=True)
class ReplyFailed(_Warning):
    """code: AWS's error code or what went wrong."""

    message = "reply_failed"
    connection: str
    outcome: Outcome
    code: str


@dataclass(frozen=True)
class VisitsCounted(_Event):
    """Numbers of visits: counted, counted before, refused by DynamoDB, left for want of time. transactions: tried."""

    message = "counted"
    visits: int
    repeated: int
    rejected: int
    left: int
    transactions: int

    @property
    def level(self) -> Level:
        return Level.WARNING if self.rejected or self.left else Level.INFO


@dataclass(frozen=True)
class Broadcast(_Event):
    """Numbers of connections: found (online), told (reached), closed (gone), still opening, failed for good, and left
    for want of time. codes: why posts failed, with how many did."""

    message = "broadcast"
    count: int
    online: int
    reached: int
    gone: int
    opening: int
    failed: int
    left: int
    codes: dict[str, int]
    milliseconds: int

    @property
    def level(self) -> Level:
        return Level.WARNING if self.failed or self.left else Level.INFO


class BroadcastUnneeded(_OfCount):
    """Every page was told this count before."""

    message = "broadcast_unneeded"


class BroadcastFailed(_Failure):
    """No page was told; the next count or sweep tells them."""

    message = "broadcast_failed"


class BadgeWritten(_OfCount):
    """badge.svg shows this count."""

    message = "badge_written"


class BadgeFailed(_Failure):
    """The next count or sweep tries again. No error: a picture shows an older count meanwhile, and nothing is lost."""

    message = "badge_failed"

    @property
    def level(self) -> Level:
        return Level.WARNING


@dataclass(frozen=True)
class BackupWritten(_OfCount):
    """days: how many of them are in it."""

    message = "backup_written"
    days: int


class BackupFailed(_Failure):
    """The next sweep tries again. An error, since nothing else tells that the backups have stopped."""

    message = "backup_failed"


@dataclass(frozen=True)
class Swept(_Event):
    """As `VisitsCounted`, of visits that were late. forgotten: connections past their life. complete: none was left."""

    message = "swept"
    visits: int
    repeated: int
    rejected: int
    left: int
    transactions: int
    forgotten: int
    complete: bool

    @property
    def level(self) -> Level:
        return Level.INFO if self.complete and not self.rejected else Level.WARNING


@dataclass(frozen=True)
class UnknownEvent(_Warning):
    """keys: at the top level, never their values. records: of a stream batch, how many are unknown."""

    message = "unknown_event"
    source: Source
    keys: tuple[str, ...]
    records: int | None = None


@dataclass(frozen=True)
class EventFailed(_Failure):
    """event: the kind of event that could not be handled."""

    message = "failed"
    event: str


LogEvent = (
    VisitRecorded
    | VisitRepeated
    | VisitNotCounted
    | ConnectionRefused
    | Disconnected
    | Replied
    | ReplyRefused
    | ReplyFailed
    | VisitsCounted
    | Broadcast
    | BroadcastUnneeded
    | BroadcastFailed
    | BadgeWritten
    | BadgeFailed
    | BackupWritten
    | BackupFailed
    | Swept
    | UnknownEvent
    | EventFailed
)
