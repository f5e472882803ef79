"""A message to an open socket is queued and answered at once; everything else is left to the emulator."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from typing import Any

import pytest
from ministack.services import apigateway

from local_cloud.ministack.posts import answered

PATH = "/_aws/execute-api/abc123/live/@connections/0123456789abcdef"


@pytest.fixture
def outbox() -> Iterator[asyncio.Queue[str]]:
    """Of the one open socket."""
    queue: asyncio.Queue[str] = asyncio.Queue()
    apigateway._ws_connections["0123456789abcdef"] = {"apiId": "abc123", "outbox": queue}
    yield queue
    apigateway._ws_connections.clear()


def ask(method: str, path: str, *parts: bytes) -> list[Any] | None:
    """What was sent; None where the request was left alone, unread."""
    sent: list[Any] = []
    waiting = [{"type": "http.request", "body": part, "more_body": True} for part in parts]
    waiting.append({"type": "http.request", "body": b"", "more_body": False})

    async def receive() -> Any:
        return waiting.pop(0)

    async def send(message: Any) -> None:
        sent.append(message)

    handled = asyncio.run(answered({"type": "http", "method": method, "path": path}, receive, send))
    if not handled:
        assert len(waiting) == len(parts) + 1, "the body is still there for the emulator"
    return sent if handled else None


def test_a_message_is_queued_whole_and_answered(outbox: asyncio.Queue[str]) -> None:
    sent = ask("POST", PATH, b'{"count": ', b"7}")
    assert sent is not None
    assert [message["type"] for message in sent] == ["http.response.start", "http.response.body"]
    assert sent[0]["status"] == 200
    assert (b"content-length", b"0") in sent[0]["headers"], "or the router would not use its connection again"
    assert outbox.get_nowait() == '{"count": 7}'


def test_an_empty_message_is_answered_and_sends_nothing(outbox: asyncio.Queue[str]) -> None:
    assert ask("POST", PATH) is not None
    assert outbox.empty()


@pytest.mark.parametrize(
    ("method", "path"),
    [
        ("GET", PATH),
        ("DELETE", PATH),
        ("POST", PATH.replace("0123", "9999")),
        ("POST", PATH.replace("abc123", "other1")),
        ("POST", "/"),
        ("POST", PATH + "/more"),
    ],
)
def test_everything_else_is_left_to_the_emulator(outbox: asyncio.Queue[str], method: str, path: str) -> None:
    assert ask(method, path, b"{}") is None
    assert outbox.empty()
