"""An HTTP request through the edge: forwarded to the emulator's CloudFront, with the response streamed back unchanged,
or compressed as CloudFront does, which the emulator's does not."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterable, AsyncIterator, Iterable, Mapping
from dataclasses import dataclass
from http import HTTPStatus

from aiohttp import ClientError, ClientResponse, ClientSession, HttpVersion11, web
from multidict import CIMultiDict
from yarl import URL

from local_cloud.access import Access
from local_cloud.edge.behaviors import Behavior
from local_cloud.edge.compression import (
    chosen_encoding,
    compressed,
    compressed_headers,
    is_compressible,
    strong_tags,
    tag_as_asked,
)

HOP_BY_HOP = frozenset(
    {
        "connection",
        "keep-alive",
        "proxy-authenticate",
        "proxy-authorization",
        "proxy-connection",
        "te",
        "trailer",
        "transfer-encoding",
        "upgrade",
    }
)
"""The headers of one connection, not of the message. Source: RFC 9110, section 7.6.1."""

_NOT_FORWARDED = ("authorization", "x-amz-", "sec-fetch-", "x-forwarded-")
"""Prefixes of the names of headers that the edge does not forward."""

_BAD_GATEWAY_PAGE = """<!doctype html>
<title>502: the embedded cloud does not answer</title>
<h1>The embedded cloud does not answer</h1>
<p>The terminal that runs <code>build.py local</code> shows the reason.</p>
"""


@dataclass(frozen=True)
class Upstream:
    """The origin of the edge. access: to the emulator. domain: the distribution's host name."""

    access: Access
    domain: str
    behaviors: tuple[Behavior, ...]


async def forward(
    request: web.BaseRequest, session: ClientSession, upstream: Upstream, *, compress: bool
) -> web.StreamResponse:
    """Return the response of the distribution; 502 when the emulator does not respond.

    No body is forwarded: the edge accepts none. compress: as the cache behaviour says.
    """
    url = URL(upstream.access.endpoint_url + request.rel_url.raw_path_qs, encoded=True)
    headers = viewer_headers(request.headers, without=("host", "content-length", "expect", "origin"))
    headers["Host"] = upstream.domain
    headers.update(upstream.access.headers)
    if "If-None-Match" in headers:
        headers["If-None-Match"] = strong_tags(headers["If-None-Match"])
    try:
        async with session.request(request.method, url, headers=headers, allow_redirects=False) as answer:
            encoding = _encoding(request, answer) if compress else ""
            return await (_compress(request, answer, encoding) if encoding else _relay(request, answer))
    except (ClientError, OSError, TimeoutError):
        return bad_gateway()


def _encoding(request: web.BaseRequest, answer: ClientResponse) -> str:
    """Return the encoding in which CloudFront sends this response; empty if it sends it as it is."""
    if request.version < HttpVersion11 or not is_compressible(answer.status, answer.headers):
        return ""
    return chosen_encoding(request.headers.get("Accept-Encoding", ""))


async def _compress(request: web.BaseRequest, answer: ClientResponse, encoding: str) -> web.StreamResponse:
    """Send the response in this encoding. Raises ClientError, OSError, TimeoutError only before anything was sent."""
    body = await answer.read()  # empty in the response to HEAD

    async def parts() -> AsyncIterator[bytes]:
        if body:
            yield await asyncio.to_thread(compressed, body, encoding)

    return await _send(request, answer, compressed_headers(forwardable_headers(answer.headers), encoding), parts())


async def _relay(request: web.BaseRequest, answer: ClientResponse) -> web.StreamResponse:
    """Stream the response. Raises ClientError, OSError, TimeoutError only before anything was sent."""
    headers = forwardable_headers(answer.headers)
    if answer.status == HTTPStatus.NOT_MODIFIED and "ETag" in headers:
        headers["ETag"] = tag_as_asked(headers["ETag"], request.headers.get("If-None-Match", ""))
    return await _send(request, answer, headers, answer.content.iter_any())


async def _send(
    request: web.BaseRequest, answer: ClientResponse, headers: CIMultiDict[str], parts: AsyncIterable[bytes]
) -> web.StreamResponse:
    """Send a response with the status of `answer`, part by part. Raises only before anything was sent."""
    response = web.StreamResponse(status=answer.status, reason=answer.reason, headers=headers)
    await response.prepare(request)
    try:
        async for part in parts:
            await response.write(part)
        await response.write_eof()
    except (ClientError, OSError, TimeoutError):
        # The response is incomplete, or the browser has disconnected. The missing end tells a browser of the former.
        if request.transport is not None:
            request.transport.abort()
    return response


def bad_gateway() -> web.Response:
    """Return the page of CloudFront for an origin that does not respond."""
    return web.Response(status=502, text=_BAD_GATEWAY_PAGE, content_type="text/html")


def viewer_headers(headers: Mapping[str, str], without: Iterable[str]) -> CIMultiDict[str]:
    """Return the headers of a viewer's request that go to the emulator: none that could authenticate to AWS's APIs, and
    none about the browser, which the edge has checked already."""
    kept = forwardable_headers(headers, without)
    for name in {name for name in kept if name.lower().startswith(_NOT_FORWARDED)}:
        del kept[name]
    kept["X-Forwarded-Proto"] = "https"
    return kept


def forwardable_headers(headers: Mapping[str, str], without: Iterable[str] = ()) -> CIMultiDict[str]:
    """Return the headers that a proxy forwards: without hop-by-hop headers, those that Connection names, and
    `without`."""
    nominated = (name for name, value in headers.items() if name.lower() == "connection" for name in value.split(","))
    left_out = {*HOP_BY_HOP, *(name.strip().lower() for name in nominated), *without}
    return CIMultiDict((name, value) for name, value in headers.items() if name.lower() not in left_out)
