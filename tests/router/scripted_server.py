"""A server on the loopback interface with scripted responses; over TLS if it has a certificate."""

from __future__ import annotations

import re
import socket
import ssl
import threading
from contextlib import contextmanager, suppress
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from pathlib import Path

OK = b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok"
HANG = b"hang"
_LENGTH = re.compile(rb"\r\ncontent-length: (\d+)", re.IGNORECASE)


class ScriptedServer:
    """The server.

    scripts: for each connection, the responses to its requests; then the connection is closed. HANG sends no response.
        Further connections always get OK
    requests: the requests in order of arrival
    """

    def __init__(self, scripts: Sequence[Sequence[bytes]], certificate: Path | None = None) -> None:
        self._scripts = list(scripts)
        self._context: ssl.SSLContext | None = None
        if certificate:
            self._context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
            self._context.load_cert_chain(certificate)
        self._listener = socket.create_server(("127.0.0.1", 0))
        self._open: list[socket.socket] = []
        self._lock = threading.Lock()
        self.requests: list[bytes] = []
        self.connections = 0
        self.closed = threading.Semaphore(0)

    @property
    def url(self) -> str:
        return f"{'https' if self._context else 'http'}://127.0.0.1:{self._listener.getsockname()[1]}"

    def accept(self) -> None:
        while True:
            try:
                connection, _ = self._listener.accept()
            except OSError:
                return
            script = self._scripts[self.connections] if self.connections < len(self._scripts) else None
            self.connections += 1
            self._open.append(connection)
            threading.Thread(target=self._serve, args=(connection, script), daemon=True).start()

    def stop(self) -> None:
        for open_socket in [self._listener, *self._open]:
            with suppress(OSError):
                open_socket.shutdown(socket.SHUT_RDWR)
            open_socket.close()

    def _serve(self, connection: socket.socket, script: Sequence[bytes] | None) -> None:
        with suppress(OSError):
            if self._context:
                connection = self._context.wrap_socket(connection, server_side=True)
                self._open.append(connection)
            step = 0
            while script is None or step < len(script):
                if not self._receive(connection):
                    break
                answer = OK if script is None else script[step]
                step += 1
                if answer == HANG:
                    connection.recv(1)
                    return
                connection.sendall(answer)
        with suppress(OSError):
            connection.shutdown(socket.SHUT_RDWR)
        connection.close()
        self.closed.release()

    def _receive(self, connection: socket.socket) -> bool:
        data = b""
        while True:
            head, end, body = data.partition(b"\r\n\r\n")
            length = _LENGTH.search(head)
            if end and len(body) >= (int(length[1]) if length else 0):
                with self._lock:
                    self.requests.append(data)
                return True
            more = connection.recv(65536)
            if not more:
                return False
            data += more


@contextmanager
def scripted_server(*scripts: Sequence[bytes], certificate: Path | None = None) -> Iterator[ScriptedServer]:
    server = ScriptedServer(scripts, certificate)
    thread = threading.Thread(target=server.accept, daemon=True)
    thread.start()
    try:
        yield server
    finally:
        server.stop()
        thread.join()
