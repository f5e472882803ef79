"""Simulated readers: many WebSockets at once, each storing the latest message."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Awaitable, Callable
from contextlib import AsyncExitStack
from typing import Any, Self

import aiohttp

PATIENCE = 120.0
"""Seconds: what one broadcast leaves out, the tick of the next minute tells."""
BROWSER = {"User-Agent": "Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0"}
"""A browser's user agent: with aiohttp's own, visits are automation and not counted."""


class Reader:
    """One open page, as far as the server can tell."""

    def __init__(self, session: aiohttp.ClientSession, url: str, visit: str) -> None:
        self._session, self._url, self._visit = session, url, visit
        self.messages: list[dict[str, Any]] = []
        self.changed = asyncio.Event()
        self.closed_with: int | None = None

    async def __aenter__(self) -> Self:
        url = f"{self._url}?visit={self._visit}"
        self.socket = await self._session.ws_connect(url, headers=BROWSER, max_msg_size=0)
        self._task = asyncio.create_task(self._read())
        return self

    async def __aexit__(self, *_: object) -> None:
        await self.socket.close()
        await self._task

    async def _read(self) -> None:
        async for message in self.socket:
            self.messages.append(json.loads(message.data))
            self.changed.set()
        self.closed_with = self.socket.close_code
        self.changed.set()

    async def until(self, condition: Callable[[Reader], bool]) -> None:
        async with asyncio.timeout(PATIENCE):
            while not condition(self):
                self.changed.clear()
                await self.changed.wait()

    async def until_count(self, count: int) -> None:
        await self.until(lambda reader: bool(reader.messages) and reader.messages[-1]["count"] == count)

    async def hello(self) -> int:
        """Return the count that the server replies with."""
        before = len(self.messages)
        await self.socket.send_str('{"action":"hello"}')
        await self.until(lambda reader: len(reader.messages) > before)
        return int(self.messages[-1]["count"])

    def another(self, visit: str) -> Reader:
        """Return another page, to be opened."""
        return Reader(self._session, self._url, visit)


def with_readers(url: str, visits: list[str], act: Callable[[list[Reader]], Awaitable[None]]) -> None:
    """Open a WebSocket for every visit, all at once, and run `act` with them."""

    async def main() -> None:
        connector = aiohttp.TCPConnector(limit=0)
        async with aiohttp.ClientSession(connector=connector) as session, AsyncExitStack() as stack:
            readers = await asyncio.gather(
                *(stack.enter_async_context(Reader(session, url, visit)) for visit in visits)
            )
            await act(list(readers))

    asyncio.run(main())
