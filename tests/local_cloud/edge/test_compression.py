"""The edge compresses what CloudFront compresses, and nothing else."""

from __future__ import annotations

import gzip

import brotli
import pytest
from hypothesis import given
from hypothesis import strategies as st
from multidict import CIMultiDict

from local_cloud.edge.compression import (
    chosen_encoding,
    compressed,
    compressed_headers,
    is_compressible,
    strong_tags,
    tag_as_asked,
)
from tests.local_cloud.fake_emulator import PAGE, TAG, Rig, with_edge

HTML = {"Content-Type": "text/html; charset=utf-8", "Content-Length": "1000"}


@pytest.mark.parametrize(
    ("accepted", "encoding"),
    [
        ("gzip, deflate, br, zstd", "br"),
        ("gzip", "gzip"),
        ("GZIP;q=0.5, br;q=0", "gzip"),
        ("br;q=0.001", "br"),
        ("deflate", ""),
        ("*", ""),
        ("identity", ""),
        ("br;q=0.000, gzip; q=0", ""),
        ("brotli, x-gzip", ""),
        ("", ""),
    ],
)
def test_brotli_is_preferred_and_nothing_is_forced(accepted: str, encoding: str) -> None:
    assert chosen_encoding(accepted) == encoding


@pytest.mark.parametrize(
    ("status", "headers", "compressible"),
    [
        (200, {}, True),
        (403, {}, True),
        (404, {}, True),
        (206, {}, False),
        (304, {}, False),
        (500, {}, False),
        (200, {"Content-Length": "999"}, False),
        (200, {"Content-Length": "10000000"}, True),
        (200, {"Content-Length": "10000001"}, False),
        (200, {"Content-Length": "1e4"}, False),
        (200, {"Content-Type": "TEXT/CSS"}, True),
        (200, {"Content-Type": "image/png"}, False),
        (200, {"Content-Type": "font/woff2"}, False),
        (200, {"Content-Type": "application/manifest+json"}, False),
        (200, {"Content-Encoding": "identity"}, False),
    ],
)
def test_the_conditions_are_cloudfronts(status: int, headers: dict[str, str], compressible: bool) -> None:
    assert is_compressible(status, CIMultiDict({**HTML, **headers})) is compressible


def test_a_length_is_needed_and_a_type() -> None:
    assert not is_compressible(200, CIMultiDict({"Content-Type": "text/html"}))
    assert not is_compressible(200, CIMultiDict({"Content-Length": "1000"}))


@given(st.binary(max_size=5000))
def test_what_was_compressed_is_the_same(body: bytes) -> None:
    assert brotli.decompress(compressed(body, "br")) == body
    assert gzip.decompress(compressed(body, "gzip")) == body


@pytest.mark.parametrize(("tag", "sent"), [('"a"', 'W/"a"'), ('W/"a"', 'W/"a"'), ("a", None), ("", None)])
def test_the_entity_tag_becomes_weak(tag: str, sent: str | None) -> None:
    headers = compressed_headers(CIMultiDict({"ETag": tag, "Content-Length": "5"}), "br")
    assert headers.get("ETag") == sent
    assert "Content-Length" not in headers
    assert (headers["Content-Encoding"], headers["Vary"]) == ("br", "Accept-Encoding")


def test_what_else_it_varies_by_is_kept() -> None:
    assert compressed_headers(CIMultiDict({"Vary": "Origin"}), "br")["Vary"] == "Origin, Accept-Encoding"
    assert compressed_headers(CIMultiDict({"Vary": "Accept-Encoding"}), "br")["Vary"] == "Accept-Encoding"


def test_weak_tags_are_asked_for_as_strong_ones() -> None:
    assert strong_tags('W/"a", "b", W/"cW/"') == '"a", "b", "cW/"'
    assert strong_tags("*") == "*"
    assert tag_as_asked('"a"', 'W/"a"') == 'W/"a"'
    assert tag_as_asked('"a"', '"a", W/"b"') == '"a"'


@pytest.mark.parametrize("status", [200, 404])
@pytest.mark.parametrize(("accepted", "encoding"), [("gzip, br", "br"), ("gzip", "gzip")])
def test_a_page_is_compressed_on_its_way(accepted: str, encoding: str, status: int) -> None:
    async def act(rig: Rig) -> None:
        url = f"{rig.url}/plain?status={status}"
        async with rig.browser.get(url, headers={"Accept-Encoding": accepted}) as answer:
            body = await answer.read()
            assert answer.status == status
            assert answer.headers["Content-Encoding"] == encoding
            assert answer.headers["ETag"] == f"W/{TAG}"
            assert answer.headers["Vary"] == "Accept-Encoding"
            assert answer.headers["X-Cache"] == "Miss from cloudfront"
            assert "Content-Length" not in answer.headers
        assert (brotli.decompress(body) if encoding == "br" else gzip.decompress(body)) == PAGE
        assert len(body) < len(PAGE)

    with_edge(act)


def test_head_has_the_headers_of_get_and_no_body() -> None:
    async def act(rig: Rig) -> None:
        async with rig.browser.head(f"{rig.url}/plain", headers={"Accept-Encoding": "br"}) as answer:
            assert (answer.headers["Content-Encoding"], answer.headers["ETag"]) == ("br", f"W/{TAG}")
            assert "Content-Length" not in answer.headers
            assert await answer.read() == b""

    with_edge(act)


def test_a_part_is_sent_as_it_is() -> None:
    async def act(rig: Rig) -> None:
        headers = {"Accept-Encoding": "br", "Range": "bytes=0-1199"}
        async with rig.browser.get(f"{rig.url}/plain", headers=headers) as answer:
            assert answer.status == 206
            assert (answer.headers.get("Content-Encoding"), answer.headers["ETag"]) == (None, TAG)
            assert await answer.read() == PAGE[:1200]

    with_edge(act)


@pytest.mark.parametrize("tag", [TAG, f"W/{TAG}"])
def test_a_viewer_that_has_it_gets_304_and_its_own_tag(tag: str) -> None:
    async def act(rig: Rig) -> None:
        headers = {"Accept-Encoding": "br", "If-None-Match": tag}
        async with rig.browser.get(f"{rig.url}/plain", headers=headers) as answer:
            assert (answer.status, answer.headers["ETag"]) == (304, tag)
            assert await answer.read() == b""

    with_edge(act)


def test_http_1_0_is_not_compressed() -> None:
    async def act(rig: Rig) -> None:
        said = await rig.say(
            f"GET /plain HTTP/1.0\r\nHost: localhost:{rig.port}\r\nAccept-Encoding: br\r\n\r\n".encode()
        )
        assert said.endswith(PAGE)

    with_edge(act)
