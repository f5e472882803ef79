"""One HTTP request through the edge: on to the emulator's CloudFront, and its answer back byte for byte as it comes."""

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
"""Headers of one connection, not of the message. Source: RFC 9110, section 7.6.1."""

_NOT_A_VIEWERS = ("authorization", "x-amz-", "sec-fetch-", "x-forwarded-")
"""How the names begin of headers that stop at the edge."""

_AWAY = """<!doctype html>
<title>502: the embedded cloud does not answer</title>
<h1>The embedded cloud does not answer</h1>
<p>Look at the terminal that runs <code>build.py local</code>: it says what happened.</p>
"""


async def forward(request: web.BaseRequest, session: ClientSession, access: Access, domain: str) -> web.StreamResponse:
    """The answer of the distribution `domain`; 502 when the emulator does not give one.

    No body is passed on: the edge takes none.
    """
    url = URL(access.endpoint_url + request.rel_url.raw_path_qs, encoded=True)
    headers = viewers(request.headers, without=("host", "content-length", "expect", "origin"))
    headers["Host"] = domain
    headers.update(access.headers)
    try:
        async with session.request(request.method, url, headers=headers, allow_redirects=False) as answer:
            return await _relay(request, answer)
    except (ClientError, OSError, TimeoutError):
        return unanswered()


async def _relay(request: web.BaseRequest, answer: ClientResponse) -> web.StreamResponse:
    """Raises ClientError, OSError, TimeoutError only before anything was sent."""
    response = web.StreamResponse(status=answer.status, reason=answer.reason)
    response.headers.extend(passed_on(answer.headers))
    await response.prepare(request)
    try:
        async for chunk in answer.content.iter_any():
            await response.write(chunk)
        await response.write_eof()
    except (ClientError, OSError, TimeoutError):
        # Half of it is out, or the browser has left. That there is no proper end is how a browser learns of the former.
        if request.transport is not None:
            request.transport.abort()
    return response


def unanswered() -> web.Response:
    return web.Response(status=502, text=_AWAY, content_type="text/html")


def viewers(headers: Mapping[str, str], without: Iterable[str]) -> CIMultiDict[str]:
    """What a viewer's request carries on to the emulator: not what would speak to AWS's APIs in its name, nor what
    says that it is a browser's, which the edge has judged already."""
    kept = passed_on(headers, without)
    for name in {name for name in kept if name.lower().startswith(_NOT_A_VIEWERS)}:
        del kept[name]
    kept["X-Forwarded-Proto"] = "https"
    return kept


def passed_on(headers: Mapping[str, str], without: Iterable[str] = ()) -> CIMultiDict[str]:
    nominated = (name for name, value in headers.items() if name.lower() == "connection" for name in value.split(","))
    left_out = {*HOP_BY_HOP, *(name.strip().lower() for name in nominated), *without}
    return CIMultiDict((name, value) for name, value in headers.items() if name.lower() not in left_out)
