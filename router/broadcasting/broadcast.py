"""Tells every open page the count.

What is told is the count as it stands, read consistently, not the one a stream record carried: records queue up while a
broadcast runs, and the newest count answers them all. Once every page was told, the count is noted as announced, and
the records still in the queue, a batch delivered again, and the record of a fold whose count went out already cost one
read each instead of a post to everybody.

A broadcast that is cut short by the deadline, or cannot read its connections, is logged and not reported to Lambda as
a failure: trying the batch again would hold up its shard and post to all the pages that were told. Its count stays
unannounced, so the next count, or the sweep, tells everyone. Pages are told in an order that does not change, so that
under steady traffic each waits for one round and never for two; in random order where there is no time for all of them,
so that it is not always the same ones that are left. A page that connects meanwhile is told by the reply to its own
first message.
"""

from __future__ import annotations

import json
from collections import Counter
from dataclasses import dataclass
from operator import attrgetter
from typing import TYPE_CHECKING

from router.broadcasting.fanout import deliver, is_young
from router.contract.log_events import Broadcast, BroadcastUnneeded, Outcome
from router.errors import StoreBusyError, StoreError

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from router.aws.connections_api import Delivery
    from router.dependencies import Invocation
    from router.items import Connection


@dataclass(frozen=True, slots=True)
class BroadcastResult:
    """What a broadcast came to, in connections. gone: ids to forget. codes: why posts failed, with numbers."""

    reached: int
    gone: tuple[str, ...]
    opening: int
    failed: int
    left: int
    codes: Mapping[str, int]


def encode(count: int, online: int | None, days: Sequence[int] = ()) -> bytes:
    """The message to a page: ``{"count":1234,"online":5,"days":[0,…,12]}``.

    online: left out where it is unknown. days: visits of the last days, today's the last; only a reply to a page that
    said hello has them, since a page keeps the last one current by itself.
    """
    message: dict[str, object] = {"count": count}
    if online is not None:
        message["online"] = online
    if days:
        message["days"] = list(days)
    return json.dumps(message, separators=(",", ":")).encode()


def announce(invocation: Invocation) -> None:
    """Tell every page the count, unless all were told this count before. Raises StoreError."""
    totals = invocation.store.totals()
    if totals.count == totals.announced:
        invocation.log.event(BroadcastUnneeded(totals.count))
    else:
        _tell_all(invocation)


def _tell_all(invocation: Invocation) -> None:
    started = invocation.dependencies.clock()
    connections = _open_connections(invocation)
    # Read once the connections are known. Read before, it could be less than what a page was told on a socket that it
    # has since replaced by one of these: its count would go backwards.
    count = invocation.store.totals().count
    message, newest = encode(count, len(connections)), _newest(len(connections), invocation)
    deliveries = deliver(connections, message, invocation, newest) if connections else {}
    result = summarise(connections, deliveries, invocation.now())
    _log(result, count, len(connections), invocation.dependencies.clock() - started, invocation)
    invocation.store.note_broadcast(len(connections) - len(result.gone), None if result.left else count)
    invocation.store.forget_connections(result.gone)


def _newest(online: int, invocation: Invocation) -> Callable[[bytes], bytes]:
    """What to tell those still waiting, while a long broadcast is under way. What is noted as announced stays the count
    it began with, so that those told first hear of the newer one from the record that is waiting in the queue."""

    def newest(last: bytes) -> bytes:
        try:
            return encode(invocation.store.totals().count, online)
        except StoreError:
            return last

    return newest


def _open_connections(invocation: Invocation) -> list[Connection]:
    connections: list[Connection] = []
    for page in invocation.store.connection_pages():
        if not invocation.deadline.leaves():
            raise StoreBusyError("Scan", "out of time")  # half of the connections would make a wrong `online`
        connections += page
    round_seconds = len(connections) / invocation.configuration.posts_per_second
    if invocation.deadline.leaves(round_seconds):
        connections.sort(key=attrgetter("id"))
    else:
        connections.sort(key=lambda _: invocation.dependencies.random())
    return connections


def summarise(connections: Sequence[Connection], deliveries: Mapping[str, Delivery], now: int) -> BroadcastResult:
    """A connection that failed for good is not waited for: its page reconnects, or hears the next count."""
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


def _log(result: BroadcastResult, count: int, online: int, seconds: float, invocation: Invocation) -> None:
    invocation.log.event(
        Broadcast(
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
    )
