"""Single connections with real sockets. Further behaviour, including TLS, is tested with `http_client`."""

from __future__ import annotations

import select
import socket
import ssl
import threading
from contextlib import closing, contextmanager, suppress
from typing import TYPE_CHECKING, Any

import pytest

from benchmarks import certificates
from router.aws.http_socket import HttpSocket, State
from router.errors import ExchangeError

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from router.aws.http_response import Response

SIZE = 20_000_000
OK = b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok"


@contextmanager
def connected() -> Iterator[tuple[HttpSocket, socket.socket]]:
    """A connection, and its other end."""
    with socket.create_server(("127.0.0.1", 0)) as listener:
        connection = HttpSocket(socket.AF_INET, listener.getsockname(), "127.0.0.1", None)
        other, _ = listener.accept()
        with other:
            try:
                yield connection, other
            finally:
                connection.close()


def is_ready(connection: HttpSocket, seconds: float) -> bool:
    """Wait until the socket is ready for what the connection wants, and return True; False after `seconds`."""
    writing = [connection] if connection.for_writing else []
    reading = [] if writing else [connection]
    return any(select.select(reading, writing, [], seconds))


def advance(connection: HttpSocket) -> Response | None:
    """Wait until the socket is ready, then advance."""
    assert is_ready(connection, 5)
    return connection.advance()


def test_a_request_and_its_response_in_pieces() -> None:
    with connected() as (connection, other):
        connection.begin(b"request")
        assert (connection.state, connection.for_writing) == (State.CONNECTING, True)
        assert advance(connection) is None
        assert (connection.state, connection.for_writing) == (State.RECEIVING, False)
        assert other.recv(100) == b"request"
        assert connection.advance() is None, "nothing has arrived"
        assert connection.for_writing is False
        assert (connection.answered, connection.used) == (False, False)
        other.sendall(OK[:10])
        assert advance(connection) is None
        assert (connection.answered, connection.used) == (True, False)
        other.sendall(OK[10:])
        response = advance(connection)
        assert response
        assert (response.status, response.body) == (200, b"ok")
        assert (connection.state, connection.used) == (State.IDLE, True)


def test_an_idle_connection_sends_the_next_request() -> None:
    with connected() as (connection, other):
        for request in (b"one", b"two"):
            connection.begin(request)
            assert not connection.answered
            assert (connection.advance() if connection.state is State.SENDING else advance(connection)) is None
            assert connection.state is State.RECEIVING
            assert other.recv(100) == request
            other.sendall(OK)
            assert advance(connection)


@pytest.mark.parametrize(("data", "error"), [(b"", "closed"), (b"x", "unexpected data")])
def test_an_idle_connection_expects_no_data(data: bytes, error: str) -> None:
    with connected() as (connection, other):
        connection.begin(b"one")
        assert advance(connection) is None
        other.sendall(OK)
        assert advance(connection)
        assert connection.advance() is None
        other.sendall(data)
        other.shutdown(socket.SHUT_WR)
        with pytest.raises(ExchangeError, match=f"^{error}$"):
            advance(connection)


def test_a_large_request_on_an_idle_connection_waits_until_it_can_write() -> None:
    with connected() as (connection, other):
        connection.begin(b"one")
        assert advance(connection) is None
        other.sendall(OK)
        assert advance(connection)
        connection.begin(b"x" * SIZE)
        assert connection.advance() is None
        assert (connection.state, connection.for_writing) == (State.SENDING, True)


def test_a_connection_closed_before_the_response() -> None:
    with connected() as (connection, other):
        connection.begin(b"one")
        assert advance(connection) is None
        other.shutdown(socket.SHUT_WR)
        with pytest.raises(ExchangeError, match="closed"):
            advance(connection)


@contextmanager
def tls_server(certificate: Path, may_read: threading.Event) -> Iterator[Any]:
    """The address of a server that reads SIZE bytes once it may, then responds to them."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(certificate)

    def serve(listener: socket.socket) -> None:
        other, _ = listener.accept()
        with suppress(OSError), context.wrap_socket(other, server_side=True) as tls:
            may_read.wait(10)
            left = SIZE
            while left and (received := len(tls.recv(65536))):
                left -= received
            tls.sendall(b"" if left else OK)
            tls.recv(1)

    with socket.create_server(("127.0.0.1", 0)) as listener:
        threading.Thread(target=serve, args=[listener], daemon=True).start()
        yield listener.getsockname()


def test_a_tls_connection_waits_until_it_can_write(tmp_path: Path) -> None:
    """The other end does not read until the buffers are full."""
    trusted, certificate = certificates.write(tmp_path)
    may_read, context = threading.Event(), ssl.create_default_context(cafile=str(trusted))
    with (
        tls_server(certificate, may_read) as address,
        closing(HttpSocket(socket.AF_INET, address, "127.0.0.1", context)) as connection,
    ):
        connection.begin(b"x" * SIZE)
        while is_ready(connection, 0.3):
            assert connection.advance() is None
            assert connection.state is not State.RECEIVING
        assert (connection.state, connection.for_writing) == (State.SENDING, True)
        may_read.set()
        while (response := advance(connection)) is None:
            pass
        assert response.status == 200


def test_a_refused_connection() -> None:
    with socket.create_server(("127.0.0.1", 0)) as listener:
        address = listener.getsockname()
    connection = HttpSocket(socket.AF_INET, address, "127.0.0.1", None)
    with pytest.raises(ExchangeError, match="ConnectionRefusedError"):
        advance(connection)
    connection.close()


def test_a_connection_that_fails_at_once() -> None:
    with pytest.raises(ExchangeError, match="OSError"):
        HttpSocket(socket.AF_INET, ("255.255.255.255", 80), "broadcast", None)
