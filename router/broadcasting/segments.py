"""A broadcast to more connections than one function reaches within the interval: in segments of a parallel scan.

    the announcer     begins a round and invokes this function once for each segment, asynchronously
    a part            claims its place, reads its segment page by page, and tells each page at its share of the rate
    a part without    leaves the rest of its segment to the next part, which it invokes
      enough time
    the last to end   stores the result of the round, as `broadcast` does

The segments of a scan have each connection exactly once. A round ends with its last segment, or with its time: until
then no other begins, so that nobody is told twice at a time. Lambda may deliver an event twice, or late: each part is
claimed once, in the running round only. A part that is lost leaves the round without an end, and what every page has as
it was: the next count or the tick begins another round when the time is up.

How many are here is known when a round has ended, so its messages have the number of the round before.
"""

from __future__ import annotations

import math
from dataclasses import replace
from typing import TYPE_CHECKING

from router import items
from router.broadcasting import broadcast, site_files
from router.broadcasting.fanout import deliver
from router.contract.log_events import BroadcastFailed
from router.errors import FunctionError
from router.parts import Segment
from router.storage.segments import Told

if TYPE_CHECKING:
    from collections.abc import Sequence

    from router.dependencies import Invocation
    from router.items import Connection, Totals

SLACK = 1.25
START_SECONDS = 15
"""The time of a round is that of its posts with some slack, and the start of its functions."""

PAGE_SECONDS = 10
"""The posts to a page of connections take this time, so that a part ends when its time is nearly up."""


def number_of(readers: int, invocation: Invocation) -> int:
    """Return the number of segments, 1 if one function is enough."""
    configuration = invocation.configuration
    if not configuration.function_name:
        return 1
    return max(1, math.ceil(readers / configuration.segment_connections))


def begin(before: Totals, total: int, invocation: Invocation) -> bool:
    """Begin a round and invoke its functions; return False if another broadcast has begun meanwhile.

    Raises StoreError when DynamoDB fails. A function that cannot be invoked is logged: its segment is lost.
    """
    readers, now = before.online or 0, invocation.dependencies.clock()
    until = math.ceil(now + SLACK * readers / invocation.configuration.posts_per_second + START_SECONDS)
    a_round = round(now * 1000)
    if not invocation.store.broadcasts.begin(before, a_round, until, in_segments=True):
        return False
    for index in range(total):
        part = Segment(a_round, index, total, until, before.count, before.all_named, readers, before.changes)
        _invoke(part, invocation)
    return True


def _invoke(part: Segment, invocation: Invocation) -> None:
    try:
        invocation.dependencies.functions.invoke(part.encode())
    except FunctionError as error:
        invocation.log.failure(BroadcastFailed, error)


def run(part: Segment, invocation: Invocation) -> None:
    """Tell the connections of a segment, unless the round has ended or the part is claimed. Raises StoreError."""
    if not invocation.store.segments.claim(part.round, part.name, invocation.now()):
        return None
    seconds = part.until - invocation.dependencies.clock()
    limited = replace(invocation, deadline=invocation.deadline.limited_to(seconds))
    told, after, pages = Told(), part.after, 0
    pace = invocation.configuration.posts_per_second / part.total
    limit = max(1, math.floor(pace * PAGE_SECONDS))
    while limited.deadline.allows(min(PAGE_SECONDS, limit / pace)):
        connections, after = invocation.store.segments.page(part.index, part.total, after, limit)
        told, pages = told.plus(_tell(connections, pace, part, limited)), pages + 1
        if not after:
            return _end(part, told, invocation)
    if not pages or invocation.now() + PAGE_SECONDS >= part.until:
        return _end(part, told.plus(Told(missed=1, left=1)), invocation)
    invocation.store.segments.report(part.round, part.name, told, ended=False)
    _invoke(replace(part, number=part.number + 1, after=after), invocation)
    return None


def _tell(connections: Sequence[Connection], pace: float, part: Segment, invocation: Invocation) -> Told:
    if not connections:
        return Told()
    started = invocation.dependencies.clock()
    names = {"", *(connection.name for connection in connections)}
    # Read after the connections, as in `broadcast`.
    counts = invocation.store.broadcasts.counts()
    newest = broadcast.newest(names, part.online, invocation.store)
    deliveries = deliver(connections, broadcast.messages(counts, names, part.online), invocation, newest, pace)
    result = broadcast.summarise(connections, deliveries, invocation.now())
    seconds = invocation.dependencies.clock() - started
    invocation.log.event(broadcast.log_event(result, counts.count, part.online, seconds))
    invocation.store.connections.delete_all(result.gone)
    missed = len(connections) - result.reached
    return Told(len(connections) - len(result.gone), missed, result.left)


def _end(part: Segment, told: Told, invocation: Invocation) -> None:
    """Report the end of a segment. The last one stores the result of the round."""
    reported = invocation.store.segments.report(part.round, part.name, told, ended=True)
    if reported is None or reported[0] < part.total:
        return
    sums = reported[1]
    totals = invocation.store.broadcasts.totals()
    announced = items.Counts(part.count, {"all": part.named})
    badge = site_files.write(totals, invocation)
    # A count that came meanwhile may have been left to the tick.
    newer = (totals.count, totals.all_named) != (part.count, part.named)
    invocation.store.broadcasts.record(
        sums.found,
        items.UNTOLD if sums.missed or newer else part.changes,
        invocation.now(),
        None if sums.left else announced,
        badge,
        a_round=part.round,
    )
