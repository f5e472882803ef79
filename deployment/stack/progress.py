"""Progress of a stack operation: a line per completed resource and, on a terminal, the ones in progress below."""

from __future__ import annotations

import time
from collections.abc import Callable

from console import DIM, RED, Reporter
from deployment.stack.events import StackEvent

Clock = Callable[[], float]


class StackProgress:
    """The display of one operation. clock: monotonic, in seconds."""

    def __init__(self, reporter: Reporter, clock: Clock = time.monotonic) -> None:
        self._reporter = reporter
        self._clock = clock
        self._began = clock()
        self._in_progress: dict[str, tuple[str, float]] = {}

    def notify(self, event: StackEvent, seconds: float) -> None:
        """Show an event. seconds: since the start of the operation, by CloudFormation's clock."""
        if event.over:
            self._in_progress.pop(event.resource, None)
            text = line(event, seconds)
            self._reporter(self._reporter.painted(text, RED) if event.failed else text)
        else:
            since = self._in_progress.get(event.resource, ("", self._clock()))[1]
            self._in_progress[event.resource] = (event.status, since)
        self.tick()

    def tick(self) -> None:
        """Update the displayed durations."""
        now = self._clock()
        waiting = [
            f"  {now - since:6.0f} s  {status:<18} {resource} …"
            for resource, (status, since) in self._in_progress.items()
        ]
        total = self._reporter.painted(f"  {now - self._began:6.0f} s  total", DIM)
        self._reporter.footer([*waiting, total])

    def end(self) -> None:
        """Remove the resources in progress from the display."""
        self._reporter.footer(())


def line(event: StackEvent, seconds: float) -> str:
    """Return a line about the end of an operation on a resource."""
    reason = f": {event.reason}" if event.failed and event.reason else ""
    return f"  {seconds:6.1f} s  {event.status:<18} {event.resource}{reason}"
