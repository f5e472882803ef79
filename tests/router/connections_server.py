"""A fake @connections server on the loopback interface, with the responses of AWS."""

from __future__ import annotations

import json
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import TYPE_CHECKING
from urllib.parse import unquote

from tests.http_server import serving

if TYPE_CHECKING:
    from collections.abc import Iterator

PREFIX = "/live/@connections/"


class ConnectionsServer(ThreadingHTTPServer):
    """The server.

    statuses: the response status by connection id; default 200
    received: the path as sent, the connection id and the body of each message
    closed: the ids of the connections that were to be closed
    """

    daemon_threads = True

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), _Handler)
        self.statuses: dict[str, int] = {}
        self.received: list[tuple[str, str, bytes]] = []
        self.closed: list[str] = []

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.server_address[1]}/live"


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    disable_nagle_algorithm = True
    server: ConnectionsServer

    def do_POST(self) -> None:
        body = self.rfile.read(int(self.headers.get("Content-Length", 0)))
        connection_id = unquote(self.path.removeprefix(PREFIX))
        self.server.received.append((self.path, connection_id, body))
        status = self.server.statuses.get(connection_id, 200)
        codes = {200: "", 410: "GoneException", 429: "LimitExceededException", 403: "ForbiddenException"}
        answer = b"" if status == 200 else json.dumps({"message": "secret-visit-id"}).encode()
        self.send_response(status)
        if status != 200:
            self.send_header("x-amzn-ErrorType", codes.get(status, "InternalServerError"))
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(answer)))
        self.end_headers()
        self.wfile.write(answer)

    def do_DELETE(self) -> None:
        self.server.closed.append(unquote(self.path.removeprefix(PREFIX)))
        self.send_response(204)
        self.end_headers()

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002
        """Suppress the log."""


@contextmanager
def connections_server() -> Iterator[ConnectionsServer]:
    with serving(ConnectionsServer()) as server:
        yield server
