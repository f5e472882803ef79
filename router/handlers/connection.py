"""The life of one WebSocket: `$connect`, any message, `$disconnect`. Answers are API Gateway's proxy results."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from router.broadcasting import broadcast
from router.broadcasting.fanout import deliver
from router.configuration import Configuration, normal_origin
from router.contract import log_events
from router.contract.log_events import OriginKind, Outcome, RefusalReason
from router.counting import limits
from router.counting.patience import Patience
from router.counting.visits import CountedVisit, UncountedVisit, visit_of
from router.items import Connection
from router.log import short
from router.visitors.viewer import viewer_of

if TYPE_CHECKING:
    from router.dependencies import Invocation
    from router.events import Connect, Disconnect, Message

LambdaResponse = dict[str, Any]

_OK, _BAD_REQUEST, _FORBIDDEN, _TOO_MANY = 200, 400, 403, 429
_HISTORY_DAYS = 30
_VISIT_ID = re.compile(r"[A-Za-z0-9_-]{8,64}")
# Only the kind of a foreign origin is logged: its host may name a person, or a machine inside somebody's network.
_ORIGIN_KINDS = {
    OriginKind.NULL: re.compile("null"),
    OriginKind.LOCAL: re.compile(r"https?://(?:localhost|127\.\d+\.\d+\.\d+|\[::1\])(?::\d+)?"),
    OriginKind.SITE: re.compile(r"https?://.+", re.DOTALL),
}


@dataclass(frozen=True, slots=True)
class Refused:
    """status: of HTTP."""

    status: int
    reason: RefusalReason


def refusal(event: Connect, configuration: Configuration) -> Refused | None:
    """Why this one may not connect, None if it may. Pure.

    A request without an Origin is let in: only browsers send one, and whoever is no browser could send any.
    """
    if not {normal_origin(origin) for origin in event.origins} <= configuration.allowed_origins:
        return Refused(_FORBIDDEN, RefusalReason.ORIGIN)
    if configuration.visit_policy == "tab" and event.visit is not None and not _VISIT_ID.fullmatch(event.visit):
        return Refused(_BAD_REQUEST, RefusalReason.VISIT)
    return None


def connect(event: Connect, invocation: Invocation) -> LambdaResponse:
    """Remember the connection, then record its visit: in this order, so that the broadcast of this very visit finds it.

    A failure in between leaves a row without a socket, which the first 410 or its TTL removes; the page tries again.
    """
    patience = Patience.of(invocation)
    refused = refusal(event, invocation.configuration) or patience.step(lambda: _too_many(event, invocation))
    if refused:
        _log_refusal(event, refused, invocation)
        return {"statusCode": refused.status}
    patience.step(lambda: invocation.store.remember_connection(event.connection_id, invocation.now()))
    visit = patience.step(lambda: visit_of(event, invocation))
    patience.step(lambda: _record(visit, event, invocation))
    return {"statusCode": _OK}


def _record(visit: CountedVisit | UncountedVisit, event: Connect, invocation: Invocation) -> None:
    connection = short(event.connection_id)
    match visit:
        case UncountedVisit(reason):
            invocation.log.event(log_events.VisitNotCounted(connection, reason))
        case CountedVisit(visit_id, lifetime_seconds):
            new = invocation.store.record_visit(visit_id, invocation.now(), lifetime_seconds)
            kind = log_events.VisitRecorded if new else log_events.VisitRepeated
            invocation.log.event(kind(connection))


def _too_many(event: Connect, invocation: Invocation) -> Refused | None:
    """Only an address that is one client's is held to the limit: without a secret it may be CloudFront's."""
    at_most = invocation.configuration.connects_per_address
    viewer = viewer_of(event, invocation.configuration.origin_secret)
    if not at_most or not viewer.own:
        return None
    if limits.of_viewer(limits.CONNECTS, at_most, viewer, invocation):
        return None
    return Refused(_TOO_MANY, RefusalReason.LIMIT)


def disconnect(event: Disconnect, invocation: Invocation) -> LambdaResponse:
    invocation.store.forget_connection(event.connection_id)
    invocation.log.event(log_events.Disconnected(short(event.connection_id)))
    return {"statusCode": _OK}


def message(event: Message, invocation: Invocation) -> LambdaResponse:
    """Reply with the count and its last days, through @connections: not every emulator knows route responses.

    A reply that does not arrive is logged and is no error: the page has left, or asks again.
    """
    at_most, connection = invocation.configuration.replies_per_connection, short(event.connection_id)
    if not limits.within(limits.REPLIES, at_most, event.connection_id.encode(), b"", invocation):
        invocation.log.event(log_events.ReplyRefused(connection))
        return {"statusCode": _OK}
    totals = invocation.store.totals()
    days = invocation.store.last_days(invocation.now(), _HISTORY_DAYS)
    # Connected long ago as far as a 410 goes: who sends a message is not still opening.
    sender = Connection(event.connection_id, connected_at=0)
    delivery = deliver([sender], broadcast.encode(totals.count, totals.online, days), invocation)[sender.id]
    if delivery.outcome is Outcome.DELIVERED:
        invocation.log.event(log_events.Replied(connection, totals.count, totals.online))
    else:
        invocation.log.event(log_events.ReplyFailed(connection, delivery.outcome, delivery.code))
    return {"statusCode": _OK}


def origin_kind(origin: str) -> OriginKind:
    return next((kind for kind, pattern in _ORIGIN_KINDS.items() if pattern.fullmatch(origin)), OriginKind.OTHER)


def _log_refusal(event: Connect, refused: Refused, invocation: Invocation) -> None:
    foreign = {normal_origin(origin) for origin in event.origins} - invocation.configuration.allowed_origins
    origin = origin_kind(min(foreign)) if refused.reason is RefusalReason.ORIGIN else None
    refusal = log_events.ConnectionRefused(short(event.connection_id), refused.status, refused.reason, origin)
    invocation.log.event(refusal)
