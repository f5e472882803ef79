"""The client of the smoke test: requests the page and opens a WebSocket, through CloudFront or an emulator.

The domain name of an emulator's distribution does not resolve, so requests go to the endpoint with that name in the
Host header. The emulator's CloudFront does not forward WebSockets, so they are opened directly at the API.
"""

from __future__ import annotations

import hashlib
import json
import os
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass, field

from aiohttp import (
    ClientError,
    ClientSession,
    ClientTimeout,
    ClientWebSocketResponse,
    WSMsgType,
    WSServerHandshakeError,
)

from deployment.aws.emulated import EXECUTE_API_PATH
from deployment.aws.target import Target
from deployment.stack.required_output import required
from template_gen import names

TIMEOUT_SECONDS = 15.0
REPLY_SECONDS = 10.0
FORBIDDEN = 403
OK = 200


class NoAnswerError(Exception):
    """No valid response was received. The message says from what."""


@dataclass(frozen=True)
class Address:
    """The addresses of the site. headers: sent with every request. origin: sent with the WebSocket, as by a browser."""

    page: str
    socket: str
    origin: str
    headers: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True)
class Page:
    """The response for the front page. headers: with names in lower case. md5: of the body as received."""

    status: int
    headers: Mapping[str, str]
    md5: str
    length: int


def problem_of(page: Page) -> str:
    """Return the problem with the status or the type of the front page, "" for none."""
    if page.status != OK:
        return f"the front page has status {page.status}"
    if not page.headers.get("content-type", "").startswith("text/html"):
        return f"the front page is {page.headers.get('content-type')!r} and not text/html"
    return ""


def address(outputs: Mapping[str, str], target: Target) -> Address:
    """Return the address by the domain name of the distribution, as DNS may not point a custom domain to it yet."""
    domain = required(outputs, names.DISTRIBUTION_DOMAIN)
    origin = f"https://{domain}"
    if not target.endpoint_url:
        return Address(f"{origin}/", f"wss://{domain}/{names.STAGE}", origin)
    endpoint = target.endpoint_url.rstrip("/")
    socket = f"{endpoint}{EXECUTE_API_PATH}/{required(outputs, names.WEB_SOCKET_API_ID)}/{names.STAGE}"
    # The emulator of `local` requires its session token.
    token = target.session_token or os.environ.get("AWS_SESSION_TOKEN")
    opening = {"X-Amz-Security-Token": token} if token else {}
    return Address(f"{endpoint}/", socket, origin, {"Host": domain, "X-Forwarded-Proto": "https", **opening})


@asynccontextmanager
async def client(where: Address) -> AsyncIterator[ClientSession]:
    """Open a client session, which uses the user's HTTP proxy, except for an emulator."""
    timeout = ClientTimeout(total=TIMEOUT_SECONDS)
    async with ClientSession(auto_decompress=False, timeout=timeout, trust_env=not where.headers) as session:
        yield session


async def get_page(session: ClientSession, where: Address, path: str = "", **more: str) -> Page:
    """Request a page, by default the front page. more: further headers.

    Raises NoAnswerError when there is no response.
    """
    headers = {**where.headers, "Accept-Encoding": "identity", **more}
    try:
        async with session.get(where.page + path, headers=headers, allow_redirects=False) as answer:
            body = await answer.read()
    except (ClientError, OSError, TimeoutError) as exc:
        raise NoAnswerError(f"{where.origin} does not respond: {_reason(exc)}") from exc
    received = {name.lower(): value for name, value in answer.headers.items()}
    return Page(answer.status, received, hashlib.md5(body, usedforsecurity=False).hexdigest(), len(body))


@asynccontextmanager
async def open_socket(
    session: ClientSession, where: Address, query: str, **more: str
) -> AsyncIterator[ClientWebSocketResponse]:
    """Open a WebSocket. more: further headers. Raises NoAnswerError when it cannot be opened."""
    # With the distribution's name as Host, the emulator would not find the API.
    headers = {name: value for name, value in where.headers.items() if name != "Host"}
    url = f"{where.socket}?{query}"
    try:
        socket = await session.ws_connect(url, headers={**headers, "Origin": where.origin, **more})
    except WSServerHandshakeError as exc:
        raise NoAnswerError(f"{where.socket} refuses the WebSocket with status {exc.status}") from exc
    except (ClientError, OSError, TimeoutError) as exc:
        raise NoAnswerError(f"{where.socket} does not respond: {_reason(exc)}") from exc
    try:
        yield socket
    finally:
        await socket.close()


async def next_count(socket: ClientWebSocketResponse, seconds: float) -> int:
    """Return the count in the next message. Raises NoAnswerError when none arrives in time."""
    try:
        message = await socket.receive(timeout=seconds)
    except TimeoutError as exc:
        raise NoAnswerError(f"no count was received on the WebSocket within {seconds:.0f} s") from exc
    if message.type is not WSMsgType.TEXT:
        raise NoAnswerError(f"the WebSocket was closed ({socket.close_code})")
    try:
        count = json.loads(message.data)["count"]
    except (ValueError, TypeError, KeyError) as exc:
        raise NoAnswerError(f"a message without a count was received: {message.data[:80]!r}") from exc
    if not isinstance(count, int):
        raise NoAnswerError(f"the received count is not a number: {count!r}")
    return count


def _reason(error: BaseException) -> str:
    return str(error) or type(error).__name__
