from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from router.aws.http_response import MAX_BODY_BYTES, MAX_HEAD_BYTES, Response, ResponseReader
from router.errors import ExchangeError

HEAD = b"HTTP/1.1 200 OK\r\n"
CHUNKED = HEAD + b"Transfer-Encoding: chunked\r\n\r\n"


def read(data: bytes) -> Response | None:
    return ResponseReader().feed(data)


@given(st.binary(max_size=200), st.booleans(), st.data())
def test_a_response_can_arrive_in_any_pieces(body: bytes, chunked: bool, data: st.DataObject) -> None:
    if chunked:
        parts = [body[start : start + 7] for start in range(0, len(body), 7)]
        coded = b"".join(b"%x;ext=1\r\n%s\r\n" % (len(part), part) for part in parts) + b"0\r\nX-Trailer: 1\r\n\r\n"
        sent = CHUNKED + coded
    else:
        sent = HEAD + b"Content-Length:%d \r\nX-Two: a\r\nx-two: b\r\n\r\n" % len(body) + body
    cuts = sorted(data.draw(st.lists(st.integers(0, len(sent)), max_size=6)))
    reader = ResponseReader()
    answers = [
        reader.feed(sent[start:end]) for start, end in zip([0, *cuts], [*cuts, len(sent)], strict=True) if start < end
    ]
    *before, last = answers
    assert before == [None] * len(before)
    assert last is not None
    assert (last.status, last.body, last.keep_alive) == (200, body, True)
    assert chunked or last.headers == {"content-length": str(len(body)), "x-two": "a,b"}


@pytest.mark.parametrize(
    ("head", "keep"),
    [
        (b"HTTP/1.1 410 Gone\r\nContent-Length: 0\r\n\r\n", True),
        (b"HTTP/1.1 410\r\nContent-Length: 0\r\nConnection: Keep-Alive, Close\r\n\r\n", False),
        (b"HTTP/1.0 410 Gone\r\nContent-Length: 0\r\n\r\n", False),
    ],
)
def test_whether_the_connection_may_be_used_again(head: bytes, keep: bool) -> None:
    answer = read(head)
    assert answer is not None
    assert (answer.status, answer.keep_alive) == (410, keep)


def test_interim_responses_are_skipped_and_some_have_no_body() -> None:
    answer = read(b"HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 204 No Content\r\n\r\n")
    assert answer == Response(204, {}, b"", True)


def sized(start: bytes, size: int, end: bytes = b"") -> bytes:
    """Pad `start` to `size` bytes, including `end`."""
    return start + b"y" * (size - len(start) - len(end)) + end


@pytest.mark.parametrize(
    ("error", "data"),
    [
        ("malformed head", b"HTTP/2 200 OK\r\n\r\n"),
        ("malformed head", b"HTTP/1.1 20 OK\r\n\r\n"),
        ("malformed head", b"HTTP/1.1 20\r\n"),
        ("malformed head", b"HTTP/1.1 600 OK\r\nContent-Length: 0\r\n\r\n"),
        ("unexpected protocol switch", b"HTTP/1.1 101 Switching Protocols\r\n\r\n"),
        ("malformed head", b"<html>\r\n\r\n"),
        ("malformed head", HEAD + b"Content-Length : 0\r\n\r\n"),
        ("malformed head", HEAD + b" Folded: 0\r\n\r\n"),
        ("malformed head", HEAD + b"Content-Length: 0\nX: y\r\n\r\n"),
        ("malformed head", sized(HEAD + b"X: ", MAX_HEAD_BYTES + 1)),
        ("head too long", sized(HEAD + b"X: ", MAX_HEAD_BYTES + 1, b"\r\n\r\n")),
        ("ambiguous length", HEAD + b"Content-Length: -1\r\n\r\n"),
        ("ambiguous length", HEAD + b"Content-Length: 1_0\r\n\r\n"),
        ("ambiguous length", HEAD + b"Content-Length: 0x1\r\n\r\n"),
        ("ambiguous length", HEAD + b"Content-Length: 2\r\nContent-Length: 2\r\n\r\nok"),
        ("ambiguous length", HEAD + b"Content-Length: 2\r\nTransfer-Encoding: chunked\r\n\r\n"),
        ("ambiguous length", HEAD + b"Transfer-Encoding: gzip, chunked\r\n\r\n"),
        ("data after the response", HEAD + b"Content-Length: 2\r\n\r\nok, and more"),
        ("data after the response", CHUNKED + b"0\r\n\r\nmore"),
        ("body too long", HEAD + b"Content-Length: %d\r\n\r\n" % (MAX_BODY_BYTES + 1)),
        ("body too long", CHUNKED + b"%x\r\n" % (MAX_BODY_BYTES + 1)),
        ("body too long", CHUNKED + b"1\r\nx\r\n%x\r\n" % MAX_BODY_BYTES),
        ("body too long", CHUNKED + b"fffffff\r\n"),
        ("malformed chunk", CHUNKED + b"no\r\n"),
        ("malformed chunk", CHUNKED + b"-1\r\n"),
        ("malformed chunk", CHUNKED + b"\r\n"),
        ("malformed chunk", CHUNKED + b"2\r\nokay\r\n"),
        ("malformed chunk", CHUNKED + b"f" * 8 + b"\r\n"),
        ("malformed chunk", CHUNKED + b"1" * (MAX_HEAD_BYTES + 1)),
        ("malformed chunk", CHUNKED + sized(b"1;", MAX_HEAD_BYTES + 1)),
        ("malformed trailer", CHUNKED + b"0\r\nno trailer\r\n\r\n"),
        ("malformed trailer", CHUNKED + b"0\r\n" + sized(b"X: ", MAX_HEAD_BYTES + 1)),
    ],
)
def test_invalid_responses_are_rejected(error: str, data: bytes) -> None:
    with pytest.raises(ExchangeError) as raised:
        read(data)
    assert str(raised.value) == error


