"""What a page is told when its `$connect` is refused, and how invocations for sockets queue."""

from __future__ import annotations

import asyncio
from typing import Any

import pytest

from local_cloud.ministack.invocations import (
    Message,
    Result,
    Send,
    _SocketInvocation,
    answering_refusals,
    in_our_words,
    in_turn,
)

ANSWERABLE: Message = {"type": "websocket", "extensions": {"websocket.http.response": {}}}


def invocation(result: Result) -> _SocketInvocation:
    return _SocketInvocation({}, lambda _function, _event: result)


def sent(result: Result | None, *messages: Message, scope: Message = ANSWERABLE) -> list[Message]:
    """What reaches the server when the function gave `result` and the emulator sends `messages`."""
    out: list[Message] = []

    async def send(message: Message) -> None:
        out.append(message)

    async def connection(sending: Send) -> None:
        if result is not None:
            # On a thread of its own, with the connection's context: as the emulator does it.
            await asyncio.to_thread(invocation(result).invoke, {}, "request")
        for message in messages:
            await sending(message)

    async def main() -> None:
        await connection(answering_refusals(send, scope))

    asyncio.run(main())
    return out


CLOSE: Message = {"type": "websocket.close", "code": 1008}
ACCEPT: Message = {"type": "websocket.accept"}


@pytest.mark.parametrize(
    ("result", "status"),
    [
        ({"body": {"statusCode": 403}}, 403),
        ({"body": {"statusCode": 400}}, 400),
        ({"body": {"statusCode": 500}}, 500),
        ({"body": {}}, 502),
        ({"body": "no answer"}, 502),
        ({"error": True, "body": {"errorMessage": "it cannot be imported"}}, 502),
        ({"throttle": True, "body": {"message": "Rate Exceeded"}}, 502),
        (None, 403),
    ],
)
def test_a_refusal_has_the_functions_own_status(result: Result | None, status: int) -> None:
    start, body = sent(result, CLOSE)
    assert start["type"] == "websocket.http.response.start"
    assert start["status"] == status
    assert body["type"] == "websocket.http.response.body"


def test_an_open_socket_is_closed_as_any_other() -> None:
    assert sent({"body": {"statusCode": 200}}, ACCEPT, CLOSE) == [ACCEPT, CLOSE]


def test_a_server_that_cannot_answer_a_handshake_closes_it() -> None:
    assert sent({"body": {"statusCode": 403}}, CLOSE, scope={"type": "websocket"}) == [CLOSE]


@pytest.mark.parametrize(
    ("result", "answer"),
    [
        ({"body": {"statusCode": 200}}, {"status": "ok", "result": {"statusCode": 200}}),
        ({"body": None}, {"status": "ok", "result": None}),
        ({"error": True, "body": {"errorMessage": "broken"}}, {"status": "error", "error": "broken"}),
        ({"error": True, "body": "broken"}, {"status": "error", "error": "broken"}),
    ],
)
def test_the_emulator_gets_what_it_expects_of_a_worker(result: Result, answer: dict[str, Any]) -> None:
    assert invocation(result).invoke({}, "request") == answer


@pytest.mark.parametrize(
    ("error", "said"),
    [
        ("Worker init failed: No module named 'x'", "the router cannot be imported: No module named 'x'"),
        ("ValueError: 3", "ValueError: 3"),
        ("", ""),
    ],
)
def test_a_failed_import_is_reported_in_our_words(error: str, said: str) -> None:
    assert in_our_words(error) == said


def test_as_many_run_at_once_as_there_are_slots_and_the_others_in_their_order() -> None:
    running, most, order = 0, 0, []

    async def invoke(number: int, *, pause: float) -> int:
        nonlocal running, most
        order.append(number)
        running += 1
        most = max(most, running)
        await asyncio.sleep(pause)
        running -= 1
        if number == 5:
            raise LookupError  # gives its place back all the same
        return number

    async def main() -> list[int | BaseException]:
        queued = in_turn(invoke, 3)
        return await asyncio.gather(*(queued(number, pause=0) for number in range(100)), return_exceptions=True)

    answers = asyncio.run(main())
    assert most == 3
    assert order == list(range(100))
    assert [answer for answer in answers if not isinstance(answer, LookupError)] == [n for n in range(100) if n != 5]
