"""Rate limits per client.

An item counts the requests of one client in a fixed time window. A conditional write increments it and fails at the
limit. The key of the item is a hash and its TTL the end of the window; it does not identify the client.

CONNECTS   connections from one address: thousands would slow down every broadcast
VISITS     visits of policy ``visitor`` from one address: a script with random user agents counts as many visitors
REPLIES    replies on one connection: further messages are ignored, since broadcasts deliver the count anyway

Other limits apply outside the router: each route of the stage has its own throttle, so messages do not block
connections; API Gateway closes connections with frames over 128 KB or without traffic for ten minutes; a connection
that does not read costs a broadcast a bounded number of attempts (`fanout`).
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from router import items
from router.visitors.salt import hashed

if TYPE_CHECKING:
    from router.dependencies import Invocation
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


def take_for_viewer(window: Window, limit: int, viewer: Viewer, invocation: Invocation) -> bool:
    """Count a request of an address; return False if its limit is exceeded. Raises StoreError when DynamoDB fails.

    A client with many IPv6 networks usually has them in one block, which has a limit of its own. A single item counts
    both, so that one request checks both limits.
    """
    if not limit:
        return True
    number, salt = invocation.now() // window.seconds, invocation.salt()
    if not viewer.block:
        return take(window, limit, viewer.network, salt, invocation)
    row = items.limit_key(hashed(salt, window.kind, viewer.block, str(number).encode()))
    network = items.network_attribute(hashed(salt, window.kind, viewer.network, str(number).encode()))
    expires_at = (number + 1) * window.seconds + _GRACE_SECONDS
    return invocation.store.take(row, BLOCK_FACTOR * limit, expires_at, part=(network, limit))


def take(window: Window, limit: int, subject: bytes, key: bytes, invocation: Invocation) -> bool:
    """Count a request of a subject; return False if its limit is exceeded. Raises StoreError when DynamoDB fails.

    limit: 0 for no limit, which needs no request to DynamoDB
    key: the key of the hash that hides the subject; empty if the subject is not secret
    """
    if not limit:
        return True
    number = invocation.now() // window.seconds
    row = items.limit_key(hashed(key, window.kind, subject, str(number).encode()))
    return invocation.store.take(row, limit, (number + 1) * window.seconds + _GRACE_SECONDS)
