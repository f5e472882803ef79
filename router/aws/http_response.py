"""HTTP/1.1 responses as they arrive from the wire, strictly. No input or output here.

Refused, each as an ExchangeError, rather than guessed at: a malformed status line, header or chunk; a response without
a length, with two, or with a length and chunks; more bytes than asked for; a head over 16 KiB or a body over 16 MiB
(DynamoDB's largest answer is 16 MB). Source: RFC 9112. What can no longer become a response is refused at once, as
llhttp does, and not when the time for the rest of it is up.
"""

from __future__ import annotations

import re
from typing import NamedTuple

from router.errors import ExchangeError

HEAD_BYTES_AT_MOST = 16 * 1024
BODY_BYTES_AT_MOST = 16 * 1024 * 1024

_HEADER_LINES = rb"((?:[!#$%&'*+.^_`|~0-9A-Za-z-]+:[\t\x20-\x7e\x80-\xff]*\r\n)*)\r\n"
_HEAD = re.compile(rb"HTTP/1\.([01]) ([1-5][0-9]{2})(?: [\t\x20-\x7e\x80-\xff]*)?\r\n" + _HEADER_LINES)
_TRAILER = re.compile(_HEADER_LINES)
_BEGUN_HEADER_LINE = rb"(?:[!#$%&'*+.^_`|~0-9A-Za-z-]+(?::[\t\x20-\x7e\x80-\xff]*\r?)?|\r)?"
_BEGUN_HEADERS = re.compile(rb"(?:[!#$%&'*+.^_`|~0-9A-Za-z-]+:[\t\x20-\x7e\x80-\xff]*\r\n)*" + _BEGUN_HEADER_LINE)
_STATUS_LINE = re.compile(rb"HTTP/1\.[01] [1-5][0-9]{2}(?: [\t\x20-\x7e\x80-\xff]*)?\r?")
_SHORTEST_STATUS_LINE = b"HTTP/1.1 200"
_BEGUN_CHUNK_LINE = re.compile(rb"(?:[0-9A-Fa-f]{1,7}[ \t]*(?:;[\t\x20-\x7e\x80-\xff]*)?\r?)?")
_LENGTH = re.compile(rb"[0-9]{1,9}")
_CHUNK_LINE = re.compile(rb"([0-9A-Fa-f]{1,7})[ \t]*(?:;[\t\x20-\x7e\x80-\xff]*)?")
_INTERIM = 200
_SWITCHING = 101
_NO_BODY = frozenset({204, 304})


class Response(NamedTuple):
    """headers: by lower-case name; of a name sent twice the values are joined with a comma. keep: may be used again."""

    status: int
    headers: dict[str, str]
    body: bytes
    keep: bool


class ResponseReader:
    """Reads one response, fed as it arrives."""

    __slots__ = ("_chunks", "_head", "_length", "_received", "started")

    def __init__(self) -> None:
        self._received = b""
        self._head: tuple[int, dict[str, str], bool] | None = None
        self._length: int | None = None  # of the body, None if it comes in chunks
        self._chunks: list[bytes] = []
        self.started = False

    def feed(self, data: bytes) -> Response | None:
        """The response once it is complete. Raises ExchangeError."""
        self.started = True
        self._received = self._received + data if self._received else data
        while self._head is None:
            if not self._read_head():
                return None
        body = self._read_chunks() if self._length is None else self._read_length(self._length)
        if body is None:
            return None
        if self._received:
            raise ExchangeError("more than a response")
        status, headers, keep = self._head
        return Response(status, headers, body, keep)

    def _read_head(self) -> bool:
        """Whether a head was there. An interim response (1xx) is read over."""
        head = _HEAD.match(self._received)
        if head is None:
            if len(self._received) > HEAD_BYTES_AT_MOST or not _may_become_head(self._received):
                raise ExchangeError("malformed head")
            return False
        if head.end() > HEAD_BYTES_AT_MOST:
            raise ExchangeError("head too long")
        self._received = self._received[head.end() :]
        status, headers = int(head[2]), _headers(head[3])
        if status == _SWITCHING:
            raise ExchangeError("unasked for switch of protocols")
        if status >= _INTERIM:
            keep = head[1] == b"1" and ("connection" not in headers or not _closes(headers["connection"]))
            if status in _NO_BODY:
                self._length = 0
            elif headers.keys() & {"content-length", "transfer-encoding"}:
                self._length = _length(headers)
            else:
                # Its body lasts until the connection ends (RFC 9112, 6.3). Nobody here needs it: the status is all that
                # a post asks for, and DynamoDB always tells its length.
                self._length, self._received, keep = 0, b"", False
            self._head = status, headers, keep
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
                if end or len(line) > HEAD_BYTES_AT_MOST or not _BEGUN_CHUNK_LINE.fullmatch(line):
                    raise ExchangeError("malformed chunk")
                return None
            size = int(size_line[1], 16)
            if sum(map(len, self._chunks)) + size > BODY_BYTES_AT_MOST:
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
        """Trailers are checked and dropped: nothing here needs one."""
        trailer = _TRAILER.match(rest)
        if trailer is None:
            if len(rest) > HEAD_BYTES_AT_MOST or not _BEGUN_HEADERS.fullmatch(rest):
                raise ExchangeError("malformed trailer")
            return False
        self._received = rest[trailer.end() :]
        return True


def _may_become_head(received: bytes) -> bool:
    """Whether what has no end yet could be the beginning of a head."""
    line, end, rest = received.partition(b"\r\n")
    missing = b"" if end else _SHORTEST_STATUS_LINE[len(line) :]
    return bool(_STATUS_LINE.fullmatch(line + missing) and _BEGUN_HEADERS.fullmatch(rest))


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
            raise ExchangeError("unclear length")
        return None
    if length is None or not _LENGTH.fullmatch(length.encode()):
        raise ExchangeError("unclear length")
    if int(length) > BODY_BYTES_AT_MOST:
        raise ExchangeError("body too long")
    return int(length)
