from __future__ import annotations

import hashlib
import re
from pathlib import PurePosixPath

from hypothesis import given
from hypothesis import strategies as st

from site_gen.pages.assets import hash_assets


def test_the_name_carries_the_hash_of_the_content() -> None:
    digest = hashlib.sha256(b"code").hexdigest()[:12]
    assert hash_assets({"count.js": b"code"})["count.js"].path == PurePosixPath(f"assets/count.{digest}.js")


@given(st.binary(), st.binary())
def test_names_are_equal_exactly_when_contents_are(one: bytes, other: bytes) -> None:
    assets = hash_assets({"a/x.bin": one, "b/x.bin": other})
    assert (assets["a/x.bin"].path == assets["b/x.bin"].path) == (one == other)
    assert re.fullmatch(r"assets/x\.[0-9a-f]{12}\.bin", str(assets["a/x.bin"].path))


def test_a_stylesheet_points_to_published_names_and_leaves_the_rest() -> None:
    foreign = b"url('data:image/png;base64,AA') url(https://x.example)"
    css = b'a { src: url(font.woff2) url( "../images/p.png" ) ' + foreign + b" }"
    sources = {"css/style.css": css, "css/font.woff2": b"font", "images/p.png": b"picture"}
    assets = hash_assets(sources)
    text = assets["css/style.css"].content.decode()
    assert f'url("{assets["css/font.woff2"].path.name}")' in text
    assert f'url("{assets["images/p.png"].path.name}")' in text
    assert foreign.decode() in text


def test_a_new_font_gives_its_stylesheet_a_new_name() -> None:
    css = b"a { src: url(font.woff2) }"
    before = hash_assets({"style.css": css, "font.woff2": b"one"})["style.css"].path
    after = hash_assets({"style.css": css, "font.woff2": b"two"})["style.css"].path
    assert before != after
