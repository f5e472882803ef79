"""A strict, incremental parser of HTTP/1.1 responses (RFC 9112). It performs no I/O.

It raises ExchangeError for a malformed status line, header or chunk; for two lengths, or a length and chunks; for data
after the response; for a head over 16 KiB or a body over 16 MiB (DynamoDB's largest response is 16 MB). Like llhttp, it
rejects input as soon as it can no longer become a valid response, so that no request waits for its timeout.
"""

from __future__ import annotations

import re
from typing import NamedTuple

from router.errors import ExchangeError

MAX_HEAD_BYTES = 16 * 1024
MAX_BODY_BYTES = 16 * 1024 * 1024

_HEADER_LINES = rb"((?:[!#$%&'*+.^_`|~0-9A-Za-z-]+:[\t\x20-\x7e\x80-\xff]*\r\n)*)\r\n"
_HEAD = re.compile(rb"HTTP/1\.([01]) ([1-5][0-9]{2})(?: [\t\x20-\x7e\x80-\xff]*)?\r\n" + _HEADER_LINES)
_TRAILER = re.compile(_HEADER_LINES)
_PARTIAL_HEADER_LINE = rb"(?:[!#$%&'*+.^_`|~0-9A-Za-z-]+(?::[\t\x20-\x7e\x80-\xff]*\r?)?|\r)?"
_PARTIAL_HEADERS = re.compile(rb"(?:[!#$%&'*+.^_`|~0-9A-Za-z-]+:[\t\x20-\x7e\x80-\xff]*\r\n)*" + _PARTIAL_HEADER_LINE)
_STATUS_LINE = re.compile(rb"HTTP/1\.[01] [1-5][0-9]{2}(?: [\t\x20-\x7e\x80-\xff]*)?\r?")
_SHORTEST_STATUS_LINE = b"HTTP/1.1 200"
_PARTIAL_CHUNK_LINE = re.compile(rb"(?:[0-9A-Fa-f]{1,7}[ \t]*(?:;[\t\x20-\x7e\x80-\xff]*)?\r?)?")
_LENGTH = re.compile(rb"[0-9]{1,9}")
_CHUNK_LINE = re.compile(rb"([0-9A-Fa-f]{1,7})[ \t]*(?:;[\t\x20-\x7e\x80-\xff]*)?")
_FIRST_FINAL_STATUS = 200
_SWITCHING_PROTOCOLS = 101
_NO_BODY = frozenset({204, 304})


class Response(NamedTuple):
    """A complete response.

    headers: values by lower-case name; the values of a repeated header are joined with a comma
    keep_alive: True if the connection can be reused
    """

    status: int
    headers: dict[str, str]
    body: bytes
    keep_alive: bool


class ResponseReader:
    """The parser of one response. `started` is True once it has received data."""

    __slots__ = ("_chunks", "_head", "_length", "_received", "started")

    def __init__(self) -> None:
        self._received = b""
        self._head: tuple[int, dict[str, str], bool] | None = None
        self._length: int | None = None  # of the body, None if it comes in chunks
        self._chunks: list[bytes] = []
        self.started = False

    def feed(self, data: bytes) -> Response | None:
        """Parse more data; return the response once it is complete.

        Raises ExchangeError when the response is invalid.
        """
        self.started = True
        self._received = self._received + data if self._received else data
        while self._head is None:
            if not self._read_head():
                return None
        body = self._read_chunks() if self._length is None else self._read_length(self._length)
        if body is None:
            return None
        if self._received:
            raise ExchangeError("data after the response")
        status, headers, keep_alive = self._head
        return Response(status, headers, body, keep_alive)

    def _read_head(self) -> bool:
        """Parse a head; return False if it is incomplete. The head of an interim response (1xx) is skipped."""
        head = _HEAD.match(self._received)
        if head is None:
            if len(self._received) > MAX_HEAD_BYTES or not _is_partial_head(self._received):
                raise ExchangeError("malformed head")
            return False
        if head.end() > MAX_HEAD_BYTES:
            raise ExchangeError("head too long")
        self._received = self._received[head.end() :]
        status, headers = int(head[2]), _headers(head[3])
        if status == _SWITCHING_PROTOCOLS:
            raise ExchangeError("unexpected protocol switch")
        if status >= _FIRST_FINAL_STATUS:
            keep_alive = head[1] == b"1" and ("connection" not in headers or not _closes(headers["connection"]))
            if status in _NO_BODY:
                self._length = 0
            elif headers.keys() & {"content-length", "transfer-encoding"}:
                self._length = _length(headers)
            else:
                # The body ends with the connection (RFC 9112, 6.3). It is not needed: a post needs the status only, and
                # DynamoDB always sends a length.
                self._length, self._received, keep_alive = 0, b"", False
            self._head = status, headers, keep_alive
        return True

    def _read_length(self, length: int) -> bytes | None:
        if len(self._received) < length:
            return None
        body, self._received = self._received[:length], self._received[length:]
        return body

    def _read_chunks(self) -> bytes | None:
        while True:
            line, end, rest = self._received.partition(b"\r\n")
            size_line = _CHUNK_LINE.fullmatch(line) if end else None
            if size_line is None:
                if end or len(line) > MAX_HEAD_BYTES or not _PARTIAL_CHUNK_LINE.fullmatch(line):
                    raise ExchangeError("malformed chunk")
                return None
            size = int(size_line[1], 16)
            if sum(map(len, self._chunks)) + size > MAX_BODY_BYTES:
                raise ExchangeError("body too long")
            if size == 0:
                return b"".join(self._chunks) if self._read_trailer(rest) else None
            if not b"\r\n".startswith(rest[size : size + 2]):
                raise ExchangeError("malformed chunk")
            if len(rest) < size + 2:
                return None
            self._chunks.append(rest[:size])
            self._received = rest[size + 2 :]

    def _read_trailer(self, rest: bytes) -> bool:
        """Validate and discard the trailers; return False if they are incomplete."""
        trailer = _TRAILER.match(rest)
        if trailer is None:
            if len(rest) > MAX_HEAD_BYTES or not _PARTIAL_HEADERS.fullmatch(rest):
                raise ExchangeError("malformed trailer")
            return False
        self._received = rest[trailer.end() :]
        return True


def _is_partial_head(received: bytes) -> bool:
    """Return True if the data is the beginning of a valid head."""
    line, end, rest = received.partition(b"\r\n")
    missing = b"" if end else _SHORTEST_STATUS_LINE[len(line) :]
    return bool(_STATUS_LINE.fullmatch(line + missing) and _PARTIAL_HEADERS.fullmatch(rest))


def _headers(lines: bytes) -> dict[str, str]:
    headers: dict[str, str] = {}
    for line in lines.decode("latin-1").split("\r\n")[:-1]:
        name, _, value = line.partition(":")
        name, value = name.lower(), value.strip(" \t")
        headers[name] = f"{headers[name]},{value}" if name in headers else value
    return headers


def _closes(connection: str) -> bool:
    return "close" in connection.lower().replace(" ", "").split(",")


def _length(headers: dict[str, str]) -> int | None:
    length, coding = headers.get("content-length"), headers.get("transfer-encoding")
    if coding is not None:
        if length is not None or coding.lower() != "chunked":
            raise ExchangeError("ambiguous length")
        return None
    if length is None or not _LENGTH.fullmatch(length.encode()):
        raise ExchangeError("ambiguous length")
    if int(length) > MAX_BODY_BYTES:
        raise ExchangeError("body too long")
    return int(length)
