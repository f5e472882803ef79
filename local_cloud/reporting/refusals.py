"""Reports of refused requests: the first of a kind at once, then the number of further ones once a minute.

They show that a page or program probes this machine's ports, and a page that tries it a thousand times does not flood
the terminal. Nothing from the request itself is printed: a kind is one of a few fixed descriptions.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable

EVERY_SECONDS = 60.0

Later = Callable[[float, Callable[[], None]], object]
"""Schedules a callback after a number of seconds."""


def _in_the_loop(seconds: float, act: Callable[[], None]) -> object:
    return asyncio.get_running_loop().call_later(seconds, act)


class Refusals:
    """The counter of refused requests. place: the requests' target, as printed. say: prints a line."""

    def __init__(self, place: str, say: Callable[[str], None], later: Later = _in_the_loop) -> None:
        self._place = place
        self._say = say
        self._later = later
        self._more: dict[str, int] = {}

    def note(self, kind: str) -> None:
        """Record one refused request."""
        if kind in self._more:
            self._more[kind] += 1
            return
        self._say(f"refused a request to {self._place}: {kind}")
        self._begin(kind)

    def _begin(self, kind: str) -> None:
        self._more[kind] = 0
        self._later(EVERY_SECONDS, lambda: self._end(kind))

    def _end(self, kind: str) -> None:
        more = self._more.pop(kind)
        if more:
            requests = "request" if more == 1 else "requests"
            self._say(f"refused {more:,} more {requests} to {self._place} in the last minute: {kind}")
            self._begin(kind)
