"""Viewers' requests, answered by the distribution that they name and by nothing else of the emulator's.

The emulator's one dispatcher takes every request, and asks a dozen of its services before CloudFront: `/health`,
`/v2/email`, `/.well-known/openid-configuration`. Where there is no such distribution it goes on to AWS's APIs, which
take any credentials or none. On AWS a viewer meets CloudFront alone, and so here.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any
from urllib.parse import parse_qs

from local_cloud.ministack import tls
from local_cloud.ministack.guard import is_viewers
from local_cloud.ministack.invocations import Message, Send


def in_front_of(app: Any) -> Any:
    """`app`, for everything that is not a viewer's."""

    async def application(scope: Message, receive: Any, send: Send) -> None:
        if scope["type"] == "http" and is_viewers(scope["headers"]):
            await _answer(scope, receive, send)
        else:
            await app(scope, receive, send)

    return application


async def _answer(scope: Message, receive: Any, send: Send) -> None:
    from ministack import app
    from ministack.core import responses

    # As a request without credentials: whatever a viewer sends names no account and no Region.
    responses.set_request_account_id("")
    responses.set_request_region("")
    tls.note(scope)
    headers = joined(scope["headers"])
    query = scope["query_string"].decode("latin-1")
    response = await app._handle_cloudfront_dataplane_request(  # noqa: SLF001 - the way to CloudFront alone
        headers["host"],
        scope["path"],
        (scope.get("raw_path") or scope["path"].encode()).decode("latin-1"),
        query,
        scope["method"],
        headers,
        b"",  # CloudFront takes no body with the methods that the distribution allows
        parse_qs(query, keep_blank_values=True),
        (scope.get("client") or ("127.0.0.1",))[0],
    )
    dated = app._with_date_header(send)  # noqa: SLF001
    await app._send_if_handled(dated, response or _no_distribution(), receive)  # noqa: SLF001


def _no_distribution() -> tuple[int, dict[str, str], bytes]:
    return 503, {"Content-Type": "text/plain"}, b"There is no such distribution.\n"


def joined(headers: Iterable[tuple[bytes, bytes]]) -> dict[str, str]:
    """One value a name. Source: RFC 9110, section 5.2; for cookies RFC 9113, section 8.2.3."""
    found: dict[str, str] = {}
    for raw_name, raw_value in headers:
        name, value = raw_name.decode("latin-1").lower(), raw_value.decode("latin-1")
        found[name] = f"{found[name]}{'; ' if name == 'cookie' else ', '}{value}" if name in found else value
    return found
