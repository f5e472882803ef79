"""How much one client may have: a row counts what was taken in a window of time, by a conditional write that fails once
it is enough. The row's key is a hash, its TTL the end of the window; nothing in it says whose it is.

CONNECTS   sockets opened from one address: thousands would make every broadcast longer for everybody
VISITS     visits of policy ``visitor`` from one address: a script that invents user agents is many visitors
REPLIES    answers to one socket: the count is told anyway, so a flood is only ignored

What would hold up others more than that has limits outside: each route of the stage has its own throttle, so messages
do not keep out connects; API Gateway closes what is larger than 128 KB or silent for ten minutes; a socket that does
not read costs a broadcast a bounded number of tries (`fanout`).
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from router import items
from router.visitors.salt import hashed

if TYPE_CHECKING:
    from router.dependencies import Invocation
    from router.visitors.viewer import Viewer

BLOCK_TIMES = 2
"""A block of IPv6 networks may have so many times what one address may: households that share one are not shut out by
each other at once, and a script that has all of it does not have 65,536 limits."""

_LATE_SECONDS = 60
"""Clocks differ a little; a row that goes too early would grant its window twice."""


@dataclass(frozen=True, slots=True)
class Window:
    kind: bytes
    seconds: int


CONNECTS = Window(b"connects", 600)
VISITS = Window(b"visits", items.DAY_SECONDS)
REPLIES = Window(b"replies", 10)


def of_viewer(window: Window, at_most: int, viewer: Viewer, invocation: Invocation) -> bool:
    """`within`, of an address. Who has many IPv6 networks has them in one block, which may have twice as many: its row
    counts both, so that this is one request as well. Raises StoreError."""
    if not at_most:
        return True
    number, salt = invocation.now() // window.seconds, invocation.salt()
    if not viewer.block:
        return within(window, at_most, viewer.network, salt, invocation)
    row = items.limit_key(hashed(salt, window.kind, viewer.block, str(number).encode()))
    network = items.network_attribute(hashed(salt, window.kind, viewer.network, str(number).encode()))
    expires_at = (number + 1) * window.seconds + _LATE_SECONDS
    return invocation.store.take(row, BLOCK_TIMES * at_most, expires_at, part=(network, at_most))


def within(window: Window, at_most: int, subject: bytes, key: bytes, invocation: Invocation) -> bool:
    """Takes one and says whether there was one left to take. at_most: 0 for no limit, which costs nothing.

    key: hides the subject in the row's key; empty for a subject that is no secret. Raises StoreError.
    """
    if not at_most:
        return True
    number = invocation.now() // window.seconds
    row = items.limit_key(hashed(key, window.kind, subject, str(number).encode()))
    return invocation.store.take(row, at_most, (number + 1) * window.seconds + _LATE_SECONDS)
