"""The edge: acts as CloudFront on localhost, in front of the emulator.

The emulator's CloudFront serves by its host name, redirects plain HTTP and does not support WebSockets. The edge
applies the distribution's behaviours: requests for the WebSocket API go there, and all others to the emulator's
CloudFront, with the distribution's host name and as if received over TLS.
"""

from __future__ import annotations

import asyncio
import socket
from collections.abc import Awaitable, Callable, Sequence

from aiohttp import ClientSession, ClientTimeout, DummyCookieJar, TCPConnector, web

from local_cloud.edge.behaviors import chosen
from local_cloud.edge.guard import refused
from local_cloud.edge.http import Upstream, forward
from local_cloud.edge.websocket import Bridges

_NO_AUTOMATIC_HEADERS = ("User-Agent", "Accept", "Accept-Encoding", "Content-Type")
_CONNECT_SECONDS = 5
_SILENCE_SECONDS = 60
_PATIENCE_SECONDS = 1.0


class Edge:
    """A server on listening sockets, from `open` to `close`.

    before: called with a request's path before it is forwarded over HTTP. note_refusal: called with the kind of a
    refused request.
    """

    def __init__(
        self,
        upstream: Upstream,
        before: Callable[[str], Awaitable[None]] | None = None,
        note_refusal: Callable[[str], None] = lambda _: None,
    ) -> None:
        self.upstream = upstream
        """May be replaced while serving: the next request uses the new one."""

        self._note_refusal = note_refusal
        self._before = before
        self._session: ClientSession
        self._runner: web.ServerRunner
        self._bridges: Bridges
        self._port: int

    async def open(self, sockets: Sequence[socket.socket]) -> None:
        """Serve the page on these sockets, which are all of one port."""
        self._port = sockets[0].getsockname()[1]
        self._session = ClientSession(
            auto_decompress=False,
            connector=TCPConnector(limit=0),  # every open WebSocket keeps one
            cookie_jar=DummyCookieJar(),
            skip_auto_headers=_NO_AUTOMATIC_HEADERS,
            timeout=ClientTimeout(total=None, sock_connect=_CONNECT_SECONDS, sock_read=_SILENCE_SECONDS),
        )
        self._bridges = Bridges(self._session)
        # Without aiohttp's routes, which would answer some requests themselves, such as those without a path.
        server = web.Server(self._handle, access_log=None)
        self._runner = web.ServerRunner(server, shutdown_timeout=_PATIENCE_SECONDS)
        await self._runner.setup()
        for sock in sockets:
            await web.SockSite(self._runner, sock, backlog=1024).start()

    async def close(self) -> None:
        """Accept no more requests, and close the open WebSockets as going away."""
        await self._bridges.close(_PATIENCE_SECONDS)
        await self._runner.cleanup()
        await self._session.close()
        await asyncio.sleep(0)  # lets the closed transports finish

    async def _handle(self, request: web.BaseRequest) -> web.StreamResponse:
        upstream = self.upstream
        behavior = chosen(upstream.behaviors, request.rel_url.raw_path)
        answer = refused(request, behavior, self._port, self._note_refusal)
        if answer is not None:
            return answer
        if behavior.api:
            return await self._bridges.bridge(request, upstream.access, behavior.api)
        if self._before:
            await self._before(request.path)
        return await forward(request, self._session, upstream, compress=behavior.compress)
