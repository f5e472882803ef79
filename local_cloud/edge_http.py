"""One HTTP request through the edge: on to the emulator's CloudFront, and its answer back byte for byte as it comes."""

from __future__ import annotations

from collections.abc import Iterable

from aiohttp import ClientError, ClientResponse, ClientSession, web
from multidict import CIMultiDict
from yarl import URL

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

_AWAY = """<!doctype html>
<title>502: the embedded cloud does not answer</title>
<h1>The embedded cloud does not answer</h1>
<p>Look at the terminal that runs <code>build.py local</code>: it says what happened.</p>
"""


async def forward(request: web.Request, session: ClientSession, endpoint_url: str, domain: str) -> web.StreamResponse:
    """The answer of the distribution `domain`; 502 when the emulator does not give one.

    No body is passed on: the distribution takes none with the methods it allows, and refuses the others itself.
    """
    url = URL(endpoint_url + request.rel_url.raw_path_qs, encoded=True)
    headers = passed_on(request.headers.items(), without=("host", "content-length", "expect"))
    headers["Host"] = domain
    headers["X-Forwarded-Proto"] = "https"
    try:
        async with session.request(request.method, url, headers=headers, allow_redirects=False) as answer:
            return await _relay(request, answer)
    except (ClientError, OSError, TimeoutError):
        return unanswered()


async def _relay(request: web.Request, answer: ClientResponse) -> web.StreamResponse:
    """Raises ClientError, OSError, TimeoutError only before anything was sent."""
    response = web.StreamResponse(status=answer.status, reason=answer.reason)
    response.headers.extend(passed_on(answer.headers.items()))
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


def passed_on(headers: Iterable[tuple[str, str]], without: Iterable[str] = ()) -> CIMultiDict[str]:
    left_out = {*HOP_BY_HOP, *without}
    return CIMultiDict((name, value) for name, value in headers if name.lower() not in left_out)
