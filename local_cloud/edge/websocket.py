"""WebSockets through the edge: each is a pair, the page's and one to the emulator's WebSocket API, with API Gateway's
limits in between, which the emulator lacks."""

from __future__ import annotations

import asyncio
from contextlib import suppress

from aiohttp import (
    ClientError,
    ClientSession,
    ClientWebSocketResponse,
    ClientWSTimeout,
    WebSocketError,
    WSCloseCode,
    WSMsgType,
    WSServerHandshakeError,
    web,
)
from yarl import URL

from deployment.aws.emulated import EXECUTE_API_PATH
from local_cloud.access import Access
from local_cloud.edge.http import bad_gateway, viewer_headers

LONGEST_MESSAGE = 128 * 1024
"""Bytes. Source: "Amazon API Gateway quotas", WebSocket APIs. The limit of 32 KB per frame is not emulated: a page
cannot choose its frames."""

HANDSHAKES_AT_ONCE = 16
"""The limit of concurrent handshakes. Each waits for the function; more would be no faster, and cost the emulator a
thread each."""

_NEGOTIATED_HERE = (
    "host",
    "sec-websocket-extensions",
    "sec-websocket-key",
    "sec-websocket-protocol",
    "sec-websocket-version",
)
_SENDABLE = frozenset({*range(1000, 1004), *range(1007, 1015), *range(3000, 5000)})
"""Close codes that may be sent; others only report what an endpoint saw, such as 1006 for a broken connection."""

_CLOSING_SECONDS = 1.0
_NO_TEXT = b"Binary messages are not supported"


class Bridges:
    """All open pairs of WebSockets."""

    def __init__(self, session: ClientSession) -> None:
        self._session = session
        self._handshakes = asyncio.Semaphore(HANDSHAKES_AT_ONCE)
        self._pages: set[web.WebSocketResponse] = set()

    async def bridge(self, request: web.BaseRequest, access: Access, api: str) -> web.StreamResponse:
        """Relay the page's WebSocket until it ends; or return an HTTP response when it is refused. api: the API's
        ID."""
        if request.method != "GET" or request.headers.get("Upgrade", "").lower() != "websocket":
            # The response of API Gateway.
            return web.json_response({"message": "Missing Authentication Token"}, status=403)
        try:
            socket = await self._connect(request, access, api)
        except WSServerHandshakeError as exc:
            return web.Response(status=exc.status, text="The socket was refused.\n")
        except (ClientError, OSError, TimeoutError):
            return bad_gateway()
        page = web.WebSocketResponse(
            timeout=_CLOSING_SECONDS,
            compress=False,
            max_msg_size=LONGEST_MESSAGE + 1,  # aiohttp rejects messages of this size or more
            protocols=[socket.protocol] if socket.protocol else (),
        )
        try:
            await page.prepare(request)
            self._pages.add(page)
            await _both_ways(page, socket)
        finally:
            self._pages.discard(page)
            await socket.close()
        return page

    async def close(self, patience_seconds: float) -> None:
        """Close every page's WebSocket as going away; the page reconnects."""
        closing = [asyncio.create_task(page.close(code=WSCloseCode.GOING_AWAY)) for page in self._pages]
        if closing:
            await asyncio.wait(closing, timeout=patience_seconds)

    async def _connect(self, request: web.BaseRequest, access: Access, api: str) -> ClientWebSocketResponse:
        url = URL(f"{access.endpoint_url}{EXECUTE_API_PATH}/{api}{request.rel_url.raw_path_qs}", encoded=True)
        headers = viewer_headers(request.headers, without=_NEGOTIATED_HERE)
        headers.update(access.headers)
        protocols = [name.strip() for name in request.headers.get("Sec-WebSocket-Protocol", "").split(",")]
        async with self._handshakes:
            return await self._session.ws_connect(
                url,
                headers=headers,
                protocols=[name for name in protocols if name],
                timeout=ClientWSTimeout(ws_close=_CLOSING_SECONDS),
                max_msg_size=0,
            )


async def _both_ways(page: web.WebSocketResponse, api: ClientWebSocketResponse) -> None:
    """Relay until either side closes; then close the other in the same way."""
    up = asyncio.create_task(_from_page(page, api))
    down = asyncio.create_task(_from_api(page, api))
    try:
        await asyncio.wait({up, down}, return_when=asyncio.FIRST_COMPLETED)
        if up.done():
            await api.close(code=_sendable(up.result(), WSCloseCode.GOING_AWAY))
        else:
            # A code that cannot be sent did not come from the API: the emulator is gone, and the page should retry.
            await page.close(code=_sendable(api.close_code, WSCloseCode.SERVICE_RESTART))
    finally:
        up.cancel()
        down.cancel()
        await asyncio.gather(up, down, return_exceptions=True)


async def _from_page(page: web.WebSocketResponse, api: ClientWebSocketResponse) -> int | None:
    """Relay the page's messages. Return the code that the page was closed with, by either side.

    aiohttp answers pings, as API Gateway does, and closes with 1009 for messages that are too long, with 1007 for
    invalid UTF-8.
    """
    with suppress(ConnectionError):
        async for message in page:
            if message.type is WSMsgType.TEXT:
                await api.send_str(message.data)
            elif message.type is WSMsgType.BINARY:
                # Source: "Binary media types for WebSocket APIs", API Gateway Developer Guide.
                await page.close(code=WSCloseCode.UNSUPPORTED_DATA, message=_NO_TEXT)
                return WSCloseCode.UNSUPPORTED_DATA
            elif isinstance(message.data, WebSocketError):
                return message.data.code  # the socket's own code says only that it is closed
    return page.close_code


async def _from_api(page: web.WebSocketResponse, api: ClientWebSocketResponse) -> None:
    with suppress(ConnectionError):
        async for message in api:
            if message.type is WSMsgType.TEXT:
                await page.send_str(message.data)
            elif message.type is WSMsgType.BINARY:
                await page.send_bytes(message.data)


def _sendable(code: int | None, otherwise: WSCloseCode) -> int:
    return code if code is not None and code in _SENDABLE else otherwise
