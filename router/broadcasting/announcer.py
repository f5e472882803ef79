"""When a broadcast is made: one at a time, at the interval of the audience, and only if a page would learn from it.

    read the state          every page has the count, and who is here is told or may wait: nothing to do
    wait                    until the interval has passed, or another broadcast has ended; then read again
    read the connections    nobody is there, or the only page is that of the counted visit: its reply has the count
    begin, broadcast, end   `broadcast`

Records queue up while an announcement waits, and the next batch has them all, so a crowd costs one broadcast in an
interval and not one for each visit. If the interval is longer than an invocation should wait, as when the budget
stretches it, the change is noted as one of who is here, and the tick of a later minute makes the broadcast.

badge.svg and count.json are written with a broadcast. The visit of a lone reader leaves them to the sweep, as the two
uploads cost twice as much as all else that it causes.

A failed broadcast is logged but not reported to Lambda as a failure: a retry of the batch would block the shard and
post again to pages that have the count. The count is not stored as announced and who is here is stored as untold, so
the next count or the tick repeats the broadcast.

One broadcast runs at a time, or the posts would exceed their rate, and pages would receive older numbers after newer
ones. A broadcast begins by setting the time of the last one to that of its own latest end, on condition that no other
has begun meanwhile. One that has not ended a few seconds after its posts should have may have crashed: nobody waits for
it, as its latest end may be a minute away and a waiting invocation costs money and blocks its shard.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING

from router.broadcasting import broadcast, freshness, presence, segments, site_files
from router.contract.log_events import BroadcastFailed, BroadcastUnneeded
from router.items import UNTOLD

if TYPE_CHECKING:
    from collections.abc import Sequence

    from router.dependencies import Invocation
    from router.items import Connection, Counts, Totals


LAST_ATTEMPT, LAST_PAUSE_SECONDS = 3, 2
"""The pauses for the end of another broadcast grow until the third, of 0.4 s at most: they make the count older."""

LATE_SECONDS = 3
"""How much longer than its posts should take another broadcast is waited for."""


@dataclass(frozen=True, slots=True)
class Occasion:
    """Why pages may have to be told.

    counts: those in the newest record of the count; None: they are read
    by_minute: the schedule asks: who is here is told even if a record of it is not enough
    patience: the most seconds to wait for the interval, or for the end of another broadcast
    badge_age: badge.svg and count.json are written if they are at least so old, in seconds
    leaves: what takes longer than `patience` is noted for the tick. A note leads to a record of who is here, whose own
        broadcast must not lead to another
    """

    counts: Counts | None = None
    by_minute: bool = False
    patience: float = math.inf
    badge_age: int = site_files.MINUTE
    leaves: bool = True


PRESENCE = Occasion(patience=0, leaves=False)
"""A record of a page that has left or returned. If the broadcast cannot begin at once, the tick makes it."""

TICK = Occasion(by_minute=True, patience=5, leaves=False)

SWEEP = Occasion(by_minute=True, badge_age=site_files.SETTLED_SECONDS)


def announce_or_log(invocation: Invocation, occasion: Occasion) -> None:
    """Broadcast as `announce` does, but log a failure: a retry by Lambda would only repeat counted visits and posts."""
    try:
        announce(invocation, occasion)
    except Exception as error:  # noqa: BLE001 - see above
        invocation.log.failure(BroadcastFailed, error)


def announce(invocation: Invocation, occasion: Occasion = Occasion()) -> None:
    """Broadcast the count and who is here, unless every page has them. Raises StoreError when DynamoDB fails."""
    began, attempt = invocation.dependencies.clock(), 1
    while True:
        totals = _totals(invocation, occasion)
        if not _is_needed(totals, occasion, invocation.now()):
            invocation.log.event(BroadcastUnneeded(totals.count))
            return site_files.refresh(totals, invocation, min_age=occasion.badge_age)
        wait = _seconds_to_wait(totals, invocation)
        if not wait and totals.broadcast_at <= invocation.now() and _tell(totals, invocation, occasion):
            return None
        spent = invocation.dependencies.clock() - began
        if not _wait(wait, attempt, invocation, _patience(wait, totals, invocation, occasion.patience - spent)):
            return _leave(totals, invocation) if occasion.leaves else None
        attempt += 1


def _totals(invocation: Invocation, occasion: Occasion) -> Totals:
    """Read the totals, but the counts only if the record has none, or older ones than every page has."""
    totals = invocation.store.broadcasts.totals(occasion.counts)
    older = totals.count < totals.announced or totals.all_named < totals.announced_named
    return invocation.store.broadcasts.totals() if occasion.counts and older else totals


def _is_needed(totals: Totals, occasion: Occasion, now: int) -> bool:
    """Return True if the count has changed, or who is here has and the last broadcast is old enough."""
    if not totals.is_announced:
        return True
    quiet = freshness.quiet_seconds(totals.online or 0, by_minute=occasion.by_minute)
    return totals.changes != totals.changes_told and now - totals.broadcast_at >= quiet


def _interval(totals: Totals, invocation: Invocation, spacing: float) -> float:
    return freshness.interval(totals.online or 0, invocation.configuration.freshness_seconds, spacing)


def _seconds_to_wait(totals: Totals, invocation: Invocation) -> float:
    """Return the rest of the interval, 0.0 if it has passed, or if the posts take as long anyway."""
    interval = _interval(totals, invocation, invocation.budget.spacing(invocation.now()))
    if (totals.online or 0) / invocation.configuration.posts_per_second >= interval:
        return 0.0
    return max(0.0, totals.begun_at / 1000 + interval * freshness.SHARE - invocation.dependencies.clock())


def _patience(wait: float, totals: Totals, invocation: Invocation, left: float) -> float:
    """Return the most seconds to wait.

    For the interval it is at most the interval itself, without what the budget adds: waiting costs money too. There
    must be enough time for the posts, which those in segments are not part of; such a broadcast may also take longer
    than an invocation can wait for its end.
    """
    in_segments = segments.number_of(totals.online or 0, invocation) > 1
    if not wait:
        allowed = not in_segments or invocation.deadline.allows(LAST_PAUSE_SECONDS)
        return min(left, _seconds_to_end(totals, invocation)) if allowed else 0.0
    posts = 0 if in_segments else (totals.online or 0) / invocation.configuration.posts_per_second
    return min(left, _interval(totals, invocation, 1.0)) if invocation.deadline.allows(wait + posts) else 0.0


def _seconds_to_end(totals: Totals, invocation: Invocation) -> float:
    """Return the most seconds until another broadcast ends, negative if it is overdue."""
    if totals.broadcast_at <= invocation.now():
        return LATE_SECONDS  # it has begun since the totals were read
    posts = segments.SLACK * (totals.online or 0) / invocation.configuration.posts_per_second
    return totals.begun_at / 1000 + posts + LATE_SECONDS - invocation.dependencies.clock()


def _wait(wait: float, attempt: int, invocation: Invocation, patience: float) -> bool:
    """Wait for the rest of the interval, or a moment for another broadcast. Return False if that takes too long."""
    seconds = wait or invocation.backoff(min(attempt, LAST_ATTEMPT))
    if seconds > patience or not invocation.deadline.allows(seconds):
        return False
    invocation.dependencies.sleep(seconds)
    return True


def _leave(totals: Totals, invocation: Invocation) -> None:
    """Leave the broadcast to the tick, which makes it if who is here is noted as changed.

    It may be noted already, but the end of a broadcast that is running can take that back; one in segments looks for
    newer counts itself.
    """
    running = totals.broadcast_at > invocation.now() and totals.changes_told != UNTOLD
    if running or totals.changes == totals.changes_told:
        presence.note(invocation)


def _tell(before: Totals, invocation: Invocation, occasion: Occasion) -> bool:
    """Broadcast, unless nobody waits for it, and return True; return False if another broadcast has begun meanwhile."""
    if (total := segments.number_of(before.online or 0, invocation)) > 1:
        return segments.begin(before, total, invocation)
    started = invocation.dependencies.clock()
    connections = broadcast.open_connections(invocation)
    if _nobody_waits(connections, before):
        invocation.log.event(BroadcastUnneeded(before.count))
        if occasion.by_minute or not before.badge.digest:
            site_files.refresh(before, invocation, min_age=occasion.badge_age)
        return True
    until = invocation.now() + math.ceil(invocation.deadline.remaining_milliseconds() / 1000)
    a_round = broadcast.Round(before, connections, started, occasion.badge_age)
    if not invocation.store.broadcasts.begin(before, a_round.begun_at, until):
        return False
    broadcast.run(a_round, invocation)
    return True


def _nobody_waits(connections: Sequence[Connection], totals: Totals) -> bool:
    """Return True if no page is there, or only that of the visit that was counted last: the reply to it has the count.

    Who is here must be told, and at most one, so that there is nothing else to tell.
    """
    if (totals.online or 0) > 1 or totals.changes != totals.changes_told:
        return False
    visits = [connection.visit for connection in connections]
    return not visits or (visits == [totals.last_visit] and bool(totals.last_visit))
