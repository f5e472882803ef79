"""HTTP through the edge: as the distribution's host name, byte for byte, and for localhost only."""

from __future__ import annotations

import gzip

import aiohttp
import pytest
from yarl import URL

from tests.local_cloud.fake_emulator import DOMAIN, PAGE, Rig, with_edge


def test_a_page_is_asked_for_as_cloudfront_would_be_through_tls() -> None:
    async def act(rig: Rig) -> None:
        async with rig.browser.get(
            URL(f"{rig.url}/a%20b?c=%2F&d", encoded=True), headers={"Cookie": "e=f", "Range": "bytes=0-9"}
        ) as answer:
            assert answer.status == 200
            assert answer.headers["X-Cache"] == "Miss from cloudfront"
            assert await answer.read()
        (asked,) = rig.emulator.requests
        assert asked.raw_path == "/a%20b?c=%2F&d"
        assert asked.headers["Host"] == DOMAIN
        assert asked.headers["X-Forwarded-Proto"] == "https"
        assert asked.headers["Range"] == "bytes=0-9"
        assert asked.headers["Cookie"] == "e=f"

    with_edge(act)


@pytest.mark.parametrize("encoding", ["gzip", "identity"])
def test_a_body_keeps_its_encoding(encoding: str) -> None:
    async def act(rig: Rig) -> None:
        async with rig.browser.get(rig.url, headers={"Accept-Encoding": encoding}) as answer:
            body = await answer.read()
            assert answer.headers.get("Content-Encoding", "identity") == encoding
            assert answer.headers["Content-Length"] == str(len(body))
            assert (gzip.decompress(body) if encoding == "gzip" else body) == PAGE

    with_edge(act)


def test_an_encoding_that_was_not_asked_for_is_not_asked_for_either() -> None:
    async def act(rig: Rig) -> None:
        async with rig.browser.get(rig.url, skip_auto_headers=["Accept-Encoding", "User-Agent"]) as answer:
            assert await answer.read() == PAGE
        assert "Accept-Encoding" not in rig.emulator.requests[0].headers
        assert "User-Agent" not in rig.emulator.requests[0].headers

    with_edge(act)


def test_a_body_of_unknown_length_arrives_whole() -> None:
    async def act(rig: Rig) -> None:
        async with rig.browser.get(f"{rig.url}/streamed") as answer:
            assert await answer.read() == PAGE * 3

    with_edge(act)


def test_head_has_the_headers_and_no_body() -> None:
    async def act(rig: Rig) -> None:
        async with rig.browser.head(rig.url, headers={"Accept-Encoding": "identity"}) as answer:
            assert answer.headers["Content-Length"] == str(len(PAGE))
            assert await answer.read() == b""
        assert rig.emulator.requests[0].method == "HEAD"

    with_edge(act)


@pytest.mark.parametrize(("path", "status"), [("/moved", 302), ("/unchanged", 304)])
def test_other_answers_pass_as_they_are(path: str, status: int) -> None:
    async def act(rig: Rig) -> None:
        async with rig.browser.get(rig.url + path, allow_redirects=False) as answer:
            assert answer.status == status

    with_edge(act)


def test_half_an_answer_does_not_look_like_a_whole_one() -> None:
    async def act(rig: Rig) -> None:
        with pytest.raises(aiohttp.ClientError):
            async with rig.browser.get(f"{rig.url}/break") as answer:
                await answer.read()

    with_edge(act)


@pytest.mark.parametrize("host", ["evil.example", "localhost.evil.example", "127.0.0.1.evil.example", "", "10.0.0.1"])
def test_a_foreign_host_name_is_misdirected(host: str) -> None:
    async def act(rig: Rig) -> None:
        async with rig.browser.get(rig.url, headers={"Host": host}) as answer:
            assert answer.status == 421
        assert rig.emulator.requests == []

    with_edge(act)


@pytest.mark.parametrize("host", ["localhost", "LOCALHOST:8080", "127.0.0.1:1", "[::1]:8080", "[::1]"])
def test_this_machine_by_any_of_its_names_is_served(host: str) -> None:
    async def act(rig: Rig) -> None:
        async with rig.browser.get(rig.url, headers={"Host": host}) as answer:
            assert answer.status == 200

    with_edge(act)


def test_an_emulator_that_is_away_is_a_502_that_says_where_to_look() -> None:
    async def act(rig: Rig) -> None:
        await rig.stop_emulator()
        async with rig.browser.get(rig.url) as answer:
            assert answer.status == 502
            assert "terminal" in await answer.text()

    with_edge(act)
