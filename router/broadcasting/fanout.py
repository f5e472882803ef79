"""One message to many connections: what to post next, when, and what to try again. The transport does the posting.

Everyone is posted to once, at the pace of the setting; what may pass in a moment is tried again after a pause of its
own while others have their turn. Shortly before the deadline nothing new is started: what has not been told by then is
`Outcome.LEFT`. The message is the newest at the time of each post, where the caller knows how to ask for it.
"""

from __future__ import annotations

import heapq
import math
from collections import Counter, deque
from typing import TYPE_CHECKING

from router.aws.connections_api import Delivery, Post
from router.aws.http_client import UNTIL_AN_ANSWER, Wait
from router.broadcasting.rate_limiter import RateLimiter
from router.contract.log_events import Outcome

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from router.dependencies import Invocation
    from router.items import Connection

# Between tries lie pauses of at most 0.1, 0.2, 0.4, 0.8 and 1.6 seconds. A throttle counts by the second, so it is
# outlasted; an opening connection and a fault are given less, since everybody else's next count waits meanwhile.
TRIES = {Outcome.THROTTLED: 6, Outcome.FAILED: 3, Outcome.GONE: 3}
YOUNG_SECONDS = 60
NEWEST_SECONDS = 1.0
LOOK_SECONDS = 0.02  # at the deadline: for each post it would cost more than signing


def deliver(
    connections: Sequence[Connection],
    data: bytes,
    invocation: Invocation,
    newest: Callable[[bytes], bytes] = lambda data: data,
) -> dict[str, Delivery]:
    """What became of each connection, by its id. newest: asked once a second for what to say now, given the last."""
    posts = _Posts(connections, data, invocation, newest)
    invocation.transport.run(posts)
    return posts.deliveries


def is_young(connection: Connection, now: int) -> bool:
    """Whether a 410 may mean that the connection is still opening: `$connect` has to finish before the upgrade does."""
    return now - connection.connected_at < YOUNG_SECONDS


class _Posts:
    """deliveries: by connection id, the last word on each."""

    def __init__(
        self,
        connections: Sequence[Connection],
        data: bytes,
        invocation: Invocation,
        newest: Callable[[bytes], bytes],
    ) -> None:
        self._invocation = invocation
        self._clock = invocation.dependencies.clock
        self._data = data
        self._newest = newest
        self._asked = self._look = self._clock()
        self._limiter = RateLimiter(invocation.configuration.posts_per_second, self._asked)
        self.number = len(connections)
        self._untold = deque(connection.id for connection in connections)
        self._young = {connection.id for connection in connections if is_young(connection, int(self._asked))}
        self._again: list[tuple[float, str]] = []  # a heap: when, which connection
        self._tries: Counter[str] = Counter()
        self.deliveries = dict.fromkeys(self._untold, Delivery(Outcome.LEFT))

    def next(self) -> Post | Wait:
        now = self._clock()
        if now >= self._look:
            self._look = now + LOOK_SECONDS
            if not self._invocation.deadline.leaves():
                self._give_up()
                return UNTIL_AN_ANSWER
        due = self._again[0][0] if self._again else math.inf
        if not self._untold and due > now:
            return UNTIL_AN_ANSWER if due == math.inf else self._pause(max(0.001, due - now))
        wait = self._limiter.wait(now)
        if wait:
            return Wait(wait)
        connection_id = heapq.heappop(self._again)[1] if due <= now else self._untold.popleft()
        return Post(connection_id, self._message(now))

    def answered(self, post: Post, delivery: Delivery) -> None:
        now, outcome = self._clock(), delivery.outcome
        self.deliveries[post.connection_id] = delivery
        self._limiter.answered(now, throttled=outcome is Outcome.THROTTLED)
        if outcome is Outcome.DELIVERED or (outcome is Outcome.GONE and post.connection_id not in self._young):
            return
        self._tries[post.connection_id] += 1
        tries = self._tries[post.connection_id]
        if tries < TRIES.get(outcome, 0):
            heapq.heappush(self._again, (now + self._invocation.backoff(tries), post.connection_id))

    def _message(self, now: float) -> bytes:
        if now - self._asked >= NEWEST_SECONDS:
            self._data = self._newest(self._data)
            self._asked = self._clock()
        return self._data

    def _pause(self, seconds: float) -> Wait:
        if self._invocation.deadline.leaves(seconds):
            return Wait(seconds)
        self._give_up()
        return UNTIL_AN_ANSWER

    def _give_up(self) -> None:
        """Not the last word of its outcome, as far as a broadcast is concerned: it would have been tried again."""
        for _, connection_id in self._again:
            self.deliveries[connection_id] = Delivery(Outcome.LEFT, self.deliveries[connection_id].code)
        self._again.clear()
        self._untold.clear()
