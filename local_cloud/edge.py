"""The edge: plays CloudFront on localhost, in front of the emulator.

The emulator's CloudFront serves by its host name, wants TLS and passes no WebSockets. The edge follows the
distribution's behaviours: what has the WebSocket API as its origin goes there, and the rest goes to the emulator's
CloudFront, under the distribution's name and as if it had come through TLS.
"""

from __future__ import annotations

import asyncio
import re
import socket
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass

from aiohttp import ClientSession, ClientTimeout, DummyCookieJar, TCPConnector, web

from local_cloud.behaviors import Behavior, chosen
from local_cloud.edge_http import forward
from local_cloud.edge_socket import Bridges

_LOCAL = re.compile(r"(localhost|127\.0\.0\.1|\[::1\])(:\d{1,5})?", re.IGNORECASE)

_NO_AUTOMATIC_HEADERS = ("User-Agent", "Accept", "Accept-Encoding", "Content-Type")
_CONNECT_SECONDS = 5
_SILENCE_SECONDS = 60
_PATIENCE_SECONDS = 1.0


@dataclass(frozen=True)
class Upstream:
    """endpoint_url: the emulator. domain: the distribution's host name."""

    endpoint_url: str
    domain: str
    behaviors: tuple[Behavior, ...]


class Edge:
    """Serves on `sockets`, which are listening already, from `open` to `close`.

    before: called with a request's path, before it is passed on over HTTP.
    """

    def __init__(self, upstream: Upstream, before: Callable[[str], Awaitable[None]] | None = None) -> None:
        self.upstream = upstream
        """May be replaced while it serves: the next request goes by the new one."""

        self._before = before
        self._session: ClientSession
        self._runner: web.AppRunner
        self._bridges: Bridges

    async def open(self, sockets: Sequence[socket.socket]) -> None:
        self._session = ClientSession(
            auto_decompress=False,
            connector=TCPConnector(limit=0),  # every open WebSocket keeps one
            cookie_jar=DummyCookieJar(),
            skip_auto_headers=_NO_AUTOMATIC_HEADERS,
            timeout=ClientTimeout(total=None, sock_connect=_CONNECT_SECONDS, sock_read=_SILENCE_SECONDS),
        )
        self._bridges = Bridges(self._session)
        application = web.Application()
        application.router.add_route("*", "/{path:.*}", self._handle)
        self._runner = web.AppRunner(application, access_log=None, shutdown_timeout=_PATIENCE_SECONDS)
        await self._runner.setup()
        for sock in sockets:
            await web.SockSite(self._runner, sock, backlog=1024).start()

    async def close(self) -> None:
        """Takes no more requests, and closes the open sockets as a server does that goes away."""
        await self._bridges.close(_PATIENCE_SECONDS)
        await self._runner.cleanup()
        await self._session.close()
        await asyncio.sleep(0)  # lets the transports that were just closed go

    async def _handle(self, request: web.Request) -> web.StreamResponse:
        if not _LOCAL.fullmatch(request.headers.get("Host", "")):
            # A foreign name that leads here: a page of that name would otherwise read this one (DNS rebinding).
            return web.Response(status=421, text="This server answers to localhost only.\n")
        behavior = chosen(self.upstream.behaviors, request.rel_url.raw_path)
        if behavior.api:
            return await self._bridges.bridge(request, f"{self.upstream.endpoint_url}/_aws/execute-api/{behavior.api}")
        if self._before:
            await self._before(request.path)
        return await forward(request, self._session, self.upstream.endpoint_url, self.upstream.domain)
