"""One keep-alive connection over a non-blocking socket. `advance` does as much as is possible without blocking."""

from __future__ import annotations

import os
import socket
from enum import Enum, auto
from typing import TYPE_CHECKING, Any

from router.aws.http_response import ResponseReader
from router.errors import ExchangeError

if TYPE_CHECKING:
    import ssl
    from collections.abc import Callable

    from router.aws.http_response import Response

_READ_BYTES = 16 * 1024  # the maximum size of a TLS record


class State(Enum):
    """The state of a connection."""

    CONNECTING = auto()
    HANDSHAKING = auto()
    SENDING = auto()
    RECEIVING = auto()
    IDLE = auto()


class HttpSocket:
    """A connection.

    for_writing: True if it waits until it can write, False if it waits for data
    used: True if it has received a response before
    """

    __slots__ = ("_host", "_read", "_reader", "_sending", "_socket", "_tls", "_write", "for_writing", "state", "used")

    def __init__(self, family: int, address: Any, host: str, tls: ssl.SSLContext | None) -> None:
        """Start to connect. Raises ExchangeError when that fails at once."""
        self._socket = socket.socket(family, socket.SOCK_STREAM)
        self._host = host
        self._tls = tls
        self._reader = ResponseReader()
        self._read: Callable[[int], bytes] = self._socket.recv
        self._write: Callable[[bytes], int] = self._socket.send
        self._sending = b""
        self.for_writing = True
        self.used = False
        self.state = State.CONNECTING
        try:
            self._socket.setblocking(False)
            self._socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            self._socket.connect(address)
        except BlockingIOError:
            pass
        except OSError as error:
            self.close()
            raise ExchangeError(type(error).__name__) from error

    def fileno(self) -> int:
        """Return the file descriptor, for `selectors`."""
        return self._socket.fileno()

    @property
    def answered(self) -> bool:
        """True if a part of the response has arrived, which proves that the server has received the request."""
        return self._reader.started

    def begin(self, request: bytes) -> None:
        """Set the request to send. An idle connection becomes ready to send it."""
        self._sending = request
        if self.state is State.IDLE:
            self._reader = ResponseReader()
            self.state = State.SENDING

    def advance(self) -> Response | None:
        """Continue without blocking; return the response once it is complete.

        Raises ExchangeError when the connection has failed and must be closed.
        """
        try:
            return self._advance()
        except (BlockingIOError, InterruptedError):
            return None
        except OSError as error:  # includes ssl.SSLError
            if self._wants(type(error).__name__):
                return None
            raise ExchangeError(type(error).__name__) from error

    def close(self) -> None:
        """Close the socket."""
        self._socket.close()

    def _wants(self, name: str) -> bool:
        """Handle an SSLWant… exception; return False for any other.

        Compares names, since plain http does not import ssl.
        """
        if name not in {"SSLWantReadError", "SSLWantWriteError"}:
            return False
        self.for_writing = name == "SSLWantWriteError"
        return True

    def _advance(self) -> Response | None:
        if self.state is State.RECEIVING:
            return self._receive()
        if self.state is State.CONNECTING:
            self._connected()
        if self.state is State.HANDSHAKING:
            self._socket.do_handshake()  # type: ignore[attr-defined]  # it is an SSLSocket by now
            self.state = State.SENDING
        if self.state is State.SENDING:
            self._send()
        elif self.state is State.IDLE and not self._read(1):
            raise ExchangeError("closed")
        elif self.state is State.IDLE:
            raise ExchangeError("unexpected data")
        return None

    def _connected(self) -> None:
        failed = self._socket.getsockopt(socket.SOL_SOCKET, socket.SO_ERROR)
        if failed:
            raise OSError(failed, os.strerror(failed))
        if self._tls is None:
            self.state = State.SENDING
            return
        self._socket = self._tls.wrap_socket(
            self._socket, server_hostname=self._host, do_handshake_on_connect=False, suppress_ragged_eofs=True
        )
        self._read, self._write = self._socket.read, self._socket.write  # what recv and send call after two checks
        self.state = State.HANDSHAKING

    def _send(self) -> None:
        self.for_writing = True
        while self._sending:
            self._sending = self._sending[self._write(self._sending) :]
        self.for_writing = False
        self.state = State.RECEIVING

    def _receive(self) -> Response | None:
        self.for_writing = False
        while True:
            data = self._read(_READ_BYTES)
            if not data:
                raise ExchangeError("closed")
            response = self._reader.feed(data)
            if response is not None:
                self.used = True
                self.state = State.IDLE
                return response
            # Read again: the TLS layer may have buffered data for which the selector will not report the socket.
