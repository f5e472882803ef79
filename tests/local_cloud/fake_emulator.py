"""A fake of the emulator behind the edge: a CloudFront that records requests, and a scriptable WebSocket API."""

from __future__ import annotations

import asyncio
import gzip
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field

from aiohttp import ClientSession, TCPConnector, WSMsgType, web

from local_cloud import ports
from local_cloud.access import Access
from local_cloud.edge.behaviors import Behavior
from local_cloud.edge.http import Upstream
from local_cloud.edge.server import Edge

DOMAIN = "d111111abcdef8.cloudfront.net"
KEY = "the key of this run"
PATIENCE = 20.0
TAG = '"0123456789abcdef"'
PAGE = b"<h1>R\xc3\xa9sum\xc3\xa9</h1>" * 100


@dataclass
class FakeEmulator:
    """The fake. handshakes: the current and the maximum number of concurrent $connect; held: they wait until it is
    set."""

    requests: list[web.Request] = field(default_factory=list)
    sockets: list[web.WebSocketResponse] = field(default_factory=list)
    closed_with: list[int | None] = field(default_factory=list)
    let_in: asyncio.Event = field(default_factory=asyncio.Event)
    handshakes: int = 0
    most_handshakes: int = 0

    def __post_init__(self) -> None:
        self.let_in.set()

    async def page(self, request: web.Request) -> web.StreamResponse:
        self.requests.append(request)
        if request.path == "/break":
            response = web.StreamResponse(headers={"Content-Length": "1000"})
            await response.prepare(request)
            await response.write(b"half")
            assert request.transport
            request.transport.abort()
            return response
        if request.path == "/moved":
            return web.Response(status=302, headers={"Location": "/elsewhere"})
        if request.path == "/unchanged":
            return web.Response(status=304, headers={"ETag": '"1"'})
        if request.path == "/streamed":
            streamed = web.StreamResponse()
            await streamed.prepare(request)
            for _ in range(3):
                await streamed.write(PAGE)
            return streamed
        headers = {"Content-Type": "text/html; charset=utf-8", "X-Cache": "Miss from cloudfront"}
        if "gzip" in request.headers.get("Accept-Encoding", ""):
            return web.Response(body=gzip.compress(PAGE), headers={**headers, "Content-Encoding": "gzip"})
        return web.Response(body=PAGE, headers=headers)

    async def plain(self, request: web.Request) -> web.StreamResponse:
        """Answer as S3, which compresses nothing: with a strong entity tag. ?status=STATUS chooses another one."""
        if request.headers.get("If-None-Match") == TAG:
            return web.Response(status=304, headers={"ETag": TAG})
        headers = {"Content-Type": "text/html; charset=utf-8", "X-Cache": "Miss from cloudfront", "ETag": TAG}
        if "Range" in request.headers:
            return web.Response(status=206, body=PAGE[:1200], headers=headers)
        return web.Response(status=int(request.query.get("status", "200")), body=PAGE, headers=headers)

    async def socket(self, request: web.Request) -> web.StreamResponse:
        """Refuse by ?refuse=STATUS; otherwise echo, and close with the code after the word close."""
        self.requests.append(request)
        self.handshakes += 1
        self.most_handshakes = max(self.most_handshakes, self.handshakes)
        await self.let_in.wait()
        self.handshakes -= 1
        if "refuse" in request.query:
            return web.Response(status=int(request.query["refuse"]))
        socket = web.WebSocketResponse(protocols=["counter"], max_msg_size=0)
        await socket.prepare(request)
        self.sockets.append(socket)
        async for message in socket:
            if message.type is WSMsgType.TEXT and message.data.startswith("close "):
                await socket.close(code=int(message.data.removeprefix("close ")))
            elif message.type is WSMsgType.TEXT:
                await socket.send_str(message.data)
        self.closed_with.append(socket.close_code)
        return socket


@dataclass
class Rig:
    """An edge in front of a fake emulator, and a client in front of the edge."""

    emulator: FakeEmulator
    edge: Edge
    browser: ClientSession
    url: str
    stop_emulator: Callable[[], Awaitable[None]]

    @property
    def port(self) -> int:
        return int(self.url.rpartition(":")[2])

    async def say(self, sent: bytes) -> bytes:
        """Return everything that the edge answers to these bytes, until it closes the connection."""
        reader, writer = await asyncio.open_connection("127.0.0.1", self.port)
        writer.write(sent)
        try:
            return await reader.read()
        except ConnectionResetError:
            return b""
        finally:
            writer.close()

    @property
    def socket_url(self) -> str:
        return self.url.replace("http:", "ws:") + "/live"


def with_edge(act: Callable[[Rig], Awaitable[None]], note_refusal: Callable[[str], None] = lambda _: None) -> None:
    """Run `act` with everything on free ports."""

    async def main() -> None:
        emulator = FakeEmulator()
        application = web.Application()
        application.router.add_get("/_aws/execute-api/abc123/live", emulator.socket)
        application.router.add_route("*", "/plain", emulator.plain)
        application.router.add_route("*", "/{path:.*}", emulator.page)
        runner = web.AppRunner(application, shutdown_timeout=0.1)
        await runner.setup()
        site = web.TCPSite(runner, "127.0.0.1", 0)
        await site.start()
        endpoint = f"http://127.0.0.1:{runner.addresses[0][1]}"
        upstream = Upstream(
            Access(endpoint, KEY), DOMAIN, (Behavior("/live", "abc123"), Behavior("*", "", compress=True))
        )
        edge = Edge(upstream, note_refusal=note_refusal)
        with ports.reserved(0) as sockets:
            await edge.open(sockets)
            url = f"http://localhost:{sockets[0].getsockname()[1]}"
            try:
                async with (
                    asyncio.timeout(PATIENCE),
                    ClientSession(auto_decompress=False, connector=TCPConnector(limit=0)) as browser,
                ):
                    await act(Rig(emulator, edge, browser, url, runner.cleanup))
            finally:
                await edge.close()
                await runner.cleanup()

    asyncio.run(main())


async def until(condition: Callable[[], bool]) -> None:
    """Wait until the condition is true; the rig's timeout ends the wait."""
    while not condition():  # noqa: ASYNC110 - of many kinds, none of which has an event
        await asyncio.sleep(0.005)
