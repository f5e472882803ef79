"""Says which requests were refused: the first of a kind at once, and then how many more there were, once a minute.

Whoever sees it learns that some page or program tries this machine's ports, and a page that tries it a thousand times
does not fill the terminal. Nothing of the request itself is said: a kind is one of a few words of ours.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable

EVERY_SECONDS = 60.0

Later = Callable[[float, Callable[[], None]], object]
"""Calls back after so many seconds."""


def _in_the_loop(seconds: float, act: Callable[[], None]) -> object:
    return asyncio.get_running_loop().call_later(seconds, act)


class Refusals:
    """place: what the requests were for, as a line has it. say: prints a line."""

    def __init__(self, place: str, say: Callable[[str], None], later: Later = _in_the_loop) -> None:
        self._place = place
        self._say = say
        self._later = later
        self._more: dict[str, int] = {}

    def note(self, kind: str) -> None:
        """One more was refused."""
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
