"""The client of the smoke test, with a server that does not behave."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Awaitable, Callable

import pytest
from aiohttp import ClientWebSocketResponse, web

from deployment.smoke.client import Address, NoAnswerError, client, get_page, next_count, open_socket
from tests.deployment.conftest import free_port


def with_socket(say: str | None, act: Callable[[ClientWebSocketResponse], Awaitable[None]]) -> None:
    """Run `act` with a WebSocket to a server that sends `say`, or closes it for None."""

    async def handle(request: web.Request) -> web.WebSocketResponse:
        socket = web.WebSocketResponse()
        await socket.prepare(request)
        if say is None:
            await socket.close()
        elif say:
            await socket.send_str(say)
        await socket.receive()
        return socket

    async def main() -> None:
        application = web.Application()
        application.router.add_get("/live", handle)
        runner = web.AppRunner(application, shutdown_timeout=0.1)
        await runner.setup()
        await web.TCPSite(runner, "127.0.0.1", 0).start()
        url = f"http://127.0.0.1:{runner.addresses[0][1]}"
        where = Address(url, f"{url}/live", url, {"Host": "d1.cloudfront.net"})
        try:
            async with client(where) as session, open_socket(session, where, "visit=a") as socket:
                await act(socket)
        finally:
            await runner.cleanup()

    asyncio.run(main())


@pytest.mark.parametrize(
    ("message", "problem"),
    [
        (None, r"the WebSocket was closed \(1000\)"),
        ("", "no count was received on the WebSocket within 0 s"),
        ("hello", "a message without a count was received: 'hello'"),
        ("[5]", "a message without a count"),
        ('{"online": 5}', "a message without a count"),
        ('{"count": "5"}', "the received count is not a number: '5'"),
    ],
)
def test_a_message_that_is_no_count_is_reported(message: str | None, problem: str) -> None:
    async def act(socket: ClientWebSocketResponse) -> None:
        with pytest.raises(NoAnswerError, match=problem):
            await next_count(socket, 0.2)

    with_socket(message, act)


def test_the_count_of_a_message_is_returned() -> None:
    async def act(socket: ClientWebSocketResponse) -> None:
        assert await next_count(socket, 5) == 41

    with_socket(json.dumps({"count": 41, "online": 1}), act)


def test_a_server_that_does_not_respond_is_named() -> None:
    url = f"http://127.0.0.1:{free_port()}"
    where = Address(url, f"{url}/live", "https://d1.cloudfront.net")

    async def main() -> None:
        async with client(where) as session:
            with pytest.raises(NoAnswerError, match=r"https://d1.cloudfront.net does not respond: \w"):
                await get_page(session, where)
            with pytest.raises(NoAnswerError, match=rf"{where.socket} does not respond: \w"):
                async with open_socket(session, where, "visit=a"):
                    pass

    asyncio.run(main())
