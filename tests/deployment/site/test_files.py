"""Reading the files of a site."""

from __future__ import annotations

import gzip
import hashlib
import os
import sys
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from deployment.site.files import ETag, read_site
from deployment.site.headers import content_type
from errors import OutputError


def test_a_site_is_read_sorted_by_key(tmp_path: Path) -> None:
    (tmp_path / "b").mkdir()
    (tmp_path / "b/ü ber.html").write_text("über")
    (tmp_path / "empty.txt").touch()
    files = read_site(tmp_path)
    assert [(file.key, file.size) for file in files] == [("b/ü ber.html", 5), ("empty.txt", 0)]
    assert [file.etag for file in files] == [md5("über".encode()).hexdigest(), md5(b"").hexdigest()]


def test_only_utf_8_has_a_charset(tmp_path: Path) -> None:
    (tmp_path / "latin.html").write_bytes("über".encode("latin-1"))
    (tmp_path / "cut.txt").write_bytes("ü".encode()[:1])
    (tmp_path / "utf-16.txt").write_bytes("über".encode("utf-16"))
    (tmp_path / "fine.html").write_bytes("über".encode())
    types = {file.key: file.headers.content_type for file in read_site(tmp_path)}
    assert types == {
        "latin.html": "text/html",
        "cut.txt": "text/plain",
        "utf-16.txt": "text/plain",
        "fine.html": "text/html; charset=utf-8",
    }


def test_a_character_may_span_two_chunks(tmp_path: Path) -> None:
    (tmp_path / "long.html").write_bytes(b"x" + "ü".encode() * 600_000)
    (file,) = read_site(tmp_path)
    assert file.headers.content_type == content_type("long.html")


def test_a_compressed_svg_is_known_by_its_content(tmp_path: Path) -> None:
    (tmp_path / "icon.svgz").write_bytes(gzip.compress(b"<svg/>"))
    (tmp_path / "plain.svgz").write_bytes(b"<svg/>")
    assert [file.headers.content_encoding for file in read_site(tmp_path)] == ["gzip", ""]


PART = 7


@given(st.lists(st.binary(max_size=PART), max_size=8))
def test_the_etag_equals_that_of_s3(chunks: list[bytes]) -> None:
    """The MD5 of the content, or for parts the MD5 of the parts' MD5s and their number."""
    etag = ETag(PART)
    for chunk in chunks:
        etag.update(chunk)
    content = b"".join(chunks)
    parts = [md5(content[at : at + PART]).digest() for at in range(0, len(content), PART)]
    in_parts = f"{md5(b''.join(parts)).hexdigest()}-{len(parts)}"
    assert etag.text() == (md5(content).hexdigest() if len(content) < PART else in_parts)


def md5(content: bytes) -> hashlib._Hash:
    return hashlib.md5(content, usedforsecurity=False)


@pytest.mark.skipif(sys.platform == "darwin", reason="macOS takes no such name")
def test_a_name_that_is_not_utf_8_is_rejected(tmp_path: Path) -> None:
    Path(os.fsdecode(os.fsencode(tmp_path) + b"/caf\xe9.html")).touch()
    with pytest.raises(OutputError, match="not UTF-8") as caught:
        read_site(tmp_path)
    str(caught.value).encode()  # can be printed


def test_a_name_with_control_characters_is_rejected(tmp_path: Path) -> None:
    (tmp_path / "a\x07.html").touch()
    with pytest.raises(OutputError, match="control character"):
        read_site(tmp_path)


@pytest.mark.parametrize("name", ["badge.svg", "count.json"])
def test_a_file_of_the_router_is_rejected(tmp_path: Path, name: str) -> None:
    (tmp_path / name).write_text("mine")
    with pytest.raises(OutputError, match="a file that the router writes"):
        read_site(tmp_path)


def test_a_path_longer_than_a_key_is_rejected(tmp_path: Path) -> None:
    deep = tmp_path.joinpath(*["ü" * 100] * 6)
    deep.mkdir(parents=True)
    (deep / "index.html").touch()
    with pytest.raises(OutputError, match="path longer than S3 allows"):
        read_site(tmp_path)


@pytest.mark.skipif(not Path("/proc/self/mem").exists(), reason="needs a file that not even root can read")
def test_a_file_that_cannot_be_read_is_named(tmp_path: Path) -> None:
    (tmp_path / "secret.html").symlink_to("/proc/self/mem")
    with pytest.raises(OutputError, match=r"secret\.html: cannot be read"):
        read_site(tmp_path)
