"""The handlers of WebSocket events: `$connect`, messages and `$disconnect`. They return API Gateway proxy responses."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

from router.aws.connections_api import CLOSE
from router.broadcasting import broadcast, presence
from router.broadcasting.fanout import deliver
from router.configuration import Configuration, normal_origin
from router.contract import log_events
from router.contract.budget import CLOSED, REFUSING, THINNED
from router.contract.log_values import OriginKind, Outcome, RefusalReason
from router.counting import limits, recording, reply
from router.counting.retry import Retrier
from router.counting.visits import CountedVisit, UncountedVisit, visit_of
from router.errors import StoreError
from router.items import Connection, Sender
from router.log import short
from router.responses import status
from router.visitors.viewer import viewer_of

if TYPE_CHECKING:
    from router.dependencies import Invocation
    from router.events import Connect, Disconnect, Message
    from router.responses import LambdaResponse


_OK, _BAD_REQUEST, _FORBIDDEN, _TOO_MANY_REQUESTS = 200, 400, 403, 429
_VISIT_ID = re.compile(r"[A-Za-z0-9_-]{8,64}")
# Only the kind of a foreign origin is logged, because its host may identify a person or an internal network.
_ORIGIN_KINDS = {
    OriginKind.NULL: re.compile("null"),
    OriginKind.LOCAL: re.compile(r"https?://(?:localhost|127\.\d+\.\d+\.\d+|\[::1\])(?::\d+)?"),
    OriginKind.SITE: re.compile(r"https?://.+", re.DOTALL),
}


@dataclass(frozen=True, slots=True)
class Refused:
    """A rejected connection. `status` is the HTTP status code."""

    status: int
    reason: RefusalReason


def refusal(event: Connect, configuration: Configuration) -> Refused | None:
    """Return the reason to reject a connection, None to accept it. Pure.

    A request without an Origin header is accepted: browsers always send it, and other clients can send any value.
    """
    if not {normal_origin(origin) for origin in event.origins} <= configuration.allowed_origins:
        return Refused(_FORBIDDEN, RefusalReason.ORIGIN)
    if configuration.visit_policy == "tab" and event.visit is not None and not _VISIT_ID.fullmatch(event.visit):
        return Refused(_BAD_REQUEST, RefusalReason.VISIT)
    return None


def connect(event: Connect, invocation: Invocation) -> LambdaResponse:
    """Store the connection, with the id of its visit, then record the visit. Raises StoreError when DynamoDB fails.

    The order ensures that the broadcast of this visit includes the connection. A failure in between leaves an item
    without a connection, which the next broadcast (status 410) or the TTL removes; the page retries.
    """
    retrier = Retrier.of(invocation)
    refused = (
        refusal(event, invocation.configuration)
        or _without_budget(invocation)
        or retrier.run(lambda: _rate_limit(event, invocation))
    )
    if refused:
        invocation.log.event(_refusal_event(event, refused, invocation.configuration.allowed_origins))
        return status(refused.status)
    visit = retrier.run(lambda: visit_of(event, invocation))
    # Any other name is counted for the site only, so that nobody can create items for names of their own.
    name = event.name if event.name in invocation.configuration.names else ""
    sender = Sender(visit.visit_id if isinstance(visit, CountedVisit) else None, name)
    retrier.run(lambda: invocation.store.connections.add(event.connection_id, invocation.now(), sender))
    if not _record(visit, event, name, invocation, retrier):
        presence.note(invocation)  # no count will change, but one more is here
    return status(_OK)


def _record(
    visit: CountedVisit | UncountedVisit, event: Connect, name: str, invocation: Invocation, retrier: Retrier
) -> bool:
    """Record a visit; return False if no count changes: it is not counted, or has been recorded before."""
    connection = short(event.connection_id)
    match visit:
        case UncountedVisit(reason):
            invocation.log.event(log_events.VisitNotCounted(connection, reason))
            return False
        case CountedVisit(visit_id):
            new = recording.record(visit, name, invocation, retrier)
            kind = log_events.VisitRecorded if visit_id in new else log_events.VisitRepeated
            invocation.log.event(kind(connection))
            return bool(new)


def _without_budget(invocation: Invocation) -> Refused | None:
    """Return a refusal if the month's budget admits no new sockets, as far as this environment knows."""
    if invocation.budget.step(invocation.now()) < REFUSING:
        return None
    return Refused(_TOO_MANY_REQUESTS, RefusalReason.BUDGET)