@pytest.mark.parametrize(
    "data",
    [
        b"HTTP/1.1 200\r\nDate",
        sized(HEAD + b"X: ", MAX_HEAD_BYTES),
        HEAD + b"Content-Length: %d\r\n\r\n" % MAX_BODY_BYTES,
        CHUNKED + b"%x\r\n" % MAX_BODY_BYTES,
        CHUNKED + sized(b"1;", MAX_HEAD_BYTES),
        CHUNKED + b"0\r\n" + sized(b"X: ", MAX_HEAD_BYTES),
    ],
)
def test_incomplete_responses_up_to_the_limits(data: bytes) -> None:
    assert read(data) is None


def test_a_head_of_the_maximum_size() -> None:
    head = sized(HEAD + b"Content-Length: 0\r\nX: ", MAX_HEAD_BYTES, b"\r\n\r\n")
    answer = read(head)
    assert answer is not None
    assert answer.status == 200


def test_header_values() -> None:
    answer = read(HEAD + b"Content-Length: 0\r\nDate: \t12:00 \r\nX: XyX\r\nY: \xa0y\xa0\r\n\r\n")
    assert answer is not None
    assert answer.headers == {"content-length": "0", "date": "12:00", "x": "XyX", "y": "\xa0y\xa0"}


def test_chunks_byte_by_byte() -> None:
    body = bytes(range(65, 65 + 26)) * 2
    sent = CHUNKED + b"1f\r\n%s\r\n%x\r\n%s\r\n0\r\n\r\n" % (body[:31], len(body) - 31, body[31:])
    reader = ResponseReader()
    assert not bool(reader.started)
    answers = [reader.feed(sent[place : place + 1]) for place in range(len(sent))]
    assert bool(reader.started)
    assert answers[:-1] == [None] * (len(sent) - 1)
    assert answers[-1] is not None
    assert answers[-1].body == body


BEGUN_WRONG = [
    # Invalid responses of llhttp's tests (nodejs/llhttp, test/response/invalid.md), up to the first invalid byte.
    b"HTP",
    b"HTTP/0",
    b"HTTP/11",
    b"HTTP/1.01",
    b"HTTP/1.1\t",
    b"\r",
    b"HTTP/5",
    b"HTTP/1.1  ",
    b"HTTP/1.1 2 ",
    b"HTTP/1.1 200 OK\n",
    b"HTTP/1.1 200 OK\rX",
    HEAD + b" ",
    HEAD + b"Foo: 1\rB",
    # Additional ones.
    b"<",
    b"HTTP/1.1 6",
    b"HTTP/1.1 2000",
    HEAD + b":",
    HEAD + b"Foo ",
    HEAD + b"Foo\r",
    HEAD + b"Foo: \x00",
    HEAD + b"\rX",
    CHUNKED + b"x",
    CHUNKED + b";",
    CHUNKED + b"2\n",
    CHUNKED + b"2;a\x00",
    CHUNKED + b"2\r\nokX",
    CHUNKED + b"2\r\nok\rX",
    CHUNKED + b"0\r\n ",
    CHUNKED + b"0\r\nFoo\r",
]


@pytest.mark.parametrize("data", BEGUN_WRONG)
def test_invalid_beginnings_are_rejected_at_once(data: bytes) -> None:
    """The last byte, and no earlier one, makes the response invalid."""
    reader = ResponseReader()
    for place in range(len(data) - 1):
        assert reader.feed(data[place : place + 1]) is None
    with pytest.raises(ExchangeError, match="malformed"):
        reader.feed(data[-1:])


@given(st.binary(max_size=300))
def test_any_bytes_are_parsed_or_raise_exchange_error(data: bytes) -> None:
    for prefix in (b"", HEAD, CHUNKED):
        try:
            read(prefix + data)
        except ExchangeError:
            continue


def test_a_body_of_unknown_length_is_skipped() -> None:
    """A post needs only the status. The connection, whose end marks the end of the body, is not reused."""
    assert read(b"HTTP/1.1 410 Gone\r\nDate: x\r\n\r\nwhatever") == Response(410, {"date": "x"}, b"", False)
