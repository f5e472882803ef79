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
from router.salt import hashed

if TYPE_CHECKING:
    from router.dependencies import Invocation

_LATE_SECONDS = 60
"""Clocks differ a little; a row that goes too early would grant its window twice."""


@dataclass(frozen=True, slots=True)
class Window:
    kind: bytes
    seconds: int


CONNECTS = Window(b"connects", 600)
VISITS = Window(b"visits", items.DAY_SECONDS)
REPLIES = Window(b"replies", 10)


def within(window: Window, at_most: int, subject: bytes, key: bytes, invocation: Invocation) -> bool:
    """Takes one and says whether there was one left to take. at_most: 0 for no limit, which costs nothing.

    key: hides the subject in the row's key; empty for a subject that is no secret. Raises StoreError.
    """
    if not at_most:
        return True
    number = invocation.now() // window.seconds
    row = items.limit_key(hashed(key, window.kind, subject, str(number).encode()))
    return invocation.store.take(row, at_most, (number + 1) * window.seconds + _LATE_SECONDS)
