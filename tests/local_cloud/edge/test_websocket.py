"""WebSockets through the edge: API Gateway's behaviour, and a page's close code when either end goes away."""

from __future__ import annotations

import asyncio

import aiohttp
import pytest
from aiohttp import WSMsgType, WSServerHandshakeError
from yarl import URL

from local_cloud.edge.websocket import HANDSHAKES_AT_ONCE, LONGEST_MESSAGE
from tests.local_cloud.fake_emulator import Rig, until, with_edge


async def close_code(socket: aiohttp.ClientWebSocketResponse) -> int | None:
    async for _ in socket:
        pass
    return socket.close_code


def test_the_api_gets_the_query_the_origin_and_the_protocol() -> None:
    async def act(rig: Rig) -> None:
        url = URL(f"{rig.socket_url}?visit=a%2Fb&x", encoded=True)
        async with rig.browser.ws_connect(url, origin="http://localhost:1", protocols=["other", "counter"]) as page:
            assert page.protocol == "counter"
        (asked,) = rig.emulator.requests
        assert asked.raw_path == "/_aws/execute-api/abc123/live?visit=a%2Fb&x"
        assert asked.headers["Origin"] == "http://localhost:1"
        assert asked.headers["Host"].startswith("127.0.0.1")

    with_edge(act)


def test_messages_go_both_ways() -> None:
    async def act(rig: Rig) -> None:
        async with rig.browser.ws_connect(rig.socket_url) as page:
            for text in ("hello", "", "é" * 1000, "x" * LONGEST_MESSAGE):
                await page.send_str(text)
                assert (await page.receive_str()) == text
            await rig.emulator.sockets[0].send_str('{"count":1}')
            assert await page.receive_json() == {"count": 1}

    with_edge(act)


def test_a_ping_is_answered() -> None:
    async def act(rig: Rig) -> None:
        async with rig.browser.ws_connect(rig.socket_url, autoping=False) as page:
            await page.ping(b"still there?")
            assert (await page.receive()).type is WSMsgType.PONG

    with_edge(act)


@pytest.mark.parametrize("status", [400, 403, 429, 500, 502])
def test_a_refusal_is_the_status_of_the_handshake(status: int) -> None:
    async def act(rig: Rig) -> None:
        with pytest.raises(WSServerHandshakeError) as refused:
            await rig.browser.ws_connect(f"{rig.socket_url}?refuse={status}")
        assert refused.value.status == status

    with_edge(act)


def test_an_emulator_that_is_away_is_a_502() -> None:
    async def act(rig: Rig) -> None:
        await rig.stop_emulator()
        with pytest.raises(WSServerHandshakeError) as refused:
            await rig.browser.ws_connect(rig.socket_url)
        assert refused.value.status == 502

    with_edge(act)


@pytest.mark.parametrize("method", ["GET", "POST", "DELETE"])
def test_what_is_no_socket_is_answered_as_by_api_gateway(method: str) -> None:
    async def act(rig: Rig) -> None:
        async with rig.browser.request(method, rig.url + "/live") as answer:
            assert answer.status == 403
        assert rig.emulator.requests == []

    with_edge(act)


def test_a_foreign_host_name_opens_no_socket() -> None:
    async def act(rig: Rig) -> None:
        with pytest.raises(WSServerHandshakeError) as refused:
            await rig.browser.ws_connect(rig.socket_url, headers={"Host": "evil.example"})
        assert refused.value.status == 421

    with_edge(act)


def test_a_message_that_is_too_long_closes_its_socket_and_reaches_nobody() -> None:
    async def act(rig: Rig) -> None:
        async with rig.browser.ws_connect(rig.socket_url) as page, rig.browser.ws_connect(rig.socket_url) as other:
            await page.send_str("x" * (LONGEST_MESSAGE + 1))
            assert await close_code(page) == 1009
            await other.send_str("still here")
            assert await other.receive_str() == "still here"
        await until(lambda: len(rig.emulator.closed_with) == 2)
        assert 1009 in rig.emulator.closed_with

    with_edge(act)


def test_a_binary_message_is_not_supported() -> None:
    async def act(rig: Rig) -> None:
        async with rig.browser.ws_connect(rig.socket_url) as page:
            await page.send_bytes(b"\x00")
            assert await close_code(page) == 1003

    with_edge(act)


def test_what_is_no_utf8_is_invalid() -> None:
    async def act(rig: Rig) -> None:
        async with rig.browser.ws_connect(rig.socket_url) as page:
            await page._writer.send_frame(b"\xff\xfe", WSMsgType.TEXT)
            assert await close_code(page) == 1007

    with_edge(act)


@pytest.mark.parametrize("code", [1000, 1001, 4001])
def test_the_api_closes_a_page_with_its_own_code(code: int) -> None:
    async def act(rig: Rig) -> None:
        async with rig.browser.ws_connect(rig.socket_url) as page:
            await page.send_str(f"close {code}")
            assert await close_code(page) == code

    with_edge(act)


@pytest.mark.parametrize("code", [1000, 1001, 4001])
def test_a_page_that_closes_tells_the_api_why(code: int) -> None:
    async def act(rig: Rig) -> None:
        page = await rig.browser.ws_connect(rig.socket_url)
        await page.close(code=code)
        await until(lambda: rig.emulator.closed_with == [code])

    with_edge(act)


def test_a_page_that_vanishes_is_reported_to_the_api() -> None:
    async def act(rig: Rig) -> None:
        page = await rig.browser.ws_connect(rig.socket_url)
        assert page._conn
        assert page._conn.transport
        page._conn.transport.abort()
        await until(lambda: len(rig.emulator.closed_with) == 1)
        await page.close()

    with_edge(act)


def test_an_emulator_that_dies_makes_pages_come_again() -> None:
    async def act(rig: Rig) -> None:
        async with rig.browser.ws_connect(rig.socket_url) as page:
            await until(lambda: len(rig.emulator.sockets) == 1)
            transport = rig.emulator.requests[0].transport
            assert transport
            transport.abort()
            assert await close_code(page) == 1012

    with_edge(act)


def test_an_edge_that_closes_says_that_it_goes_away() -> None:
    async def act(rig: Rig) -> None:
        pages = [await rig.browser.ws_connect(rig.socket_url) for _ in range(5)]
        codes = asyncio.gather(*map(close_code, pages))
        await rig.edge._bridges.close(1)
        assert await codes == [1001] * 5

    with_edge(act)


def test_handshakes_queue_and_all_are_let_in() -> None:
    async def act(rig: Rig) -> None:
        rig.emulator.let_in.clear()
        opening = [asyncio.create_task(rig.browser.ws_connect(rig.socket_url)) for _ in range(3 * HANDSHAKES_AT_ONCE)]
        await until(lambda: rig.emulator.handshakes == HANDSHAKES_AT_ONCE)
        rig.emulator.let_in.set()
        pages = await asyncio.gather(*opening)
        assert rig.emulator.most_handshakes == HANDSHAKES_AT_ONCE
        for page in pages:
            await page.send_str("hello")
            assert await page.receive_str() == "hello"
        await asyncio.gather(*(page.close() for page in pages))

    with_edge(act)
