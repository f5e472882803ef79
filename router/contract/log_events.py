"""The log events of the router: one class per event, with its fields and its level.

`log_line` writes an event as a JSON object: ``level``, ``message`` (the `message` of the class), ``requestId`` and the
fields that are not None. Fields contain numbers and codes (`log_values`). They do not contain addresses, user agents,
visit ids or origins, and only the first characters of a connection id.

INFO     success, or a request that is deliberately not fulfilled
WARNING  a request was rejected, or failed and will be retried
ERROR    needs attention: a visit was not recorded, a broadcast failed, or a backup failed. An alarm counts these lines
         (template_gen/alarms.py)

Events are grouped at the end of this file. Code that reads them handles one group at a time, by `match` with a final
`assert_never`, so that mypy reports a missing event.
"""

from __future__ import annotations

from dataclasses import dataclass

from router.contract.budget_events import BudgetEvent
from router.contract.event_kinds import Event as _Event
from router.contract.event_kinds import Failure as _Failure
from router.contract.event_kinds import MinorFailure as _MinorFailure
from router.contract.event_kinds import OfConnection as _OfConnection
from router.contract.event_kinds import OfCount as _OfCount
from router.contract.event_kinds import WarningEvent as _Warning
from router.contract.log_values import Level, NotCountedReason, OriginKind, Outcome, RefusalReason, Source


class VisitRecorded(_OfConnection):
    """A connection that is a new visit. The stream will count it."""

    message = "visit_recorded"


class VisitRepeated(_OfConnection):
    """A connection whose visit has been recorded before."""

    message = "visit_repeated"


@dataclass(frozen=True)
class VisitNotCounted(_OfConnection):
    """A connection that is not counted as a visit."""

    message = "visit_not_counted"
    reason: NotCountedReason


@dataclass(frozen=True)
class ConnectionRefused(_Warning):
    """A rejected connection.

    status: the HTTP status code
    origin: the kind of the origin, if it is not allowed
    """

    message = "connection_refused"
    connection: str
    status: int
    reason: RefusalReason
    origin: OriginKind | None = None


class Disconnected(_OfConnection):
    """A closed connection."""

    message = "disconnected"


@dataclass(frozen=True)
class Replied(_OfConnection):
    """A reply with the count. `online` is the number of open connections, None if unknown."""

    message = "replied"
    count: int
    online: int | None = None


class ReplyRefused(_OfConnection):
    """A message without a reply, because the connection has exceeded its rate limit."""

    message = "reply_refused"


@dataclass(frozen=True)
class ReplyFailed(_Warning):
    """A reply that was not delivered. `code` is the AWS error code or the reason."""

    message = "reply_failed"
    connection: str
    outcome: Outcome
    code: str


@dataclass(frozen=True)
class VisitsCounted(_Event):
    """The visits of a stream batch.

    visits: counted now
    repeated: counted before
    rejected: rejected by DynamoDB as invalid
    left: not counted, because time ran out
    transactions: the number of transactions executed
    """

    message = "counted"
    visits: int
    repeated: int
    rejected: int
    left: int
    transactions: int

    @property
    def level(self) -> Level:
        """Return WARNING if a visit was not counted."""
        return Level.WARNING if self.rejected or self.left else Level.INFO


@dataclass(frozen=True)
class Broadcast(_Event):
    """A broadcast, in numbers of connections.

    online: stored connections
    reached: connections that received the message
    gone: closed connections
    opening: connections that returned 410 but may still be opening
    failed: connections whose posts failed after all retries
    left: connections without a result, because time ran out
    codes: the error codes of failed posts and their numbers
    """

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
        """Return WARNING if a page did not receive the count."""
        return Level.WARNING if self.failed or self.left else Level.INFO


class BroadcastUnneeded(_OfCount):
    """A changed count that every page already has."""

    message = "broadcast_unneeded"


class BroadcastFailed(_Failure):
    """A broadcast that failed before the first post. The next count or sweep repeats it."""

    message = "broadcast_failed"


class PresenceFailed(_MinorFailure):
    """A connection that closed or returned, which could not be noted. A warning: a later broadcast tells it."""

    message = "presence_failed"


class BadgeWritten(_OfCount):
    """An update of badge.svg and count.json to this count."""

    message = "badge_written"


class BadgeFailed(_MinorFailure):
    """A failed update of badge.svg or count.json.

    The next count or sweep retries. A warning, since no data is lost: they show an older count until then.
    """

    message = "badge_failed"


@dataclass(frozen=True)
class BackupWritten(_OfCount):
    """A backup of the count. `days` is the number of days in it."""

    message = "backup_written"
    days: int


class BackupFailed(_Failure):
    """A failed backup. The next sweep retries. An error, because nothing else reports that backups are missing."""

    message = "backup_failed"


@dataclass(frozen=True)
class Swept(_Event):
    """A sweep. The numbers of visits are those of `VisitsCounted`, for visits that the stream missed.

    forgotten: the number of expired connections that were deleted
    complete: False if time ran out
    """

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
        """Return WARNING if the sweep is incomplete or DynamoDB rejected a visit."""
        return Level.INFO if self.complete and not self.rejected else Level.WARNING


@dataclass(frozen=True)
class UnknownEvent(_Warning):
    """An event in an unknown format.

    keys: the keys at the top level, without their values
    records: the number of unknown records in a stream batch
    """

    message = "unknown_event"
    source: Source
    keys: tuple[str, ...]
    records: int | None = None


@dataclass(frozen=True)
class EventFailed(_Failure):
    """An event whose handler failed. `event` is its type."""

    message = "failed"
    event: str


ConnectionEvent = VisitRecorded | VisitRepeated | VisitNotCounted | ConnectionRefused | Disconnected
ReplyEvent = Replied | ReplyRefused | ReplyFailed
CountEvent = VisitsCounted | Broadcast | BroadcastUnneeded | BroadcastFailed | BadgeWritten | BadgeFailed
SweepEvent = Swept | BackupWritten | BackupFailed
InvocationEvent = UnknownEvent | PresenceFailed | EventFailed

LogEvent = ConnectionEvent | ReplyEvent | CountEvent | SweepEvent | BudgetEvent | InvocationEvent
