"""The broadcast of the count to every open page.

The broadcast sends the current count, from a consistent read, and not the count in the stream record: records queue up
while a broadcast runs, and the current count covers them all. After a complete broadcast the count is stored as
announced. Records still in the queue, repeated batches, and records of a count that has already been sent then need one
read each and no posts.

A broadcast that reaches the deadline, or that cannot read the connections, is logged but not reported to Lambda as a
failure: a retry of the batch would block the shard and post again to pages that have the count. The count is not stored
as announced, so the next count or the sweep repeats the broadcast. The order of the pages is constant, so that under
steady traffic each page waits for one round and never for two. If there is not enough time for all pages, the order is
random, so that not always the same pages are left out. A page that connects during a broadcast gets the count as the
reply to its first message.

Who is here changes too when a page leaves or returns, which changes no count. Each such change is counted in an item of
its own, and its stream record leads to a broadcast, unless one was made in the last seconds: then the tick of a later
minute makes it. If a page missed a broadcast, or turned out to be gone, the next tick repeats it.

One broadcast runs at a time, or the posts would exceed their rate, and pages would receive older numbers after newer
ones. A broadcast begins by setting the time of the last one to that of its own latest end, on condition that no other
has begun meanwhile. A count waits for its end; who is here is left to the tick.
"""

from __future__ import annotations

import json
import math
from collections import Counter
from contextlib import suppress
from dataclasses import dataclass
from operator import attrgetter
from typing import TYPE_CHECKING

from router import items
from router.broadcasting.fanout import deliver, is_young
from router.contract.log_events import Broadcast, BroadcastFailed, BroadcastUnneeded
from router.contract.log_values import Outcome
from router.errors import StoreBusyError, StoreError

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Mapping, Sequence

    from router.aws.connections_api import Delivery
    from router.broadcasting.fanout import Messages
    from router.dependencies import Invocation
    from router.items import Connection, Totals
    from router.storage.store import Store


QUIET_SECONDS = 20
"""A crowd that leaves causes one broadcast in this time; the tick of the next minute tells the rest."""

MAX_SECONDS = 60
"""The duration of the longest broadcast: the timeout of the function."""

PRESENCE_POSTS_PER_SECOND = 5
"""Who is here changes more often with more pages, which each of its broadcasts posts to. So there is one in so many
seconds that it posts no more than this on average."""


@dataclass(frozen=True, slots=True)
class BroadcastResult:
    """The outcome of a broadcast, in numbers of connections.

    gone: the ids of closed connections, to delete
    opening: connections that returned 410 but may still be opening
    failed: connections whose posts failed after all retries
    left: connections without a result, because time ran out
    codes: the error codes of failed posts and their numbers
    """

    reached: int
    gone: tuple[str, ...]
    opening: int
    failed: int
    left: int
    codes: Mapping[str, int]


def encode(count: int, online: int | None, days: Sequence[int] | None = None) -> bytes:
    """Return the message to a page: ``{"count":1234,"online":5,"days":[0,…,12]}``.

    online: omitted if unknown
    days: the visits of the last days, ending with today. Only replies contain them: pages update the last day
        themselves. Empty without history: the message is an answer nevertheless
    """
    message: dict[str, object] = {"count": count}
    if online is not None:
        message["online"] = online
    if days is not None:
        message["days"] = list(days)
    return json.dumps(message, separators=(",", ":")).encode()


def announce_or_log(invocation: Invocation, *, quiet_seconds: int = QUIET_SECONDS, waits: bool = True) -> None:
    """Broadcast as `announce` does, but log a failure: a retry by Lambda would only repeat counted visits and posts."""
    try:
        announce(invocation, quiet_seconds=quiet_seconds, waits=waits)
    except Exception as error:  # noqa: BLE001 - see above
        invocation.log.failure(BroadcastFailed, error)


def announce(invocation: Invocation, *, quiet_seconds: int = QUIET_SECONDS, waits: bool = True) -> None:
    """Broadcast the count and who is here, unless every page already has them. Raises StoreError when DynamoDB fails.

    quiet_seconds: if only who is here has changed, the last broadcast must be at least so old
    waits: wait for the end of another broadcast; otherwise leave the change to the next tick
    """
    attempt = 1
    while True:
        totals = invocation.store.totals()
        if totals.is_announced and not _is_due(totals, quiet_seconds, invocation.now()):
            return invocation.log.event(BroadcastUnneeded(totals.count))
        if _begin(totals, invocation):
            return _broadcast_or_end(totals, invocation)
        if not waits:
            return None
        if not invocation.pause(attempt):
            raise StoreBusyError("UpdateItem", "another broadcast is running")
        attempt += 1


