"""One message to many connections: concurrent, in rounds, each round trying again what may pass now.

Rounds rather than retries inside the workers, so that no worker sleeps while others have work, and a throttle slows the
whole fan-out and not one connection. Stops starting posts when the deadline nears; those are `Outcome.LEFT`.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from router.transport import POSTS_AT_ONCE, Delivery, Outcome

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Sequence

    from router.dependencies import Invocation
    from router.items import Connection

# Between tries lie pauses of at most 0.1, 0.2, 0.4, 0.8 and 1.6 seconds. A throttle counts by the second, so it is
# outlasted; an opening connection and a fault are given less, since everybody else's next count waits meanwhile.
TRIES = {Outcome.THROTTLED: 6, Outcome.FAILED: 3, Outcome.GONE: 3}
YOUNG_SECONDS = 60


def deliver(connections: Sequence[Connection], data: bytes, invocation: Invocation) -> dict[str, Delivery]:
    """What became of each connection, by its id."""

    def post(connection: Connection) -> Delivery:
        if not invocation.deadline.leaves():
            return Delivery(Outcome.LEFT)
        return transport.post(connection.id, data)

    transport = invocation.transport  # made here: making clients is not for threads
    if len(connections) == 1:  # a reply: no threads, and not the import of them
        return _rounds(connections, lambda some: map(post, some), invocation)
    from concurrent.futures import ThreadPoolExecutor

    with ThreadPoolExecutor(POSTS_AT_ONCE) as pool:
        return _rounds(connections, lambda some: pool.map(post, some), invocation)


def is_young(connection: Connection, now: int) -> bool:
    """Whether a 410 may mean that the connection is still opening: `$connect` has to finish before the upgrade does."""
    return now - connection.connected_at < YOUNG_SECONDS


def _rounds(
    connections: Sequence[Connection],
    send: Callable[[Sequence[Connection]], Iterable[Delivery]],
    invocation: Invocation,
) -> dict[str, Delivery]:
    now = invocation.now()
    deliveries: dict[str, Delivery] = {}
    pending = connections
    for attempt in range(1, max(TRIES.values()) + 1):
        deliveries.update(zip((connection.id for connection in pending), send(pending), strict=True))
        pending = [one for one in pending if _may_pass(deliveries[one.id].outcome, attempt, is_young(one, now))]
        if not pending or not invocation.pause(attempt):
            break
    return deliveries


def _may_pass(outcome: Outcome, attempt: int, young: bool) -> bool:
    return attempt < TRIES.get(outcome, 0) and (young or outcome is not Outcome.GONE)
