"""Messages to open sockets, by the shortest way: from the request into the socket's queue.

Each new count goes to every page, so a crowd that arrives makes more posts to @connections than anything else. The
emulator's own way leads through the routing and the authorisation of all its services. Its `_ws_connections` holds the
open sockets; what is not there, and whatever is no post, goes the emulator's way.
"""

from __future__ import annotations

import re
from typing import Any

from deployment.aws.emulated import EXECUTE_API_PATH
from local_cloud.ministack.invocations import Message, Send

_PATH = re.compile(rf"{EXECUTE_API_PATH}/([a-z0-9]+)/[^/]+/@connections/([^/]+)")
_HEADERS = [(b"content-type", b"application/json"), (b"content-length", b"0")]


async def answered(scope: Message, receive: Any, send: Send) -> bool:
    """Whether this request was a message to an open socket, and is answered."""
    found = _PATH.fullmatch(scope["path"]) if scope["method"] == "POST" else None
    if found is None:
        return False
    from ministack.services import apigateway

    connection = apigateway._ws_connections.get(found[2])  # noqa: SLF001 - as handle_connections_api does it
    if connection is None or connection["apiId"] != found[1]:
        return False
    body = await _body(receive)
    if body:
        connection["outbox"].put_nowait(apigateway._post_to_connection_text(body))  # noqa: SLF001
    await send({"type": "http.response.start", "status": 200, "headers": _HEADERS})
    await send({"type": "http.response.body", "body": b""})
    return True


async def _body(receive: Any) -> bytes:
    body = b""
    while (message := await receive())["type"] == "http.request":
        body += message.get("body", b"")
        if not message.get("more_body"):
            break
    return body
