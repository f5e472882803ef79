"""An HTTP server with DynamoDB's protocol on the loopback interface, backed by the in-memory fake."""

from __future__ import annotations

import json
import re
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import TYPE_CHECKING, Any

from botocore.exceptions import ClientError

from tests.http_server import serving
from tests.router.fake_dynamodb import FakeDynamoDB

if TYPE_CHECKING:
    from collections.abc import Iterator


class DynamoDBServer(ThreadingHTTPServer):
    """The server. `lose` is the number of responses to drop, by operation, after the request was applied."""

    daemon_threads = True

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), _Handler)
        self.table = FakeDynamoDB()
        self.lose: dict[str, int] = {}
        self.tokens: set[str] = set()

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.server_address[1]}"

    def execute(self, operation: str, request: dict[str, Any]) -> tuple[int, dict[str, Any]]:
        token = request.pop("ClientRequestToken", None)
        if token in self.tokens:
            return 200, {}
        method = re.sub(r"(?<!^)(?=[A-Z])", "_", operation).lower()
        try:
            answer = getattr(self.table, method)(**request)
        except ClientError as error:
            details: dict[str, Any] = {**error.response}
            code, status = details.pop("Error")["Code"], details.pop("ResponseMetadata")["HTTPStatusCode"]
            return status, {"__type": f"com.amazonaws.dynamodb.v20120810#{code}", "message": code, **details}
        self.tokens |= {token} - {None}
        return 200, answer


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    disable_nagle_algorithm = True
    server: DynamoDBServer

    def do_POST(self) -> None:
        request = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
        operation = self.headers["X-Amz-Target"].partition(".")[2]
        status, answer = self.server.execute(operation, request)
        if self.server.lose.get(operation, 0):
            self.server.lose[operation] -= 1
            self.close_connection = True
            return
        body = json.dumps(answer).encode()
        self.send_response(status)
        self.send_header("Content-Type", "application/x-amz-json-1.0")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002
        """Suppress the log."""


@contextmanager
def dynamodb_server() -> Iterator[DynamoDBServer]:
    with serving(DynamoDBServer()) as server:
        yield server
