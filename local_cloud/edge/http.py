"""An HTTP request through the edge: forwarded to the emulator's CloudFront, with the response streamed back
unchanged."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from aiohttp import ClientError, ClientResponse, ClientSession, web
from multidict import CIMultiDict
from yarl import URL

from local_cloud.access import Access

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


async def forward(request: web.BaseRequest, session: ClientSession, access: Access, domain: str) -> web.StreamResponse:
    """Return the response of the distribution `domain`; 502 when the emulator does not respond.

    No body is forwarded: the edge accepts none.
    """
    url = URL(access.endpoint_url + request.rel_url.raw_path_qs, encoded=True)
    headers = viewer_headers(request.headers, without=("host", "content-length", "expect", "origin"))
    headers["Host"] = domain
    headers.update(access.headers)
    try:
        async with session.request(request.method, url, headers=headers, allow_redirects=False) as answer:
            return await _relay(request, answer)
    except (ClientError, OSError, TimeoutError):
        return bad_gateway()


async def _relay(request: web.BaseRequest, answer: ClientResponse) -> web.StreamResponse:
    """Stream the response. Raises ClientError, OSError, TimeoutError only before anything was sent."""
    response = web.StreamResponse(status=answer.status, reason=answer.reason)
    response.headers.extend(forwardable_headers(answer.headers))
    await response.prepare(request)
    try:
        async for chunk in answer.content.iter_any():
            await response.write(chunk)
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
