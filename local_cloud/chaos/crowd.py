"""Simulated visitors: they arrive, leave, reload and lose their connection, and record the counts they receive."""

from __future__ import annotations

import asyncio
import random
import socket
from collections.abc import Callable, Iterable
from contextlib import suppress
from enum import Enum
from typing import Self

from aiohttp import ClientError, ClientSession, ClientWebSocketResponse, TCPConnector

from local_cloud.chaos.checks import Known

_TRIES_DURING_A_FAULT = 3
_PAUSE_SECONDS = 0.1
_HELLO = '{"action":"hello"}'
_IMPATIENT = 0.2


class Act(Enum):
    ARRIVE = "arrive"
    LEAVE = "leave"
    RELOAD = "reload"
    BREAK = "break"
    STAY = "stay"


_ACTS = {Act.LEAVE: 40, Act.RELOAD: 25, Act.BREAK: 15, Act.STAY: 20}
"""The actions of visitors who are present, with their weights out of 100."""


class Page:
    """One tab of a visitor. stays: True if it should be open. patient: True if it retries after a refusal."""

    def __init__(self, visit: str, *, patient: bool = True) -> None:
        self.visit = visit
        self.stays = True
        self.patient = patient
        self.shown: int | None = None
        self._socket: ClientWebSocketResponse | None = None
        self._reading: asyncio.Task[None] | None = None

    @property
    def is_open(self) -> bool:
        """Return True while the WebSocket is open."""
        return self._reading is not None and not self._reading.done()

    async def open(self, session: ClientSession, url: str) -> bool:
        """Connect, and send a hello like the site's own script. Return True if the connection was accepted."""
        try:
            self._socket = await session.ws_connect(f"{url}?visit={self.visit}", max_msg_size=0)
        except (ClientError, OSError):
            return False
        self.shown = None
        self._reading = asyncio.create_task(self._read(self._socket))
        with suppress(ConnectionError):
            await self._socket.send_str(_HELLO)
        return True

    async def close(self) -> None:
        """Close the WebSocket and wait until it is closed."""
        if self._socket is not None and self._reading is not None:
            await self._socket.close()
            await self._reading

    async def vanish(self) -> None:
        """Drop the connection without a WebSocket close frame, as when a train enters a tunnel."""
        if self._socket is None or self._reading is None:
            return
        connection = self._socket.get_extra_info("socket")
        if connection is not None:
            with suppress(OSError):
                connection.shutdown(socket.SHUT_RDWR)
        await self._reading
        await self._socket.close()

    async def _read(self, page: ClientWebSocketResponse) -> None:
        async for message in page:
            self.shown = int(message.json()["count"])


class Crowd:
    """All visitors. attempted, acknowledged: visit ids. let_in, refused: numbers of attempts."""

    def __init__(self, url: str) -> None:
        self.attempted: set[str] = set()
        self.acknowledged: set[str] = set()
        self.let_in = 0
        self.refused = 0
        self._url = url
        self._pages: list[Page] = []
        self._changed = asyncio.Event()
        self._session: ClientSession

    async def __aenter__(self) -> Self:
        self._session = ClientSession(connector=TCPConnector(limit=0))
        return self

    async def __aexit__(self, *_: object) -> None:
        await asyncio.gather(*(page.close() for page in self._pages))
        await self._session.close()

    @property
    def answers(self) -> int:
        """Return the number of answered handshakes."""
        return self.let_in + self.refused

    @property
    def here(self) -> list[Page]:
        """Return the pages whose WebSocket is open."""
        return [page for page in self._pages if page.is_open]

    def known(self) -> Known:
        """Return the visitors' own record, to compare with the tables."""
        here = self.here
        shown = tuple(page.shown for page in here)
        return Known(frozenset(self.attempted), frozenset(self.acknowledged), len(here), shown)

    def plan(self, prefix: str, newcomers: int, rng: random.Random) -> list[tuple[Page, Act]]:
        """Return the next action of every visitor."""
        new = [Page(f"{prefix}-{number:04}", patient=rng.random() >= _IMPATIENT) for number in range(newcomers)]
        acts = rng.choices(list(_ACTS), weights=list(_ACTS.values()), k=len(self._pages))
        plan = [*((page, Act.ARRIVE) for page in new), *zip(self._pages, acts, strict=True)]
        rng.shuffle(plan)
        return plan

    async def do(self, plan: Iterable[tuple[Page, Act]]) -> None:
        """Perform all actions at once. A refused page retries a few times; a patient one connects again later
        (`return_all`)."""
        await asyncio.gather(*(self._act(page, act) for page, act in plan))
        self._forget_those_gone()

    async def return_all(self) -> None:
        """Reopen every page that was closed or refused and should be open, however long it takes."""

        async def until_open(page: Page) -> None:
            while not page.is_open:
                if not await self._try(page):
                    await asyncio.sleep(_PAUSE_SECONDS)

        self._forget_those_gone()
        await asyncio.gather(*(until_open(page) for page in self._pages))

    async def arrive(self, page: Page, tries: int = 1) -> bool:
        """Open the page with up to `tries` attempts. Return True if it was accepted."""
        if page not in self._pages:
            self._pages.append(page)
        for _ in range(tries):
            if await self._try(page):
                return True
            await asyncio.sleep(_PAUSE_SECONDS)
        page.stays = page.patient
        return False

    async def vanish_all(self) -> int:
        """Drop all connections, and return their number."""
        pages, self._pages = self.here, []
        await asyncio.gather(*(page.vanish() for page in pages))
        return len(pages)

    async def until(self, condition: Callable[[], bool]) -> None:
        """Wait until `condition` is true; it is evaluated whenever an attempt succeeds or fails."""
        while not condition():
            self._changed.clear()
            await self._changed.wait()

    async def _act(self, page: Page, act: Act) -> None:
        match act:
            case Act.LEAVE:
                page.stays = False
                await page.close()
            case Act.RELOAD | Act.BREAK:
                await (page.close() if act is Act.RELOAD else page.vanish())
                await self.arrive(page, _TRIES_DURING_A_FAULT)
            case Act.ARRIVE:
                await self.arrive(page, _TRIES_DURING_A_FAULT if page.patient else 1)

    async def _try(self, page: Page) -> bool:
        self.attempted.add(page.visit)
        opened = await page.open(self._session, self._url)
        if opened:
            self.acknowledged.add(page.visit)
        self.let_in += opened
        self.refused += not opened
        self._changed.set()
        return opened

    def _forget_those_gone(self) -> None:
        self._pages = [page for page in self._pages if page.stays]
