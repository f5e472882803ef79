"""Rate limits per client.

An item counts the requests of one client in a fixed time window. A conditional write adds to it and fails at the limit.
The key of the item is a hash and its TTL the end of the window; it does not identify the client.

CONNECTS   connections from one address: thousands would slow down every broadcast
VISITS     visits of policy ``visitor`` from one address: a script with random user agents counts as many visitors
REPLIES    replies on one connection: a page sends a message or two, and one that floods is disconnected

Most clients connect once, so an execution environment keeps its first connect of a client in memory, and writes it with
the second. It also remembers who has reached a limit. A client may thus connect once more than its limit for each
further environment. Replies are counted in memory only: the environment that has answered enough closes the connection.

Other limits apply outside the router: each route of the stage has its own throttle, so messages do not block
connections; API Gateway closes connections with frames over 128 KB or without traffic for ten minutes; a connection
that does not read costs a broadcast a bounded number of attempts (`fanout`).
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from router import items
from router.storage.limit_part import Part
from router.visitors.salt import hashed

if TYPE_CHECKING:
    from router.dependencies import Invocation
    from router.memory import Requests
    from router.visitors.viewer import Viewer

BLOCK_FACTOR = 2
"""The limit of an IPv6 /48 block, as a multiple of the limit of one address.

Households that share a block do not immediately lock each other out, and a script that owns a block does not have the
65,536 limits of its networks.
"""

_GRACE_SECONDS = 60
"""Tolerance for clock differences: an item deleted before the end of its window would reset the limit."""


@dataclass(frozen=True, slots=True)
class Window:
    """A time window of a limit. `kind` is part of the hash in the key of its items."""

    kind: bytes
    seconds: int


CONNECTS = Window(b"connects", 600)
VISITS = Window(b"visits", items.DAY_SECONDS)
REPLIES = Window(b"replies", 10)


def take_connect(limit: int, viewer: Viewer, invocation: Invocation) -> bool:
    """Count a connection of an address, its first in memory; return False if its limit is exceeded.

    Raises StoreError when DynamoDB fails.
    """
    return not limit or _take(CONNECTS, limit, viewer, invocation, kept=1)


def take_visit(limit: int, viewer: Viewer, invocation: Invocation) -> bool:
    """Count a visitor of an address; return False if its limit is exceeded. Raises StoreError when DynamoDB fails."""
    return not limit or _take(VISITS, limit, viewer, invocation, kept=0)


def take_reply(limit: int, connection_id: str, invocation: Invocation) -> int:
    """Count a message of a connection; return by how many messages it exceeds its limit of replies, 0 if it does not.

    limit: 0 for no limit
    """
    if not limit:
        return 0
    now = invocation.now()
    known = invocation.memory.clients.of(connection_id, (now // REPLIES.seconds + 1) * REPLIES.seconds, now)
    known.parts[""] = known.number + 1
    return max(0, known.number - limit)


def _take(window: Window, limit: int, viewer: Viewer, invocation: Invocation, *, kept: int) -> bool:
    """Count a request of an address.

    A client with many IPv6 networks usually has them in one block, which has a limit of its own. A single item counts
    both, so that one request checks both limits.

    kept: how many requests of an item are kept in memory
    """
    now, salt = invocation.now(), invocation.salt()
    number = now // window.seconds
    ends_at = (number + 1) * window.seconds
    subject, period = viewer.block or viewer.network, str(number).encode()
    key = items.limit_key(hashed(salt, window.kind, subject, period))
    network = items.network_attribute(hashed(salt, window.kind, viewer.network, period)) if viewer.block else ""
    known = invocation.memory.clients.of(key, ends_at, now)
    # Two networks at most reach a limit of their own before the block reaches its limit, so a third one tells of that.
    if network in known.refused or len(known.refused) > BLOCK_FACTOR:
        return False
    if not known.written and known.number < kept:
        known.parts[network] = 1
        return True
    if _write(key, (limit, ends_at + _GRACE_SECONDS), network, known, invocation):
        return True
    known.refused.add(network)
    return False


def _write(key: str, limit_until: tuple[int, int], network: str, known: Requests, invocation: Invocation) -> bool:
    """Add a request and those kept in memory to an item; return False if that exceeds a limit.

    network: the attribute of a network of an IPv6 block, empty for other addresses
    """
    limit, expires_at = limit_until
    total = known.number + 1
    own = known.parts.get(network, 0) + 1
    if own > limit or total > BLOCK_FACTOR * limit:
        return False  # a missing item would allow it
    others = {other: before for other, before in known.parts.items() if other != network}
    taken = (
        invocation.store.take(key, BLOCK_FACTOR * limit, expires_at, total, Part(network, limit, own, others))
        if network
        else invocation.store.take(key, limit, expires_at, total)
    )
    if taken:
        known.parts.clear()
        known.written = True
    return taken
