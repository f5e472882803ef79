"""Who may speak to the emulator: the processes of this run, and nobody else.

The emulator runs code by design and takes any credentials, so whoever can speak to it can run code as this user. That
would be every page that is open in a browser on this machine, and every other user of it. Hence, before the emulator
sees anything of a request or a WebSocket:

- its Host is the emulator's address, or a distribution's name, which distribution.py answers. Any other is a name that
  somebody has made lead here (DNS rebinding);
- it carries this run's key (access.py);
- it is not a browser's: no `Sec-Fetch-…`, and no `Origin`, except that of a viewer's WebSocket, by which the router
  decides, handed on by the edge;
- it is not for the emulator's own paths, of which this run needs none.

The key goes no further: it is in no event and in no log. And no answer of the emulator's lets another origin read it.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from hmac import compare_digest
from typing import Any

from local_cloud.access import KEY_HEADER
from local_cloud.environment import LOOPBACK
from local_cloud.ministack.invocations import Message, Send

DISTRIBUTION = re.compile(rb"[a-z0-9]+\.cloudfront\.net")
"""The Host of a viewer's request, which has no port."""

_KEY = KEY_HEADER.lower().encode()
_EMULATORS_OWN = re.compile(r"/+(_ministack|_localstack|health)(/.*)?", re.DOTALL)
_CORS = b"access-control-"
_FORBIDDEN = 403

Headers = Sequence[tuple[bytes, bytes]]


@dataclass(frozen=True)
class Guard:
    key: bytes = field(repr=False)
    port: int

    def refusal(self, scope: Message) -> str:
        """Why this request is not the emulator's to answer; empty if it is."""
        headers: Headers = scope["headers"]
        if not self._is_addressed(scope["type"], values(headers, b"host")):
            return "another Host"
        if not self._has_key(values(headers, _KEY)):
            return "without this run's key"
        if any(name.startswith(b"sec-fetch-") for name, _ in headers):
            return "from a browser"
        if scope["type"] == "http" and values(headers, b"origin"):
            return "from a browser"
        if not is_viewers(headers) and _EMULATORS_OWN.fullmatch(scope["path"]):
            return "for the emulator itself"
        return ""

    def _is_addressed(self, kind: str, hosts: Sequence[bytes]) -> bool:
        if len(hosts) != 1:
            return False
        ours = hosts[0] == f"{LOOPBACK}:{self.port}".encode()
        return ours or (kind == "http" and DISTRIBUTION.fullmatch(hosts[0]) is not None)

    def _has_key(self, keys: Sequence[bytes]) -> bool:
        return len(keys) == 1 and compare_digest(keys[0], self.key)


def guarded(app: Any, guard: Guard, note: Callable[[str], None]) -> Any:
    """`app`, for requests that the guard lets through. note: gets the kind of each other."""

    async def application(scope: Message, receive: Any, send: Send) -> None:
        if scope["type"] == "lifespan":
            await app(scope, receive, send)
            return
        reason = guard.refusal(scope)
        if reason:
            note(reason)
            await _refuse(scope, send, reason)
            return
        headers = [(name, value) for name, value in scope["headers"] if name != _KEY]
        await app({**scope, "headers": headers}, receive, send)

    return application


def unshared(app: Any) -> Any:
    """`app`, whose answers no page of another origin may read."""

    async def application(scope: Message, receive: Any, send: Send) -> None:
        async def sending(message: Message) -> None:
            if "headers" in message:
                kept = [(name, value) for name, value in message["headers"] if not name.lower().startswith(_CORS)]
                message = {**message, "headers": kept}
            await send(message)

        await app(scope, receive, sending)

    return application


def is_viewers(headers: Headers) -> bool:
    """Whether a request is for a distribution, as CloudFront's viewers address it."""
    return any(DISTRIBUTION.fullmatch(host) for host in values(headers, b"host"))


def values(headers: Headers, wanted: bytes) -> list[bytes]:
    """Return the values of all headers with this name. wanted: in lower case."""
    return [value for name, value in headers if name == wanted]


async def _refuse(scope: Message, send: Send, reason: str) -> None:
    kind = "http.response" if scope["type"] == "http" else "websocket.http.response"
    if scope["type"] == "websocket" and kind not in (scope.get("extensions") or {}):
        await send({"type": "websocket.close", "code": 1008})
        return
    body = json.dumps({"message": f"Refused: {reason}"}).encode()
    headers = [(b"content-type", b"application/json"), (b"connection", b"close")]
    await send({"type": f"{kind}.start", "status": _FORBIDDEN, "headers": headers})
    await send({"type": f"{kind}.body", "body": body})
