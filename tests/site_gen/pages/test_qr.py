"""The QR code of print."""

from __future__ import annotations

import re

import segno

from site_gen.pages.qr import svg


def test_it_is_a_picture_with_a_name_and_without_styles() -> None:
    drawn = svg('https://example.com/?a="b"&c=<d>')
    assert drawn.startswith(
        '<svg class="qr" role="img" aria-label="https://example.com/?a=&#34;b&#34;&amp;c=&lt;d&gt;"'
    )
    assert "style" not in drawn, "the security policy blocks inline styles"


def test_its_modules_are_those_of_the_address() -> None:
    address = "https://example.com/"
    drawn = svg(address)
    black = sum(int(length) for length in re.findall(r"h(\d+)", drawn))
    assert black == sum(map(sum, segno.make_qr(address, error="m").matrix))
