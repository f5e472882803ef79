"""How often the pages are told. Pure: seconds from numbers of readers.

Each broadcast costs a post for each reader, so with more readers there are fewer of them: the posts per second grow
with the square root of the audience, and the age of the count on a page grows with it too. Up to five readers are told
at once: to wait up to 0.92 s for the next second costs as much as a broadcast to them. `docs/scaling.md` has the
prices and the ages.
"""

from __future__ import annotations

import math

AT_ONCE_READERS = 5
USUAL_READERS = 1_000
"""The audience for which the interval is the setting `freshness_seconds`."""

MIN_INTERVAL_SECONDS = 1.0
SHARE = 0.92
"""The share of the interval after which the next broadcast begins: counting, the scan and the posts take the rest, so
that the count on a page is no older than the interval."""

QUIET_SECONDS = 20
"""Who is here, if no count has changed: a crowd that leaves causes one broadcast in this time."""

PRESENCE_POSTS_A_MINUTE = 300
"""Who is here changes more often with more pages, which each of its broadcasts posts to. There are no more posts for it
than this, except that the pages of up to as many readers are told once a minute."""

MINUTE = 60
_BY_RECORD_READERS = PRESENCE_POSTS_A_MINUTE // (MINUTE // QUIET_SECONDS + 2)  # and a tick, and one at either end


def interval(readers: int, freshness_seconds: float, spacing: float = 1.0) -> float:
    """Return the seconds from one broadcast of a count to the next.

    freshness_seconds: that of `USUAL_READERS`; 0: no interval
    spacing: at least 1; more if the budget nears its end, which a few readers notice too
    """
    if readers <= AT_ONCE_READERS or not freshness_seconds:
        return MIN_INTERVAL_SECONDS * spacing if spacing > 1 else 0.0
    return max(MIN_INTERVAL_SECONDS, freshness_seconds * math.sqrt(readers / USUAL_READERS)) * spacing


def quiet_seconds(readers: int, *, by_minute: bool) -> float:
    """Return how old the last broadcast must be before another one tells only who is here.

    by_minute: the tick asks, or the sweep. It tells up to 300 readers at once, so that what they see is no older than a
        minute. A record of a change leads to a broadcast only to few readers.
    """
    if by_minute:
        return 0 if readers <= PRESENCE_POSTS_A_MINUTE else readers * MINUTE / PRESENCE_POSTS_A_MINUTE
    return QUIET_SECONDS if readers <= _BY_RECORD_READERS else math.inf
