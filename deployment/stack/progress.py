"""Progress of a stack operation: a line per completed resource and, on a terminal, the ones in progress below."""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import Protocol

from console import DIM, RED, Console
from deployment.stack.events import StackEvent

Say = Callable[[str], None]
Clock = Callable[[], float]


class StackProgress(Protocol):
    """What following a stack needs. `seconds` are since the operation began, by CloudFormation's own clock."""

    def notify(self, event: StackEvent, seconds: float) -> None: ...

    def tick(self) -> None:
        """A moment has passed."""

    def end(self) -> None:
        """There is no more to come."""


class LineProgress:
    """For pipes and logs: a line when a resource has come to its end."""

    def __init__(self, say: Say) -> None:
        self._say = say

    def notify(self, event: StackEvent, seconds: float) -> None:
        if event.over:
            self._say(line(event, seconds))

    def tick(self) -> None:
        pass

    def end(self) -> None:
        pass


class LiveProgress:
    """For terminals: the same lines, and below them what is under way, since when."""

    def __init__(self, console: Console, clock: Clock = time.monotonic) -> None:
        self._console = console
        self._clock = clock
        self._began = clock()
        self._under_way: dict[str, tuple[str, float]] = {}

    def notify(self, event: StackEvent, seconds: float) -> None:
        if event.over:
            self._under_way.pop(event.resource, None)
            self._console(self._console.painted(line(event, seconds), RED) if event.failed else line(event, seconds))
        else:
            since = self._under_way.get(event.resource, ("", self._clock()))[1]
            self._under_way[event.resource] = (event.status, since)
        self.tick()

    def tick(self) -> None:
        now = self._clock()
        waiting = [
            f"  {now - since:6.0f} s  {status:<18} {resource} …"
            for resource, (status, since) in self._under_way.items()
        ]
        total = self._console.painted(f"  {now - self._began:6.0f} s  in all", DIM)
        self._console.footer([*waiting, total])

    def end(self) -> None:
        self._console.footer(())


def progress_on(say: Say) -> StackProgress:
    """The one that suits where `say` leads."""
    return LiveProgress(say) if isinstance(say, Console) and say.live else LineProgress(say)


def line(event: StackEvent, seconds: float) -> str:
    reason = f": {event.reason}" if event.failed and event.reason else ""
    return f"  {seconds:6.1f} s  {event.status:<18} {event.resource}{reason}"


def silent(_: str) -> None:
    """Says nothing, where a stack is only read."""
