"""The reports of the emulator's process, read as they arrive: events to follow, and the reply to the one command."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import suppress

from local_cloud.reporting.reports import Keeping, Report, parse


class Inbox:
    """A reader of `stream` until its end, in a task of its own."""

    def __init__(self, stream: asyncio.StreamReader) -> None:
        self._news: asyncio.Queue[Report | None] = asyncio.Queue()
        self._keeping: asyncio.Future[Keeping | None] = asyncio.get_running_loop().create_future()
        self._reading = asyncio.create_task(self._read(stream))

    async def reports(self) -> AsyncIterator[Report]:
        """Return the reports until there are no more. For one reader."""
        while (report := await self._news.get()) is not None:
            yield report

    async def keeping(self) -> Keeping | None:
        """Return the reply to the command to persist a table; None if the process ends before."""
        return await asyncio.shield(self._keeping)

    async def close(self) -> None:
        """Stop reading."""
        self._reading.cancel()
        with suppress(asyncio.CancelledError):
            await self._reading

    async def _read(self, stream: asyncio.StreamReader) -> None:
        try:
            async for line in stream:
                report = parse(line)
                if isinstance(report, Keeping):
                    self._answer(report)
                elif report is not None:
                    self._news.put_nowait(report)
        finally:
            self._answer(None)
            self._news.put_nowait(None)

    def _answer(self, answer: Keeping | None) -> None:
        if not self._keeping.done():
            self._keeping.set_result(answer)
