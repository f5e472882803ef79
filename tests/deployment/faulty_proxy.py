"""A proxy between the command and the emulator that injects faults: errors, throttling, cut connections, callbacks.

The first fault that matches a request applies. All other requests pass unchanged.
"""

from __future__ import annotations

import http.client
import socket
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import parse_qs, urlsplit

from tests.http_server import serving

HOP_BY_HOP = {"connection", "content-length", "keep-alive", "te", "trailer", "transfer-encoding", "upgrade", "expect"}


@dataclass(frozen=True)
class Request:
    """A request. action: the operation of a query API such as CloudFormation's, "" for other APIs."""

    method: str
    path: str
    body: bytes

    @property
    def action(self) -> str:
        if not self.body.startswith(b"Action="):
            return ""
        return parse_qs(self.body.decode())["Action"][0]


@dataclass(frozen=True)
class Response:
    status: int
    headers: tuple[tuple[str, str], ...]
    body: bytes


Wants = Callable[[Request], bool]


@dataclass
class Fault:
    """A fault for the requests that `wants` matches, `times` times (-1: always).

    answer: the response to send instead. cut: send half of the response, then close the connection.
    before: called first, for instance to kill the client. after: called once the emulator has answered.
    """

    wants: Wants
    answer: Response | None = None
    cut: bool = False
    before: Callable[[], None] = lambda: None
    after: Callable[[], None] = lambda: None
    times: int = -1
    met: int = 0


def action(name: str) -> Wants:
    return lambda request: request.action == name


def to(method: str, part: str) -> Wants:
    """Match requests whose URL contains `part`, such as a bucket name."""
    return lambda request: request.method == method and part in request.path


def refusal(status: int, code: str, message: str) -> Response:
    """Return an error in the format of a query API, which is close enough to the one of S3."""
    body = (
        f"<ErrorResponse><Error><Type>Sender</Type><Code>{code}</Code><Message>{message}</Message></Error>"
        "<RequestId>1</RequestId></ErrorResponse>"
    )
    return Response(status, (("Content-Type", "text/xml"),), body.encode())


@dataclass
class FaultyProxy:
    """The proxy. faults: may be changed at any time. requests: all received requests, in order."""

    url: str = ""
    faults: list[Fault] = field(default_factory=list)
    requests: list[Request] = field(default_factory=list)
    _lock: threading.Lock = field(default_factory=threading.Lock)

    def fault_for(self, request: Request) -> Fault | None:
        with self._lock:
            self.requests.append(request)
            for fault in self.faults:
                if fault.met != fault.times and fault.wants(request):
                    fault.met += 1
                    return fault
        return None

    def actions(self) -> list[str]:
        return [request.action for request in self.requests if request.action]

    def forget(self) -> None:
        """Remove all faults and forget the requests."""
        with self._lock:
            self.faults.clear()
            self.requests.clear()


class _Server(ThreadingHTTPServer):
    daemon_threads = True

    def __init__(self, proxy: FaultyProxy, endpoint: str) -> None:
        super().__init__(("127.0.0.1", 0), _Handler)
        self.proxy, self.upstream = proxy, urlsplit(endpoint)
        proxy.url = f"http://127.0.0.1:{self.server_address[1]}"


class _Handler(BaseHTTPRequestHandler):
    server: _Server
    protocol_version = "HTTP/1.1"

    def _serve(self) -> None:
        request = Request(self.command, self.path, self._body())
        fault = self.server.proxy.fault_for(request)
        if fault:
            fault.before()
        response = fault.answer if fault and fault.answer else self._asked(request)
        if fault:
            fault.after()
        with suppress(ConnectionError):
            self._send(response, cut=bool(fault and fault.cut))

    do_GET = do_POST = do_PUT = do_HEAD = do_DELETE = _serve  # noqa: N815 - the base class looks for these

    def _body(self) -> bytes:
        if self.headers.get("Transfer-Encoding", "").lower() != "chunked":
            return self.rfile.read(int(self.headers.get("Content-Length", 0)))
        body = b""
        while size := int(self.rfile.readline().split(b";")[0], 16):
            body += self.rfile.read(size)
            self.rfile.readline()
        self.rfile.readline()
        return body

    def _asked(self, request: Request) -> Response:
        upstream = self.server.upstream
        connection = http.client.HTTPConnection(upstream.hostname or "", upstream.port, timeout=60)
        try:
            headers = {name: value for name, value in self.headers.items() if name.lower() not in HOP_BY_HOP}
            connection.request(request.method, request.path, request.body, headers)
            answer = connection.getresponse()
            kept = [(name, value) for name, value in answer.getheaders() if name.lower() not in HOP_BY_HOP]
            if request.method == "HEAD" and (length := answer.getheader("Content-Length")):
                kept.append(("Content-Length", length))
            return Response(answer.status, tuple(kept), answer.read())
        finally:
            connection.close()

    def _send(self, response: Response, *, cut: bool) -> None:
        self.send_response(response.status)
        for name, value in response.headers:
            self.send_header(name, value)
        if self.command != "HEAD":
            self.send_header("Content-Length", str(len(response.body)))
        self.end_headers()
        if self.command != "HEAD":
            self.wfile.write(response.body[: len(response.body) // 2] if cut else response.body)
        if cut:
            self.wfile.flush()
            self.connection.shutdown(socket.SHUT_RDWR)
            self.close_connection = True

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002 - the base class has it so
        pass

    def handle(self) -> None:
        with suppress(ConnectionError):  # whoever asked may be killed meanwhile
            super().handle()


@contextmanager
def faulty_proxy(endpoint: str) -> Iterator[FaultyProxy]:
    """Run a proxy to `endpoint` on the loopback interface."""
    proxy = FaultyProxy()
    with serving(_Server(proxy, endpoint)):
        yield proxy
