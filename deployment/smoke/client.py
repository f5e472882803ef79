"""A visitor's side of the site: gets the page, opens the socket. Speaks to CloudFront, or to an emulator in its place.

An emulator's distribution has a name that no DNS knows, so there the name is sent to the endpoint as the Host header,
and the socket, which the emulator's CloudFront does not pass on, is opened at the API itself.
"""

from __future__ import annotations

import hashlib
import json
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
from template_gen import names

TIMEOUT_SECONDS = 15.0


class NoAnswerError(Exception):
    """Says in its text what did not answer, or how it refused."""


@dataclass(frozen=True)
class Address:
    """headers: what every request carries. origin: the page's, as a browser would send it with the socket."""

    page: str
    socket: str
    origin: str
    headers: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True)
class Page:
    """headers: names in lower case. md5: of the body, as it came."""

    status: int
    headers: Mapping[str, str]
    md5: str
    length: int


def address(outputs: Mapping[str, str], target: Target) -> Address:
    """By the distribution's own name: a domain of the user's may not lead there yet."""
    domain = outputs[names.DISTRIBUTION_DOMAIN]
    origin = f"https://{domain}"
    if not target.endpoint_url:
        return Address(f"{origin}/", f"wss://{domain}/{names.STAGE}", origin)
    endpoint = target.endpoint_url.rstrip("/")
    socket = f"{endpoint}{EXECUTE_API_PATH}/{outputs[names.WEB_SOCKET_API_ID]}/{names.STAGE}"
    # An emulator that a session token opens, as that of `local`, is opened by it here too.
    opening = {"X-Amz-Security-Token": target.session_token} if target.session_token else {}
    return Address(f"{endpoint}/", socket, origin, {"Host": domain, "X-Forwarded-Proto": "https", **opening})


@asynccontextmanager
async def client(where: Address) -> AsyncIterator[ClientSession]:
    """Goes through the user's proxy to the network, and straight to an emulator."""
    timeout = ClientTimeout(total=TIMEOUT_SECONDS)
    async with ClientSession(auto_decompress=False, timeout=timeout, trust_env=not where.headers) as session:
        yield session


async def get_page(session: ClientSession, where: Address) -> Page:
    """The front page. Raises NoAnswerError."""
    headers = {**where.headers, "Accept-Encoding": "identity"}
    try:
        async with session.get(where.page, headers=headers, allow_redirects=False) as answer:
            body = await answer.read()
    except (ClientError, OSError, TimeoutError) as exc:
        raise NoAnswerError(f"{where.origin} does not answer: {_said(exc)}") from exc
    told = {name.lower(): value for name, value in answer.headers.items()}
    return Page(answer.status, told, hashlib.md5(body, usedforsecurity=False).hexdigest(), len(body))


@asynccontextmanager
async def open_socket(session: ClientSession, where: Address, query: str) -> AsyncIterator[ClientWebSocketResponse]:
    """Raises NoAnswerError when the socket does not open."""
    # The Host that names the distribution would not find the API.
    headers = {name: value for name, value in where.headers.items() if name != "Host"}
    url = f"{where.socket}?{query}"
    try:
        socket = await session.ws_connect(url, headers={**headers, "Origin": where.origin})
    except WSServerHandshakeError as exc:
        raise NoAnswerError(f"{where.socket} refuses the socket with status {exc.status}") from exc
    except (ClientError, OSError, TimeoutError) as exc:
        raise NoAnswerError(f"{where.socket} does not answer: {_said(exc)}") from exc
    try:
        yield socket
    finally:
        await socket.close()


async def next_count(socket: ClientWebSocketResponse, seconds: float) -> int:
    """The count in the next message. Raises NoAnswerError when none comes in time."""
    try:
        message = await socket.receive(timeout=seconds)
    except TimeoutError as exc:
        raise NoAnswerError(f"the socket told no count within {seconds:.0f} s") from exc
    if message.type is not WSMsgType.TEXT:
        raise NoAnswerError(f"the socket was closed ({socket.close_code})")
    try:
        count = json.loads(message.data)["count"]
    except (ValueError, TypeError, KeyError) as exc:
        raise NoAnswerError(f"the socket told no count but {message.data[:80]!r}") from exc
    if not isinstance(count, int):
        raise NoAnswerError(f"the socket told a count that is no number: {count!r}")
    return count


def _said(error: BaseException) -> str:
    return str(error) or type(error).__name__
