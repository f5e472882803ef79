"""Whatever arrives at the router is answered in its source's way; no line that it logs holds what a visitor sent."""

from __future__ import annotations

import json
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from router.errors import EventFailedError, ExchangeError
from router.http_response import Response, ResponseReader
from tests.fuzz.mutations import SECRET, TEXTS, malformed, spoiled
from tests.router.rig import Rig, recorded

EVENTS = ["connect", "disconnect", "message", "scheduled", "scheduler", "stream_count", "stream_ttl", "stream_visits"]
GOOD = [recorded(name) for name in EVENTS]
ANSWERS = {"statusCode", "batchItemFailures", "error", "visits", "forgotten", "counted"}


def sent(event: Any) -> Rig:
    """A router that was sent `event` twice, since the second meets what the first left behind."""
    rig = Rig()
    for _ in range(2):
        try:
            answer = rig.send(event)
        except EventFailedError as failed:
            assert SECRET not in str(failed)
            assert failed.__suppress_context__
        else:
            assert isinstance(answer, dict)
    return rig


@given(malformed(GOOD))
def test_malformed_events(event: Any) -> None:
    rig = sent(event)
    assert SECRET not in json.dumps(rig.lines)
    assert not rig.logged("failed"), rig.lines  # an input is refused or passed over; it never comes to a bug's exit


HEADERS = st.dictionaries(
    st.sampled_from(
        ["Origin", "origin", "User-Agent", "X-Forwarded-For", "X-Origin-Verify", "Host", "Sec-WebSocket-Key"]
    )
    | st.text(max_size=10),
    TEXTS | st.none() | st.integers() | st.sampled_from([f"{SECRET}, 1.2.3.4", ",,,", "::1", "1.2.3.4, " * 300]),
    max_size=6,
)


@given(HEADERS, HEADERS.map(lambda headers: {name: [value, value] for name, value in headers.items()}))
def test_malformed_headers_of_a_handshake(single: dict[str, Any], several: dict[str, Any]) -> None:
    event = recorded("connect")
    event["headers"], event["multiValueHeaders"] = single, several
    rig = sent(event)
    assert SECRET not in json.dumps(rig.lines)
    assert not rig.logged("failed"), rig.lines


LINES = st.binary(max_size=30) | st.sampled_from(
    [
        b"HTTP/1.1 200 OK",
        b"HTTP/1.1 200",
        b"HTTP/1.1 100 Continue",
        b"HTTP/9.9 999 x",
        b"Content-Length: 5",
        b"Content-Length: -1",
        b"Content-Length: 99999999999999999999999",
        b"Content-Length: " + b"9" * 5000,
        b"Content-Length: 5, 5",
        b"Transfer-Encoding: chunked",
        b"Transfer-Encoding: gzip, chunked",
        b"Connection: close",
        b" folded",
        b"",
        b"5",
        b"FFFFFFFFFFFFFFFFFFFFFF",
        b"-5",
        b"0",
        b"hello",
    ]
)


@given(st.lists(LINES, max_size=12).map(b"\r\n".join), st.integers(1, 40))
def test_malformed_headers_of_an_answer(data: bytes, step: int) -> None:
    """Of DynamoDB or @connections: read, not yet whole, or refused as an ExchangeError."""
    reader = ResponseReader()
    try:
        for start in range(0, len(data), step):
            answer = reader.feed(data[start : start + step])
            assert answer is None or isinstance(answer, Response)
    except ExchangeError:
        pass


@given(spoiled([recorded("message")]), st.binary(max_size=200))
def test_malformed_messages_are_answered_without_being_read(event: Any, body: bytes) -> None:
    if isinstance(event, dict):
        event["body"] = SECRET + body.decode("latin-1")
    rig = sent(event)
    assert SECRET not in json.dumps(rig.lines)
