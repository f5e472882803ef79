"""How each file of a site is served."""

from __future__ import annotations

import hashlib
import os
import sys
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from deployment.site_files import A_YEAR_IMMUTABLE, REVALIDATED, cache_control, content_type, is_hashed, read_site
from errors import OutputError
from site_gen.assets import publish


@pytest.mark.parametrize(
    ("key", "expected"),
    [
        ("index.html", "text/html; charset=utf-8"),
        ("a/b/INDEX.HTML", "text/html; charset=utf-8"),
        ("style.css", "text/css; charset=utf-8"),
        ("counter.js", "text/javascript; charset=utf-8"),
        ("counter.mjs", "text/javascript; charset=utf-8"),
        ("resume.json", "application/json; charset=utf-8"),
        ("counter.js.map", "application/json; charset=utf-8"),
        ("site.webmanifest", "application/manifest+json; charset=utf-8"),
        ("icon.svg", "image/svg+xml; charset=utf-8"),
        ("feed.atom", "application/atom+xml; charset=utf-8"),
        ("sitemap.xml", "application/xml; charset=utf-8"),
        ("robots.txt", "text/plain; charset=utf-8"),
        ("resume.pdf", "application/pdf"),
        ("font.woff2", "font/woff2"),
        ("me.webp", "image/webp"),
        ("me.avif", "image/avif"),
        ("me.jpg", "image/jpeg"),
        ("favicon.ico", "image/x-icon"),
        ("count.wasm", "application/wasm"),
        ("film.mp4", "video/mp4"),
        ("style.css.gz", "application/gzip"),
        ("archive.tar.gz", "application/gzip"),
        ("no-suffix", "application/octet-stream"),
        (".well-known/security.txt", "text/plain; charset=utf-8"),
        ("unheard.of", "application/octet-stream"),
        ("data:text/html,odd.png", "image/png"),
        ("Lebenslauf für alle.html", "text/html; charset=utf-8"),
    ],
)
def test_the_type_of(key: str, expected: str) -> None:
    assert content_type(key) == expected


@given(st.text(min_size=1))
def test_every_name_has_a_type_and_only_text_has_a_charset(key: str) -> None:
    kind, _, charset = content_type(key).partition("; ")
    assert "/" in kind
    assert charset in {"", "charset=utf-8"}
    assert not (charset and kind.startswith(("image/png", "font/", "video/", "audio/")))


@pytest.mark.parametrize("name", ["style.css", "images/me.small.jpg", "LICENSE", "archive.tar.gz"])
def test_what_site_gen_hashes_is_kept_for_a_year(name: str) -> None:
    assert cache_control(publish(name, b"content").path.as_posix()) == A_YEAR_IMMUTABLE


@pytest.mark.parametrize(
    "key",
    [
        "index.html",
        "assets/style.css",
        "assets/deep/app.0123456789ab.js",
        "assets/app.0123456789AB.js",
        "assets/app.0123456789abc.js",
        "other/app.0123456789ab.js",
        "app.0123456789ab.js",
    ],
)
def test_a_name_without_a_hash_is_asked_for_again(key: str) -> None:
    """The assets folder of a user's own site is only a folder."""
    assert not is_hashed(key)
    assert cache_control(key) == REVALIDATED


def test_a_site_is_read_sorted_with_what_s3_will_call_it(tmp_path: Path) -> None:
    (tmp_path / "b").mkdir()
    (tmp_path / "b/ü ber.html").write_text("über")
    (tmp_path / "empty.txt").touch()
    files = read_site(tmp_path)
    assert [file.key for file in files] == ["b/ü ber.html", "empty.txt"]
    assert [file.md5 for file in files] == [
        hashlib.md5(content, usedforsecurity=False).hexdigest() for content in ("über".encode(), b"")
    ]


@pytest.mark.skipif(sys.platform == "darwin", reason="macOS takes no such name")
def test_a_name_that_is_not_utf_8_is_refused(tmp_path: Path) -> None:
    Path(os.fsdecode(os.fsencode(tmp_path) + b"/caf\xe9.html")).touch()
    with pytest.raises(OutputError, match="not UTF-8") as caught:
        read_site(tmp_path)
    str(caught.value).encode()  # can be printed


def test_a_name_that_xml_cannot_hold_is_refused(tmp_path: Path) -> None:
    (tmp_path / "a\x07.html").touch()
    with pytest.raises(OutputError, match="control character"):
        read_site(tmp_path)


def test_a_path_longer_than_a_key_is_refused(tmp_path: Path) -> None:
    deep = tmp_path.joinpath(*["ü" * 100] * 6)
    deep.mkdir(parents=True)
    (deep / "index.html").touch()
    with pytest.raises(OutputError, match="longer path than S3 takes"):
        read_site(tmp_path)


@pytest.mark.skipif(not Path("/proc/self/mem").exists(), reason="needs a file that not even root can read")
def test_a_file_that_cannot_be_read_is_named(tmp_path: Path) -> None:
    (tmp_path / "secret.html").symlink_to("/proc/self/mem")
    with pytest.raises(OutputError, match=r"secret\.html: cannot be read"):
        read_site(tmp_path)
