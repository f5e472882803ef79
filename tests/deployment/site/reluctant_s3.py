"""An S3 that slows its client down, or closes the connection."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

from deployment.aws.target import Target
from tests.http_server import serving


@dataclass
class ReluctantS3:
    """answered: the status of each response so far."""

    target: Target
    answered: list[int] = field(default_factory=list)


@contextmanager
def reluctant_s3(*answers: int) -> Iterator[ReluctantS3]:
    """Run a server that answers each PUT with the next of `answers`, then always with the last.

    503 is SlowDown of S3; 0 closes the connection.
    """
    rest, answered = list(answers), list[int]()
    lock = threading.Lock()

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def do_PUT(self) -> None:
            self.rfile.read(int(self.headers.get("Content-Length", 0)))
            with lock:
                status = rest.pop(0) if len(rest) > 1 else rest[0]
                answered.append(status)
            if not status:
                self.close_connection = True
                return
            body = b"<Error><Code>SlowDown</Code><Message>Please reduce your request rate.</Message></Error>"
            self.send_response(status)
            self.send_header("Content-Length", str(len(body) if status >= 300 else 0))
            self.end_headers()
            if status >= 300:
                self.wfile.write(body)

        def log_message(self, *_: Any) -> None:
            pass

    with serving(ThreadingHTTPServer(("127.0.0.1", 0), Handler)) as server:
        address = f"http://127.0.0.1:{server.server_address[1]}"
        yield ReluctantS3(Target("us-east-1", address, access_key="test", secret_key="test"), answered)
