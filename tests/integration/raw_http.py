"""Raw HTTP requests as an attacker would send them: any method, any target, any header, byte for byte."""

from __future__ import annotations

import http.client
from collections.abc import Mapping
from dataclasses import dataclass
from email.message import Message

PATIENCE = 30.0
HOST = "127.0.0.1"


@dataclass(frozen=True)
class RawResponse:
    status: int
    headers: Message
    body: bytes


def ask(
    port: int, method: str, target: str, headers: Mapping[str, str | None] | None = None, body: bytes = b""
) -> RawResponse:
    """Return the response to one request. Its Host is that of the port unless `headers` set another, or None for no
    Host."""
    sent = {"Host": f"localhost:{port}", **({"Content-Length": str(len(body))} if body else {}), **(headers or {})}
    connection = http.client.HTTPConnection(HOST, port, timeout=PATIENCE)
    try:
        connection.putrequest(method, target, skip_host=True, skip_accept_encoding=True)
        for name, value in sent.items():
            if value is not None:
                connection.putheader(name, value)
        connection.endheaders(body or None)
        answer = connection.getresponse()
        return RawResponse(answer.status, answer.headers, answer.read())
    finally:
        connection.close()
