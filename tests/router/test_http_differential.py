"""Differential tests of the response parser with h11, for valid, corrupted and fragmented responses.

h11 must parse every accepted response in the same way: rejecting a valid response costs a request, but a different
interpretation would be a vulnerability. The parser must accept the grammar of RFC 9112.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import h11
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from router.aws.http_response import Response, ResponseReader
from router.errors import ExchangeError

if TYPE_CHECKING:
    from collections.abc import Sequence

EXAMPLES = 150

NAMES = st.sampled_from(["Date", "X-Amz-Crc32", "Connection", "X-Empty", "x!#$%&'*+.^_`|~0"])
VALUES = st.one_of(
    st.sampled_from([b"", b"close", b"keep-alive", b"keep-alive, Close", b"a  b", b"\xe9"]),
    st.from_regex(rb"[!-~]([\t -~\x80-\xff]{0,20}[!-~])?", fullmatch=True),
)
SPACES = st.sampled_from([b"", b" ", b"\t", b"  "])
HEADERS = st.lists(st.tuples(NAMES, SPACES, VALUES, SPACES), max_size=4)
STATUSES = st.sampled_from([200, 202, 204, 304, 400, 403, 410, 429, 500, 503, 599])
REASONS = st.sampled_from([b"", b" ", b" OK", b" Not Found", b"  two", b" caf\xe9"])


@st.composite
def chunked(draw: st.DrawFn, body: bytes) -> bytes:
    coded, place = b"", 0
    while place < len(body):
        size = draw(st.integers(1, len(body) - place))
        line = draw(st.sampled_from([b"%x", b"%X", b"00%x"])) % size
        coded += line + draw(st.sampled_from([b"", b";a", b';a="b"'])) + b"\r\n" + body[place : place + size] + b"\r\n"
        place += size
    return coded + b"0\r\n" + draw(st.sampled_from([b"", b"X-Trailer: 1\r\n"])) + b"\r\n"


@st.composite
def responses(draw: st.DrawFn) -> tuple[bytes, int, bytes]:
    """Return a valid response, its status and its body."""
    status, body = draw(STATUSES), draw(st.binary(max_size=60))
    lines = [name.encode() + b":" + before + value + after + b"\r\n" for name, before, value, after in draw(HEADERS)]
    if status in {204, 304}:
        body = coded = b""
    elif draw(st.booleans()):
        coded = draw(chunked(body))
        lines.append(draw(st.sampled_from([b"Transfer-Encoding: chunked\r\n", b"transfer-encoding:Chunked\r\n"])))
    else:
        coded = body
        lines.append(b"Content-Length: %d\r\n" % len(body))
    interim = draw(st.sampled_from([b"", b"HTTP/1.1 100 Continue\r\n\r\n", b"HTTP/1.1 103 Early\r\nLink: x\r\n\r\n"]))
    head = b"HTTP/1.1 %d%s\r\n" % (status, draw(REASONS)) + b"".join(draw(st.permutations(lines)))
    return interim + head + b"\r\n" + coded, status, body


def ours(data: bytes, cuts: Sequence[int] = ()) -> Response | None:
    """Return the response of our parser, None if it is rejected or incomplete."""
    reader = ResponseReader()
    answer = None
    try:
        for start, end in zip([0, *cuts], [*cuts, len(data)], strict=True):
            if start < end:
                answer = reader.feed(data[start:end])
    except ExchangeError:
        return None
    return answer


def reading(answer: Response) -> tuple[int, dict[str, str], bytes]:
    """Return the parts to compare. h11 converts this header value to lower case."""
    headers = {name: value.lower() if name == "transfer-encoding" else value for name, value in answer.headers.items()}
    return answer.status, headers, answer.body


def theirs(data: bytes) -> tuple[int, dict[str, str], bytes, bool] | None:
    """Return the response of h11: status, headers in our format, body, and True if the connection can be reused."""
    connection = h11.Connection(h11.CLIENT)
    connection.send(h11.Request(method="POST", target="/", headers=[("Host", "h"), ("Content-Length", "0")]))
    connection.send(h11.EndOfMessage())
    head: h11.Response | None = None
    body = b""
    try:
        connection.receive_data(data)
        while True:
            event = connection.next_event()
            if isinstance(event, h11.Response):
                head = event
            elif isinstance(event, h11.Data):
                body += bytes(event.data)
            elif isinstance(event, h11.EndOfMessage):
                break
            elif not isinstance(event, h11.InformationalResponse):
                return None  # incomplete
    except h11.RemoteProtocolError:
        return None
    assert head is not None
    headers: dict[str, str] = {}
    for name, value in head.headers:
        key, text = name.decode(), value.decode("latin-1")
        headers[key] = f"{headers[key]},{text}" if key in headers else text
    keep = connection.their_state is h11.DONE and not connection.trailing_data[0]
    return head.status_code, headers, body, keep


@settings(max_examples=EXAMPLES)
@given(responses(), st.data())
def test_valid_responses_are_parsed_like_h11(sent: tuple[bytes, int, bytes], data: st.DataObject) -> None:
    content, status, body = sent
    cuts = sorted(data.draw(st.lists(st.integers(0, len(content)), max_size=5)))
    answer = ours(content, cuts)
    assert answer is not None
    assert (answer.status, answer.body) == (status, body)
    peer = theirs(content)
    assert peer is not None
    assert peer[:3] == reading(answer)
    assert answer.keep_alive == peer[3]


DAMAGE = st.one_of(
    st.binary(min_size=1, max_size=3),
    st.sampled_from(
        [
            b"\r\n",
            b"\n",
            b"\r",
            b" ",
            b":",
            b"\x00",
            b"0",
            b"-1",
            b"Content-Length: 1\r\n",
            b"\r\n\r\n",
            b";",
            b",chunked",
        ]
    ),
)


@settings(max_examples=EXAMPLES)
@given(responses(), st.data())
def test_corrupt_responses_are_rejected_or_parsed_like_h11(sent: tuple[bytes, int, bytes], data: st.DataObject) -> None:
    content = sent[0]
    for _ in range(data.draw(st.integers(1, 3))):
        place = data.draw(st.integers(0, len(content)))
        gone = data.draw(st.integers(0, 3))
        content = content[:place] + data.draw(DAMAGE) + content[place + gone :]
    answer = ours(content)
    if answer is None or _lasts_until_the_end(answer):
        return
    peer = theirs(content)
    assert peer is not None, "h11 refuses it"
    assert peer[:3] == reading(answer)
    assert peer[3] or not answer.keep_alive, "h11 would not use the connection again"


def _lasts_until_the_end(answer: Response) -> bool:
    """Return True if the body ends with the connection; the parser skips it (`http_response`)."""
    return not answer.headers.keys() & {"content-length", "transfer-encoding"}


LENIENT = {
    "lines that end in LF alone": b"HTTP/1.1 200 OK\nContent-Length: 2\n\nok",
    "a header continued on the next line": b"HTTP/1.1 200 OK\r\nX: a\r\n b\r\nContent-Length: 2\r\n\r\nok",
    "the same length twice": b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\nContent-Length: 2\r\n\r\nok",
}


@pytest.mark.parametrize("content", LENIENT.values(), ids=LENIENT.keys())
def test_responses_that_only_h11_accepts(content: bytes) -> None:
    """AWS servers do not send these. If h11 rejects one in future, remove its line."""
    assert theirs(content) is not None
    assert ours(content) is None


def test_the_comparison_detects_differences() -> None:
    """A different status, body or end is detected."""
    content = b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok"
    peer = theirs(content)
    for other in (content.replace(b"200", b"201"), content.replace(b"ok", b"no"), content + b"more"):
        assert theirs(other) != peer
