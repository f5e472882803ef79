"""One broadcast of the count to every open page. `announcer` decides when there is one.

The broadcast sends the current count, from a consistent read, and not the count in the stream record: records queue up
while a broadcast runs, and the current count covers them all. After a complete broadcast the count is stored as
announced. Records still in the queue, repeated batches, and records of a count that has already been sent then need one
read each and no posts.

A broadcast that reaches the deadline is logged, and its count is not stored as announced. The order of the pages is
constant, so that under steady traffic each page waits for one round and never for two. If there is not enough time for
all pages, the order is random, so that not always the same pages are left out. A page that connects during a broadcast
gets the count as the reply to its first message.

Who is here changes too when a page leaves or returns, which changes no count. Each such change is counted in an item of
its own, and every broadcast tells it. If a page missed a broadcast, or turned out to be gone, the next tick repeats it.
"""

from __future__ import annotations

import json
from collections import Counter
from contextlib import suppress
from dataclasses import dataclass
from operator import attrgetter
from typing import TYPE_CHECKING

from router import items
from router.broadcasting import site_files
from router.broadcasting.fanout import deliver, is_young
from router.contract.log_events import Broadcast
from router.contract.log_values import Outcome
from router.errors import StoreBusyError, StoreError

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Mapping, Sequence

    from router.aws.connections_api import Delivery
    from router.broadcasting.fanout import Messages
    from router.dependencies import Invocation
    from router.items import Connection, Counts, Totals
    from router.storage.store import Store


CONNECT_SECONDS = 5
"""From the time in the row of a connection to when it is stored, with retries, and between two clocks."""


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


def encode(count: int, online: int, days: Sequence[int] | None = None) -> bytes:
    """Return the message to a page: ``{"count":1234,"online":5,"days":[0,…,12]}``.

    online: a page that receives it is itself here, so it is at least 1
    days: the visits of the last days, ending with today. Only replies contain them: pages update the last day
        themselves. Empty without history: the message is an answer nevertheless
    """
    message: dict[str, object] = {"count": count, "online": max(1, online)}
    if days is not None:
        message["days"] = list(days)
    return json.dumps(message, separators=(",", ":")).encode()


@dataclass(frozen=True, slots=True)
class Round:
    """A broadcast that has begun.

    before: read before the connections, so that those whose changes it contains are not among them
    connections: all open ones
    started: before the connections were read, on the clock of the invocation
    badge_age: of `site_files.write`
    """

    before: Totals
    connections: Sequence[Connection]
    started: float
    badge_age: int

    @property
    def begun_at(self) -> int:
        """The beginning, in epoch milliseconds, which identifies it."""
        return round(self.started * 1000)


def run(a_round: Round, invocation: Invocation) -> None:
    """Broadcast, and store the result. Raises StoreError when DynamoDB fails; then the broadcast is marked as ended."""
    try:
        _run(a_round, invocation)
    except Exception:
        with suppress(StoreError):
            invocation.store.broadcasts.end(invocation.now(), a_round.begun_at)
        raise


def _run(a_round: Round, invocation: Invocation) -> None:
    before, connections = a_round.before, a_round.connections
    # Read the count after the connections. Read before them, it could be lower than the count that a page received on
    # a previous socket, and the count on that page would decrease.
    totals = before.updated(invocation.store.broadcasts.counts())
    online, names = len(connections), {"", *(connection.name for connection in connections)}
    if totals.is_announced and before.changes_told != items.UNTOLD and online == before.online:
        connections = _unsure(connections, before)
    refresh = newest(names, online, invocation.store)
    deliveries = deliver(connections, messages(totals, names, online), invocation, refresh) if connections else {}
    result = summarise(connections, deliveries, invocation.now())
    seconds = invocation.dependencies.clock() - a_round.started
    invocation.log.event(log_event(result, totals.count, online, seconds))
    told = before.changes if result.reached == len(connections) else items.UNTOLD
    announced = None if result.left else totals
    badge = site_files.write(totals, invocation, min_age=a_round.badge_age)
    here, now = online - len(result.gone), invocation.now()
    invocation.store.broadcasts.record(here, told, now, announced, badge, a_round=a_round.begun_at)
    invocation.store.connections.delete_all(result.gone)


def _unsure(connections: Sequence[Connection], before: Totals) -> list[Connection]:
    """Return the connections that may not know how many are here, though that is as it was in the last broadcast.

    They opened during that broadcast or later, so their reply may have been of the one before. One in segments may take
    longer than an invocation.
    """
    began = before.begun_at // 1000 - CONNECT_SECONDS
    return [connection for connection in connections if connection.connected_at >= began]


def messages(counts: Counts | Totals, names: Collection[str], online: int) -> Messages:
    """Return the message for each name: its own count, encoded once."""
    return {name: encode(counts.named.get(name, 0) if name else counts.count, online) for name in names}


def newest(names: Collection[str], online: int, store: Store) -> Callable[[Messages], Messages]:
    """Return a function that returns the newest messages, for the remaining pages of a long broadcast.

    The broadcast is still stored with its first count, so that the next record in the queue triggers another broadcast
    to the pages that were served first.
    """

    def refresh(last: Messages) -> Messages:
        try:
            return messages(store.broadcasts.counts(), names, online)
        except StoreError:
            return last

    return refresh


def open_connections(invocation: Invocation) -> list[Connection]:
    """Return all connections, in the order in which they are told. Raises StoreError when time runs out."""
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


def log_event(result: BroadcastResult, count: int, online: int, seconds: float) -> Broadcast:
    """Return the log event of a broadcast, or of a part of one."""
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
