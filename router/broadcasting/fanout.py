"""The delivery of a message to many connections: order, rate and retries. The transport sends the posts.

Each connection gets one post, at the configured rate. Retryable failures are retried after a pause, while posts to
other connections continue. Shortly before the deadline no more posts are sent; the remaining connections have the
outcome `Outcome.LEFT`. If the caller can provide newer messages, a post uses the newest one.
"""

from __future__ import annotations

import heapq
import math
from collections import Counter, deque
from typing import TYPE_CHECKING

from router.aws.connections_api import Delivery, Post
from router.aws.http_client import UNTIL_RESPONSE, Wait
from router.broadcasting.rate_limiter import RateLimiter
from router.contract.log_values import Outcome

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from router.dependencies import Invocation
    from router.items import Connection

    Messages = Mapping[str, bytes]
    """A message for each name; the empty name is that of pages without one."""

# Attempts are separated by pauses of at most 0.1, 0.2, 0.4, 0.8 and 1.6 seconds. Throttling is measured per second, so
# the retries outlast it. Opening connections and faults get fewer attempts, because they delay the next broadcast.
MAX_ATTEMPTS = {Outcome.THROTTLED: 6, Outcome.FAILED: 3, Outcome.GONE: 3}
YOUNG_SECONDS = 60
REFRESH_SECONDS = 0.1  # a page that is told late in a broadcast is told a count of this age at most
DEADLINE_CHECK_SECONDS = 0.02  # a check per post would cost more than signing


def deliver(
    connections: Sequence[Connection],
    messages: Messages,
    invocation: Invocation,
    newest: Callable[[Messages], Messages] = lambda messages: messages,
    posts_per_second: float | None = None,
) -> dict[str, Delivery]:
    """Send each connection the message of its name; return the results by connection id.

    newest: takes the last messages and returns the current ones; called at most ten times per second
    posts_per_second: default: all that the configuration allows
    """
    pace = posts_per_second or invocation.configuration.posts_per_second
    posts = _Posts(connections, messages, invocation, newest, pace)
    invocation.transport.run(posts)
    return posts.deliveries


def is_young(connection: Connection, now: int) -> bool:
    """Return True if a 410 can mean that the connection is still opening: `$connect` precedes the upgrade."""
    return now - connection.connected_at < YOUNG_SECONDS


class _Posts:
    """The posts of a delivery. `deliveries` has the latest result of each connection, by id."""

    def __init__(
        self,
        connections: Sequence[Connection],
        messages: Messages,
        invocation: Invocation,
        newest: Callable[[Messages], Messages],
        posts_per_second: float,
    ) -> None:
        self._invocation = invocation
        self._clock = invocation.dependencies.clock
        self._messages = messages
        self._names = {connection.id: connection.name for connection in connections if connection.name}
        self._newest = newest
        self._refreshed_at = self._next_deadline_check = self._clock()
        self._limiter = RateLimiter(posts_per_second, self._refreshed_at)
        self.number = len(connections)
        self._pending = deque(connection.id for connection in connections)
        self._young = {connection.id for connection in connections if is_young(connection, int(self._refreshed_at))}
        self._retries: list[tuple[float, str]] = []  # a heap of (due time, connection id)
        self._attempts: Counter[str] = Counter()
        self.deliveries = dict.fromkeys(self._pending, Delivery(Outcome.LEFT))

    def next(self) -> Post | Wait:
        now = self._clock()
        if now >= self._next_deadline_check:
            self._next_deadline_check = now + DEADLINE_CHECK_SECONDS
            if not self._invocation.deadline.allows():
                self._stop()
                return UNTIL_RESPONSE
        due = self._retries[0][0] if self._retries else math.inf
        if not self._pending and due > now:
            return UNTIL_RESPONSE if due == math.inf else self._pause(max(0.001, due - now))
        wait = self._limiter.wait(now)
        if wait:
            return Wait(wait)
        connection_id = heapq.heappop(self._retries)[1] if due <= now else self._pending.popleft()
        return Post(connection_id, self._message(connection_id, now))

    def answered(self, post: Post, delivery: Delivery) -> None:
        now, outcome = self._clock(), delivery.outcome
        self.deliveries[post.connection_id] = delivery
        self._limiter.answered(now, throttled=outcome is Outcome.THROTTLED)
        if outcome is Outcome.DELIVERED or (outcome is Outcome.GONE and post.connection_id not in self._young):
            return
        self._attempts[post.connection_id] += 1
        attempts = self._attempts[post.connection_id]
        if attempts < MAX_ATTEMPTS.get(outcome, 0):
            heapq.heappush(self._retries, (now + self._invocation.backoff(attempts), post.connection_id))

    def _message(self, connection_id: str, now: float) -> bytes:
        if now - self._refreshed_at >= REFRESH_SECONDS:
            self._messages = self._newest(self._messages)
            self._refreshed_at = self._clock()
        return self._messages[self._names.get(connection_id, "")]

    def _pause(self, seconds: float) -> Wait:
        if self._invocation.deadline.allows(seconds):
            return Wait(seconds)
        self._stop()
        return UNTIL_RESPONSE

    def _stop(self) -> None:
        """Cancel the remaining posts. The result of a pending retry becomes LEFT, since its failure was not final."""
        for _, connection_id in self._retries:
            self.deliveries[connection_id] = Delivery(Outcome.LEFT, self.deliveries[connection_id].code)
        self._retries.clear()
        self._pending.clear()
