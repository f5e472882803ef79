"""HTTP through the edge: with the distribution's host name, unchanged, and for localhost only."""

from __future__ import annotations

import gzip

import aiohttp
import pytest
from yarl import URL

from tests.local_cloud.fake_emulator import DOMAIN, KEY, PAGE, Rig, with_edge


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


@pytest.mark.parametrize("name", ["localhost", "LOCALHOST", "127.0.0.1", "[::1]"])
def test_this_machine_by_any_of_its_names_is_served(name: str) -> None:
    async def act(rig: Rig) -> None:
        async with rig.browser.get(rig.url, headers={"Host": f"{name}:{rig.port}"}) as answer:
            assert answer.status == 200

    with_edge(act)


@pytest.mark.parametrize("host", ["localhost", "localhost:1", "127.0.0.1", "[::1]:80"])
def test_this_machine_by_another_port_is_misdirected(host: str) -> None:
    async def act(rig: Rig) -> None:
        async with rig.browser.get(rig.url, headers={"Host": host}) as answer:
            assert answer.status == 421
        assert rig.emulator.requests == []

    with_edge(act)


STRIPPED = {
    "Authorization": "AWS4-HMAC-SHA256 Credential=local/20260101/us-east-1/s3/aws4_request",
    "X-Amz-Security-Token": "guessed",
    "X-Amz-Target": "DynamoDB_20120810.Scan",
    "X-Forwarded-Proto": "http",
    "X-Forwarded-Host": "s3.amazonaws.com",
    "Sec-Fetch-Site": "same-origin",
    "Proxy-Authorization": "Basic Og==",
    "X-Nominated": "hop by hop",
    "Connection": "keep-alive, X-Nominated",
}


def test_nothing_that_speaks_for_an_account_is_passed_on_and_the_runs_key_is_added() -> None:
    async def act(rig: Rig) -> None:
        async with rig.browser.get(rig.url, headers={**STRIPPED, "Origin": rig.url}) as answer:
            assert answer.status == 200
        (asked,) = rig.emulator.requests
        assert asked.headers.getall("X-Amz-Security-Token") == [KEY]
        assert asked.headers.getall("X-Forwarded-Proto") == ["https"]
        passed = {name.lower() for name in asked.headers}
        others = {name.lower() for name in STRIPPED} - {"x-amz-security-token", "x-forwarded-proto", "connection"}
        assert not passed & {*others, "origin"}

    with_edge(act)


@pytest.mark.parametrize("method", ["POST", "PUT", "PATCH", "DELETE", "OPTIONS", "TRACE", "PROPFIND"])
def test_other_methods_are_refused_as_by_cloudfront(method: str) -> None:
    async def act(rig: Rig) -> None:
        async with rig.browser.request(method, f"{rig.url}/_ministack/reset") as answer:
            assert answer.status == 403
            assert not [name for name in answer.headers if name.lower().startswith("access-control-")]
        assert rig.emulator.requests == []

    with_edge(act)


SMUGGLED = "GET /smuggled HTTP/1.1\r\nHost: localhost:{port}\r\n\r\n"


@pytest.mark.parametrize(
    "first",
    [
        "GET / HTTP/1.1\r\nHost: localhost:{port}\r\nContent-Length: {length}\r\n\r\n",
        "GET / HTTP/1.1\r\nHost: localhost:{port}\r\nContent-Length: 0\r\nContent-Length: {length}\r\n\r\n",
        "GET / HTTP/1.1\r\nHost: localhost:{port}\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n",
        "GET / HTTP/1.1\r\nHost: localhost:{port}\r\nContent-Length: 4\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n",
        "GET / HTTP/1.1\r\nHost: localhost:{port}\r\nTransfer-Encoding: xchunked\r\n\r\n0\r\n\r\n",
        "GET / HTTP/1.1\r\nHost: localhost:{port}\r\nHost: evil.example\r\n\r\n",
        "GET / HTTP/1.1\r\n\r\n",
        "GET / HTTP/1.0\r\n\r\n",
        "GET http://localhost:{port}/ HTTP/1.1\r\nHost: localhost:{port}\r\n\r\n",
        "GET http://evil.example/ HTTP/1.1\r\nHost: localhost:{port}\r\n\r\n",
        "CONNECT localhost:{port} HTTP/1.1\r\nHost: localhost:{port}\r\n\r\n",
        "OPTIONS * HTTP/1.1\r\nHost: localhost:{port}\r\n\r\n",
        "GET / HTTP/1.1\r\nHost: localhost:{port}\r\nX: a\r\n folded\r\n\r\n",
        "GET / HTTP/1.1\nHost: localhost:{port}\n\n",
    ],
)
def test_no_request_hides_behind_another(first: str) -> None:
    """Whatever the server takes the first request for, it forwards neither that nor the one smuggled behind it."""

    async def act(rig: Rig) -> None:
        second = SMUGGLED.format(port=rig.port)
        said = await rig.say((first.format(port=rig.port, length=len(second)) + second).encode())
        assert b" 200 " not in said
        assert rig.emulator.requests == []

    with_edge(act)


ODD_PATHS = ["//_ministack/reset", "/..//_aws/x", "/%2e%2e/%5fministack", "/a/../b", "/%00", "/?a=/../"]


@pytest.mark.parametrize("path", ODD_PATHS)
def test_a_path_is_passed_on_as_it_is_and_to_the_distribution(path: str) -> None:
    async def act(rig: Rig) -> None:
        await rig.say(f"GET {path} HTTP/1.1\r\nHost: localhost:{rig.port}\r\nConnection: close\r\n\r\n".encode())
        (asked,) = rig.emulator.requests
        assert asked.raw_path == path
        assert asked.headers["Host"] == DOMAIN

    with_edge(act)


@pytest.mark.parametrize(
    ("path", "status"),
    [("/", 403), ("/badge.svg.html", 403), ("/badge.svg", 200), ("/count.json", 200), ("/visitor-count.js?v=1", 200)],
)
def test_a_foreign_page_gets_what_pages_may_embed(path: str, status: int) -> None:
    async def act(rig: Rig) -> None:
        headers = {"Sec-Fetch-Site": "cross-site", "Sec-Fetch-Mode": "no-cors", "Sec-Fetch-Dest": "image"}
        async with rig.browser.get(rig.url + path, headers=headers) as answer:
            assert answer.status == status
        assert len(rig.emulator.requests) == (status == 200)

    with_edge(act)


def test_an_emulator_that_is_away_is_a_502_that_says_where_to_look() -> None:
    async def act(rig: Rig) -> None:
        await rig.stop_emulator()
        async with rig.browser.get(rig.url) as answer:
            assert answer.status == 502
            assert "terminal" in await answer.text()

    with_edge(act)
