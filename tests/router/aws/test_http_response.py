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


@pytest.mark.parametrize(
    "data",
    [
        b"HTTP/2 200 OK\r\n\r\n",
        b"HTTP/1.1 20 OK\r\n\r\n",
        b"HTTP/1.1 600 OK\r\nContent-Length: 0\r\n\r\n",
        b"HTTP/1.1 101 Switching Protocols\r\n\r\n",
        b"<html>\r\n\r\n",
        HEAD + b"Content-Length : 0\r\n\r\n",
        HEAD + b" Folded: 0\r\n\r\n",
        HEAD + b"Content-Length: 0\nX: y\r\n\r\n",
        HEAD + b"Content-Length: -1\r\n\r\n",
        HEAD + b"Content-Length: 1_0\r\n\r\n",
        HEAD + b"Content-Length: 0x1\r\n\r\n",
        HEAD + b"Content-Length: 2\r\nContent-Length: 2\r\n\r\nok",
        HEAD + b"Content-Length: 2\r\n\r\nok, and more",
        HEAD + b"Content-Length: %d\r\n\r\n" % (MAX_BODY_BYTES + 1),
        HEAD + b"Content-Length: 2\r\nTransfer-Encoding: chunked\r\n\r\n",
        HEAD + b"Transfer-Encoding: gzip, chunked\r\n\r\n",
        HEAD + b"X: " + b"y" * MAX_HEAD_BYTES,
        HEAD + b"X: " + b"y" * MAX_HEAD_BYTES + b"\r\n\r\n",
        CHUNKED + b"no\r\n",
        CHUNKED + b"-1\r\n",
        CHUNKED + b"2\r\nokay\r\n",
        CHUNKED + b"f" * 8 + b"\r\n",
        CHUNKED + b"fffffff\r\n",
        CHUNKED + b"1" * (MAX_HEAD_BYTES + 1),
        CHUNKED + b"0\r\nno trailer\r\n\r\n",
        CHUNKED + b"0\r\n\r\nmore",
    ],
)
def test_invalid_responses_are_rejected(data: bytes) -> None:
    with pytest.raises(ExchangeError):
        read(data)


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