def _rate_limit(event: Connect, invocation: Invocation) -> Refused | None:
    """Return a refusal if the address exceeds its limit.

    The limit applies only to the address of a single client: without an origin secret it may be CloudFront's.
    """
    limit = invocation.configuration.connects_per_address
    viewer = viewer_of(event, invocation.configuration.origin_secret)
    if not limit or not viewer.own:
        return None
    if limits.take_connect(limit, viewer, invocation):
        return None
    return Refused(_TOO_MANY_REQUESTS, RefusalReason.LIMIT)


def disconnect(event: Disconnect, invocation: Invocation) -> LambdaResponse:
    """Delete the connection, then note that it has left. Raises StoreError when DynamoDB cannot delete it.

    Without a reader left there is nobody to tell. Whoever comes next is counted by the next broadcast.
    """
    invocation.store.connections.delete(event.connection_id)
    if _is_anybody_left(invocation):
        presence.note(invocation, attempts=2)
    invocation.log.event(log_events.Disconnected(short(event.connection_id)))
    return status(_OK)


def _is_anybody_left(invocation: Invocation) -> bool:
    try:
        return invocation.store.connections.is_anybody_left()
    except StoreError:
        return True


def message(event: Message, invocation: Invocation) -> LambdaResponse:
    """Reply with the count and its last days, the sender's own visit included. Raises StoreError when DynamoDB fails.

    The reply uses @connections, because not every emulator supports route responses. A failed reply is logged and is
    not an error: the page has been closed, or asks again.
    """
    limit, connection = invocation.configuration.replies_per_connection, short(event.connection_id)
    step = invocation.budget.step(invocation.now())
    if step == CLOSED:
        return status(_OK)  # the tick closes its socket
    # A connection that sends a message is no longer opening, so a 410 is final.
    sender = Connection(event.connection_id, connected_at=0)
    excess = limits.take_reply(limit, event.connection_id, invocation)
    if excess:
        if excess % limit == 1 % limit:  # not for each of the messages that are on their way
            deliver([sender], {"": CLOSE}, invocation)
        invocation.log.event(log_events.ReplyRefused(connection))
        return status(_OK)
    numbers = reply.numbers(event.connection_id, invocation)
    answer = broadcast.encode(numbers.count, numbers.online, numbers.days if step < THINNED else [])
    delivery = deliver([sender], {"": answer}, invocation)[sender.id]
    if delivery.outcome is Outcome.DELIVERED:
        invocation.log.event(log_events.Replied(connection, numbers.count, numbers.online))
    else:
        invocation.log.event(log_events.ReplyFailed(connection, delivery.outcome, delivery.code))
    return status(_OK)


def origin_kind(origin: str) -> OriginKind:
    """Return the kind of a foreign origin, for the log."""
    return next((kind for kind, pattern in _ORIGIN_KINDS.items() if pattern.fullmatch(origin)), OriginKind.OTHER)


def _refusal_event(event: Connect, refused: Refused, allowed: frozenset[str]) -> log_events.ConnectionRefused:
    foreign = {normal_origin(origin) for origin in event.origins} - allowed
    origin = origin_kind(min(foreign)) if refused.reason is RefusalReason.ORIGIN else None
    return log_events.ConnectionRefused(short(event.connection_id), refused.status, refused.reason, origin)
