"""The HTTP headers of each file of a site."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from deployment.site.headers import (
    A_YEAR_IMMUTABLE,
    REVALIDATED,
    Headers,
    cache_control,
    content_type,
    headers,
    is_hashed,
)
from site_gen.pages.assets import publish


@pytest.mark.parametrize(
    ("key", "expected"),
    [
        ("index.html", "text/html; charset=utf-8"),
        ("a/b/INDEX.HTML", "text/html; charset=utf-8"),
        ("old.htm", "text/html; charset=utf-8"),
        ("page.xhtml", "application/xhtml+xml; charset=utf-8"),
        ("style.css", "text/css; charset=utf-8"),
        ("counter.js", "text/javascript; charset=utf-8"),
        ("counter.mjs", "text/javascript; charset=utf-8"),
        ("resume.json", "application/json; charset=utf-8"),
        ("places.geojson", "application/geo+json; charset=utf-8"),
        ("counter.js.map", "application/json; charset=utf-8"),
        ("site.webmanifest", "application/manifest+json; charset=utf-8"),
        ("icon.svg", "image/svg+xml; charset=utf-8"),
        ("icon.svgz", "image/svg+xml"),
        ("feed.atom", "application/atom+xml; charset=utf-8"),
        ("feed.rss", "application/rss+xml; charset=utf-8"),
        ("sitemap.xml", "application/xml; charset=utf-8"),
        ("robots.txt", "text/plain; charset=utf-8"),
        ("README.md", "text/markdown; charset=utf-8"),
        ("table.csv", "text/csv; charset=utf-8"),
        ("me.vcf", "text/vcard; charset=utf-8"),
        ("subtitles.vtt", "text/vtt; charset=utf-8"),
        ("resume.pdf", "application/pdf"),
        ("font.woff", "font/woff"),
        ("font.woff2", "font/woff2"),
        ("font.ttf", "font/ttf"),
        ("font.otf", "font/otf"),
        ("font.eot", "application/vnd.ms-fontobject"),
        ("me.webp", "image/webp"),
        ("me.avif", "image/avif"),
        ("me.jpg", "image/jpeg"),
        ("me.JPEG", "image/jpeg"),
        ("me.png", "image/png"),
        ("me.gif", "image/gif"),
        ("favicon.ico", "image/x-icon"),
        ("count.wasm", "application/wasm"),
        ("film.mp4", "video/mp4"),
        ("film.webm", "video/webm"),
        ("song.mp3", "audio/mpeg"),
        ("style.css.gz", "application/gzip"),
        ("archive.tar.gz", "application/gzip"),
        ("archive.zip", "application/zip"),
        ("no-suffix", "application/octet-stream"),
        (".well-known/apple-app-site-association", "application/json; charset=utf-8"),
        (".well-known/security.txt", "text/plain; charset=utf-8"),
        ("unheard.of", "application/octet-stream"),
        ("data:text/html,odd.png", "image/png"),
        ("Lebenslauf für alle.html", "text/html; charset=utf-8"),
    ],
)
def test_content_types(key: str, expected: str) -> None:
    assert content_type(key) == expected


@given(st.text(min_size=1), st.booleans())
def test_every_name_has_a_type_and_only_utf_8_text_has_a_charset(key: str, utf_8: bool) -> None:
    kind, _, charset = content_type(key, utf_8=utf_8).partition("; ")
    assert "/" in kind
    assert charset in ({"", "charset=utf-8"} if utf_8 else {""})
    assert not (charset and kind.startswith(("image/png", "font/", "video/", "audio/")))


@pytest.mark.parametrize(
    ("key", "gzipped", "encoding"), [("a.svgz", True, "gzip"), ("a.svgz", False, ""), ("a.gz", True, "")]
)
def test_only_a_compressed_svg_has_a_content_encoding(key: str, gzipped: bool, encoding: str) -> None:
    """Other compressed files are downloads: x.css.gz is served as an archive."""
    assert headers(key, utf_8=False, gzipped=gzipped).content_encoding == encoding


def test_pages_are_recognized() -> None:
    assert Headers("text/html; charset=utf-8", "").is_page
    assert Headers("application/xhtml+xml", "").is_page
    assert not Headers("text/css; charset=utf-8", "").is_page


@pytest.mark.parametrize("name", ["style.css", "images/me.small.jpg", "LICENSE", "archive.tar.gz"])
def test_hashed_names_are_cached_for_a_year(name: str) -> None:
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
def test_a_name_without_a_hash_is_revalidated(key: str) -> None:
    """In a custom site, the folder assets has no special meaning."""
    assert not is_hashed(key)
    assert cache_control(key) == REVALIDATED
