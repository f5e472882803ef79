"""Fuzz tests of the router: any event gets a response in the format of its source, and no log line has visitor data."""

from __future__ import annotations

import json
import random
from typing import Any

from hypothesis import example, given

from router.aws.http_response import Response, ResponseReader
from router.errors import EventFailedError, ExchangeError
from tests.fuzz.mutations import SECRET, inputs, malformed, mutated, text, visitor_text
from tests.router.rig import ENVIRONMENT, Rig, recorded

EVENTS = ["connect", "disconnect", "message", "scheduled", "scheduler", "stream_count", "stream_ttl", "stream_visits"]
GOOD = [recorded(name) for name in EVENTS]
ANSWERS = {"statusCode", "batchItemFailures", "error", "visits", "forgotten", "counted"}


STRICT = {"VISIT_POLICY": "visitor", "ORIGIN_SECRET": "s" * 43, "VISITS_PER_ADDRESS": "50", "CONNECTS_PER_ADDRESS": "9"}


def sent(event: Any, **settings: str) -> Rig:
    """Send an event twice, because the first one can change how the second one is handled. Return the rig."""
    rig = Rig(environment={**ENVIRONMENT, **settings})
    for _ in range(2):
        try:
            answer = rig.send(event)
        except EventFailedError as failed:
            assert SECRET not in str(failed)
            assert failed.__suppress_context__
        else:
            assert isinstance(answer, dict)
    return rig


LONE = f"\ud800{SECRET}"
"""A lone surrogate, which JSON can contain and UTF-8 cannot."""


def lone(name: str) -> Any:
    event = recorded(name)
    event["requestContext"]["connectionId"] = LONE
    return event


@example(event=lone("connect"))
@example(event=lone("message"))
@example(event=lone("disconnect"))
@given(event=inputs(malformed, GOOD))
def test_malformed_events(event: Any) -> None:
    rig = sent(event)
    assert SECRET not in json.dumps(rig.lines)
    assert not rig.logged("failed"), rig.lines  # an input is rejected or ignored, but never an unexpected exception


NAMES = ("Origin", "origin", "User-Agent", "X-Forwarded-For", "X-Origin-Verify", "Host", "Sec-WebSocket-Key")
VALUES = (None, 0, -1, 10**20, f"{SECRET}, 1.2.3.4", LONE, ",,,", "::1", "1.2.3.4, " * 300)


def headers(chance: random.Random) -> dict[str, Any]:
    names = [chance.choice([*NAMES, text(chance, 10)]) for _ in range(chance.randint(0, 6))]
    return {name: chance.choice([visitor_text(chance), chance.choice(VALUES)]) for name in names}


def repeated_headers(chance: random.Random) -> dict[str, list[Any]]:
    return {name: [value, value] for name, value in headers(chance).items()}


@example(single={"X-Origin-Verify": LONE, "User-Agent": LONE, "X-Forwarded-For": LONE}, several={})
@example(single={"Origin": LONE}, several={})
@given(single=inputs(headers), several=inputs(repeated_headers))
def test_malformed_headers_of_a_handshake(single: dict[str, Any], several: dict[str, Any]) -> None:
    event = recorded("connect")
    event["headers"], event["multiValueHeaders"] = single, several
    rig = sent(event, **STRICT)
    assert SECRET not in json.dumps(rig.lines)
    assert not rig.logged("failed"), rig.lines


LINES = (
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
)


def answer_in_parts(chance: random.Random) -> list[bytes]:
    """Return a valid or malformed HTTP response, in pieces as read from a socket."""
    lines = [
        chance.choice(LINES) if chance.random() < 0.7 else chance.randbytes(chance.randint(0, 30))
        for _ in range(chance.randint(0, 12))
    ]
    data, step = b"\r\n".join(lines), chance.randint(1, 40)
    return [data[start : start + step] for start in range(0, len(data), step)]


@given(inputs(answer_in_parts))
def test_malformed_headers_of_an_answer(parts: list[bytes]) -> None:
    """A response is parsed, incomplete, or raises ExchangeError."""
    reader = ResponseReader()
    try:
        for part in parts:
            answer = reader.feed(part)
            assert answer is None or isinstance(answer, Response)
    except ExchangeError:
        pass


def message(chance: random.Random) -> Any:
    event = mutated(chance, [recorded("message")])
    if isinstance(event, dict):
        event["body"] = SECRET + chance.randbytes(chance.randint(0, 200)).decode("latin-1")
    return event


@given(inputs(message))
def test_malformed_messages_are_answered_without_being_read(event: Any) -> None:
    assert SECRET not in json.dumps(sent(event).lines)
