"""Prints events as they arrive, one timestamped line each; a burst of one kind is merged into one line."""

from __future__ import annotations

import asyncio
import time
from collections.abc import AsyncIterator, Callable
from typing import TYPE_CHECKING

from local_cloud.reporting.reports import Report

if TYPE_CHECKING:
    from local_cloud.reporting.event_lines import Sentence

BURST_SECONDS = 0.3
_LONG_BURST_SECONDS = 2.4
_MANY = 10
"""The number of events between two lines from which a burst counts as ongoing; its next lines come at longer
intervals."""

_REPEATED_ERROR_SECONDS = 10.0


class Announcer:
    """A printer of events. say: prints one line."""

    def __init__(
        self,
        say: Callable[[str], None],
        *,
        burst_seconds: float = BURST_SECONDS,
        wall_clock: Callable[[], time.struct_time] = time.localtime,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self._say = say
        self._burst_seconds = burst_seconds
        self._wall_clock = wall_clock
        self._clock = clock
        self._errors: dict[str, float] = {}

    async def follow(self, reports: AsyncIterator[Report]) -> None:
        """Print the reports until there are no more."""
        # A late import: it loads `deployment`, which takes a while, and the emulator can start meanwhile.
        from local_cloud.reporting.event_lines import merged

        news: asyncio.Queue[Sentence | None] = asyncio.Queue()
        reading = asyncio.create_task(_read(reports, news))
        interval = self._burst_seconds
        try:
            while (event := await news.get()) is not None:
                await asyncio.sleep(interval)
                burst = [event, *_waiting(news)]
                self.say_all(merged(burst))
                interval = min(2 * interval, _LONG_BURST_SECONDS) if len(burst) > _MANY else self._burst_seconds
        finally:
            reading.cancel()

    def say_all(self, sentences: list[Sentence]) -> None:
        """Print the sentences, except errors that were printed a moment ago."""
        for sentence in sentences:
            if not self._is_repeated(sentence):
                self.line(str(sentence))

    def line(self, text: str) -> None:
        """Print a line with the time of day."""
        self._say(f"{time.strftime('%H:%M:%S', self._wall_clock())}  {text}")

    def _is_repeated(self, sentence: Sentence) -> bool:
        """Return True for an error that was printed recently: one that recurs constantly is printed at intervals
        only."""
        if not sentence.kind.startswith("error"):
            return False
        now = self._clock()
        self._errors = {kind: said for kind, said in self._errors.items() if now - said < _REPEATED_ERROR_SECONDS}
        repeated = sentence.kind in self._errors
        self._errors.setdefault(sentence.kind, now)
        return repeated


async def _read(reports: AsyncIterator[Report], news: asyncio.Queue[Sentence | None]) -> None:
    """Put the sentences of all reports into the queue, then None to mark the end."""
    from local_cloud.reporting.event_lines import sentences

    async for report in reports:
        for sentence in sentences(report):
            news.put_nowait(sentence)
    news.put_nowait(None)


def _waiting(news: asyncio.Queue[Sentence | None]) -> list[Sentence]:
    """Return the events that are queued now. The end marker, if reached, is put back for the next reader."""
    found = []
    while not news.empty():
        event = news.get_nowait()
        if event is None:
            news.put_nowait(None)
            break
        found.append(event)
    return found
