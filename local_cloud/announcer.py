"""Prints events as they come, one line each with its time, a burst of the same kind as one."""

from __future__ import annotations

import asyncio
import time
from collections.abc import AsyncIterator, Callable
from typing import TYPE_CHECKING

from local_cloud.reporting.reports import Report

if TYPE_CHECKING:
    from local_cloud.event_lines import Sentence

BURST_SECONDS = 0.3
_LONG_BURST_SECONDS = 2.4
_MANY = 10
"""As many events between two lines say that a burst goes on: its next lines come at longer intervals."""

_REPEATED_ERROR_SECONDS = 10.0


class Announcer:
    """say: prints one line."""

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
        """Until there are no more."""
        # Not before: with it comes `deployment`, which takes a while, and the emulator can be starting meanwhile.
        from local_cloud.event_lines import merged

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
        for sentence in sentences:
            if not self._is_repeated(sentence):
                self.line(str(sentence))

    def line(self, text: str) -> None:
        self._say(f"{time.strftime('%H:%M:%S', self._wall_clock())}  {text}")

    def _is_repeated(self, sentence: Sentence) -> bool:
        """An error that AWS would meet again and again is said now and then, not every second."""
        if not sentence.kind.startswith("error"):
            return False
        now = self._clock()
        self._errors = {kind: said for kind, said in self._errors.items() if now - said < _REPEATED_ERROR_SECONDS}
        repeated = sentence.kind in self._errors
        self._errors.setdefault(sentence.kind, now)
        return repeated


async def _read(reports: AsyncIterator[Report], news: asyncio.Queue[Sentence | None]) -> None:
    """None, at the end, says that there are no more."""
    from local_cloud.event_lines import sentences

    async for report in reports:
        for sentence in sentences(report):
            news.put_nowait(sentence)
    news.put_nowait(None)


def _waiting(news: asyncio.Queue[Sentence | None]) -> list[Sentence]:
    """Those that are there already. The end, if it is, stays for who waits for it."""
    found = []
    while not news.empty():
        event = news.get_nowait()
        if event is None:
            news.put_nowait(None)
            break
        found.append(event)
    return found
