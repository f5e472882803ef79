"""The edge as seen by a browser: pages with CloudFront's headers, and WebSockets with API Gateway's limits."""

from __future__ import annotations

import asyncio
import gzip
import re
import urllib.error
import urllib.request
from email.message import Message

import aiohttp
import brotli
import pytest

from settings import INLINE_STYLES, STRICT_CONTENT_SECURITY_POLICY
from tests.integration.sockets import Reader, with_readers
from tests.local_system import LocalSystem

pytestmark = pytest.mark.cloud


def get(url: str, **headers: str) -> tuple[int, Message, bytes]:
    """Return status, headers and body. headers: with `_` for `-`."""
    sent = {name.replace("_", "-"): value for name, value in headers.items()}
    try:
        with urllib.request.urlopen(urllib.request.Request(url, headers=sent), timeout=30) as response:
            return response.status, response.headers, response.read()
    except urllib.error.HTTPError as error:
        with error:
            return error.code, error.headers, error.read()


def test_the_page_and_everything_it_names_is_served_as_on_cloudfront(system: LocalSystem) -> None:
    status, headers, body = get(system.url)
    assert status == 200
    assert headers["Content-Type"] == "text/html; charset=utf-8"
    before, after = STRICT_CONTENT_SECURITY_POLICY.split(INLINE_STYLES)
    policy = headers["Content-Security-Policy"]
    assert policy.startswith(before)
    assert policy.endswith(after)
    assert re.fullmatch(r"('sha256-[A-Za-z0-9+/]{43}=' ?)+", policy.removeprefix(before).removesuffix(after))
    assert headers["X-Content-Type-Options"] == "nosniff"
    assert "must-revalidate" in headers["Cache-Control"]
    assets = re.findall(r'(?:href|src)="/?(assets/[^"]+)"', body.decode())
    assert {asset.rsplit(".", 1)[1] for asset in assets} >= {"js", "png"}
    for asset in assets:
        status, headers, _ = get(f"{system.url}/{asset}")
        assert (status, headers["Cache-Control"]) == (200, "public, max-age=31536000, immutable"), asset


def test_what_cloudfront_compresses_is_compressed(system: LocalSystem) -> None:
    _, plain, page = get(system.url)
    for encoding, decompress in (("br", brotli.decompress), ("gzip", gzip.decompress)):
        status, headers, body = get(system.url, Accept_Encoding=f"deflate, {encoding}")
        assert (status, headers["Content-Encoding"], headers["Vary"]) == (200, encoding, "Accept-Encoding")
        assert headers["ETag"] == "W/" + plain["ETag"]
        assert headers["Content-Security-Policy"] == plain["Content-Security-Policy"]
        assert decompress(body) == page
    assert get(system.url, Accept_Encoding="br", If_None_Match="W/" + plain["ETag"])[0] == 304
    _, headers, script = get(f"{system.url}/visitor-count.js", Accept_Encoding="br, gzip")
    assert headers["Content-Encoding"] == "br"
    assert len(script) < 3 * 1024
    assert get(f"{system.url}/no/such/page", Accept_Encoding="br")[1]["Content-Encoding"] == "br"
    assert get(system.url, Accept_Encoding="br", Range="bytes=0-9")[1]["Content-Encoding"] is None


def test_a_missing_page_is_the_sites_own_404(system: LocalSystem) -> None:
    status, headers, body = get(f"{system.url}/no/such/page")
    assert status == 404
    assert headers["Content-Type"].startswith("text/html")
    assert b"<html" in body


def test_another_host_name_is_refused(system: LocalSystem) -> None:
    """A foreign page whose host name resolves to this machine must not read ours."""
    assert get(system.url, Host="evil.example")[0] in (403, 421)


async def handshake(url: str, **headers: str) -> int:
    async with aiohttp.ClientSession() as session:
        try:
            async with session.ws_connect(url, headers=headers):
                return 101
        except aiohttp.WSServerHandshakeError as error:
            return error.status


@pytest.mark.parametrize(
    ("origin", "status"), [("https://evil.example", 403), ("null", 403), ("http://localhost:1", 403)]
)
def test_a_foreign_origin_is_refused(system: LocalSystem, origin: str, status: int) -> None:
    assert asyncio.run(handshake(f"{system.socket_url}?visit=foreign-visit", Origin=origin)) == status


def test_the_pages_own_origin_is_let_in(system: LocalSystem) -> None:
    assert asyncio.run(handshake(f"{system.socket_url}?visit=own-origin", Origin=system.url)) == 101


def test_a_malformed_visit_is_refused(system: LocalSystem) -> None:
    assert asyncio.run(handshake(f"{system.socket_url}?visit=%00%3Cscript%3E")) != 101


@pytest.mark.parametrize("junk", ["", "null", "[]", "{", '{"action": {"a": 1}}', "\u0000", "é" * 5000, "x" * 100_000])
def test_any_message_is_answered_with_the_count(system: LocalSystem, junk: str) -> None:
    async def act(readers: list[Reader]) -> None:
        (reader,) = readers
        count = await reader.hello()
        before = len(reader.messages)
        await reader.socket.send_str(junk or " ")
        await reader.until(lambda r: len(r.messages) > before)
        assert reader.messages[-1]["count"] >= count

    with_readers(system.socket_url, ["junk-sender"], act)


def test_an_oversized_message_closes_that_socket_and_no_other(system: LocalSystem) -> None:
    async def act(readers: list[Reader]) -> None:
        flooder, bystander = readers
        await flooder.socket.send_str("x" * 140_000)
        await flooder.until(lambda reader: reader.closed_with is not None)
        assert flooder.closed_with == 1009
        await bystander.until(lambda reader: bool(reader.messages) and reader.messages[-1]["count"] >= 1)

    with_readers(system.socket_url, ["flooding-1", "bystander"], act)