def _is_due(totals: Totals, quiet_seconds: int, now: int) -> bool:
    """Return True if who is here has changed, and the last broadcast is old enough: older with many pages."""
    quiet = max(quiet_seconds, (totals.online or 0) // PRESENCE_POSTS_PER_SECOND)
    return totals.changes != totals.changes_told and now - totals.broadcast_at >= quiet


def _begin(totals: Totals, invocation: Invocation) -> bool:
    """Begin a broadcast and return True; return False while another runs, at most until Lambda must have ended it."""
    now = invocation.now()
    until = now + math.ceil(invocation.deadline.remaining_milliseconds() / 1000)
    return totals.broadcast_at <= now and invocation.store.broadcasts.begin(totals.broadcast_at, until)


def _broadcast_or_end(before: Totals, invocation: Invocation) -> None:
    try:
        _broadcast(before, invocation)
    except Exception:
        with suppress(StoreError):
            invocation.store.broadcasts.end(invocation.now())
        raise


def _broadcast(before: Totals, invocation: Invocation) -> None:
    """Broadcast. before: read before the connections, so that those whose changes it contains are not among them."""
    started = invocation.dependencies.clock()
    connections = _open_connections(invocation)
    # Read the count after the connections. Read before them, it could be lower than the count that a page received on
    # a previous socket, and the count on that page would decrease.
    totals = invocation.store.totals()
    online, names = len(connections), {"", *(connection.name for connection in connections)}
    newest = _newest(names, online, invocation.store)
    if totals.is_announced and before.changes_told != items.UNTOLD and online == before.online:
        connections = _unsure(connections, before)
    deliveries = deliver(connections, _messages(totals, names, online), invocation, newest) if connections else {}
    result = summarise(connections, deliveries, invocation.now())
    seconds = invocation.dependencies.clock() - started
    invocation.log.event(_log_event(result, totals.count, online, seconds))
    told = before.changes if result.reached == len(connections) else items.UNTOLD
    announced = None if result.left else totals
    invocation.store.broadcasts.record(online - len(result.gone), told, invocation.now(), announced)
    invocation.store.connections.delete_all(result.gone)


def _unsure(connections: Sequence[Connection], before: Totals) -> list[Connection]:
    """Return the connections that may not know how many are here, though that is as it was in the last broadcast.

    They opened during that broadcast or later, so their reply may have been of the one before.
    """
    began = before.broadcast_at - MAX_SECONDS
    return [connection for connection in connections if connection.connected_at >= began]


def _messages(totals: Totals, names: Collection[str], online: int) -> Messages:
    """Return the message for each name: its own count, encoded once."""
    return {name: encode(totals.of(name), online) for name in names}


def _newest(names: Collection[str], online: int, store: Store) -> Callable[[Messages], Messages]:
    """Return a function that returns the newest messages, for the remaining pages of a long broadcast.

    The broadcast is still stored with its first count, so that the next record in the queue triggers another broadcast
    to the pages that were served first.
    """

    def newest(last: Messages) -> Messages:
        try:
            return _messages(store.totals(), names, online)
        except StoreError:
            return last

    return newest


def _open_connections(invocation: Invocation) -> list[Connection]:
    connections: list[Connection] = []
    for page in invocation.store.connections.pages():
        if not invocation.deadline.allows():
            raise StoreBusyError("Scan", "out of time")  # a partial list would result in a wrong `online`
        connections += page
    round_seconds = len(connections) / invocation.configuration.posts_per_second
    if invocation.deadline.allows(round_seconds):
        connections.sort(key=attrgetter("id"))
    else:
        connections.sort(key=lambda _: invocation.dependencies.random())
    return connections


def summarise(connections: Sequence[Connection], deliveries: Mapping[str, Delivery], now: int) -> BroadcastResult:
    """Return the result of a broadcast.

    Failed connections do not make it incomplete: their pages reconnect, or receive the next count.
    """
    by_outcome: dict[Outcome, list[Connection]] = {outcome: [] for outcome in Outcome}
    for connection in connections:
        by_outcome[deliveries[connection.id].outcome].append(connection)
    failed = [*by_outcome[Outcome.THROTTLED], *by_outcome[Outcome.FAILED], *by_outcome[Outcome.REFUSED]]
    gone = [connection.id for connection in by_outcome[Outcome.GONE] if not is_young(connection, now)]
    return BroadcastResult(
        reached=len(by_outcome[Outcome.DELIVERED]),
        gone=tuple(gone),
        opening=len(by_outcome[Outcome.GONE]) - len(gone),
        failed=len(failed),
        left=len(by_outcome[Outcome.LEFT]),
        codes=Counter(deliveries[connection.id].code for connection in failed),
    )


def _log_event(result: BroadcastResult, count: int, online: int, seconds: float) -> Broadcast:
    return Broadcast(
        count=count,
        online=online,
        reached=result.reached,
        gone=len(result.gone),
        opening=result.opening,
        failed=result.failed,
        left=result.left,
        codes=dict(result.codes),
        milliseconds=round(seconds * 1000),
    )
