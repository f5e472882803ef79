"""What pages and stylesheets load, by directive of the policy."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from site_gen.policy.loads import loads_of_stylesheet, read_page

PAGE = "https://cv.example.com/blog/"


def found(html: str) -> list[tuple[str, str]]:
    return [(load.directive, load.url or load.what) for load in read_page(html, PAGE).loads]


@pytest.mark.parametrize(
    ("html", "expected"),
    [
        ("<script>x()</script>", [("script-src-elem", "an inline script")]),
        ("<script type=module>x()</script>", [("script-src-elem", "an inline script")]),
        ('<script type="application/ld+json">{"a": "<img src=x>"}</script>', []),
        ("<script></script>", []),
        ("<script src=a.js>ignored()</script>", [("script-src-elem", f"{PAGE}a.js")]),
        ("<!-- <script>x()</script> -->", []),
        ("<p ONCLICK='x()'>", [("script-src-attr", "the event handler onclick")]),
        ("<p on=1 once=1>", []),
        ("<my-card onboarding='yes' ongoing=1>", []),
        ("<textarea><script>x()</script></textarea><script>y()</script>", [("script-src-elem", "an inline script")]),
        ("<title><script>x()</script></title>", []),
        ("<xmp><img src=a.png></xmp>", []),
        ("<template><script>x()</script><template></template><img src=a.png></template>", []),
        ("<template shadowrootmode=open><img src=a.png></template>", [("img-src", f"{PAGE}a.png")]),
        ("<template></template></template><img src=a.png>", [("img-src", f"{PAGE}a.png")]),
        ("<a href=' javascript:void(0)'>", [("script-src-elem", "the javascript: URL in href")]),
        ("<a href='https://elsewhere.net'>", []),
        ("<style>p{}</style>", [("style-src-elem", "an inline stylesheet")]),
        ("<p style='color:red'>", [("style-src-attr", "an inline style attribute")]),
        (
            "<p style='background:url(x.png)'>",
            [("style-src-attr", "an inline style attribute"), ("img-src", f"{PAGE}x.png")],
        ),
        ("<link rel=stylesheet href=//cdn.net/a.css>", [("style-src-elem", "https://cdn.net/a.css")]),
        (
            "<link rel=stylesheet href='https://fonts.googleapis.com/css2?family=Inter'>",
            [
                ("style-src-elem", "https://fonts.googleapis.com/css2?family=Inter"),
                ("font-src", "https://fonts.gstatic.com/"),
            ],
        ),
        ("<link rel='shortcut icon' href=/i.ico>", [("img-src", "https://cv.example.com/i.ico")]),
        ("<link rel=canonical href=https://cdn.net/>", []),
        ("<link rel=preload as=font href=f.woff2>", [("font-src", f"{PAGE}f.woff2")]),
        ("<link rel=manifest href=m.json>", [("manifest-src", f"{PAGE}m.json")]),
        ("<img src=a.png srcset='b.png 1x, c.png 2x,d.png'>", [("img-src", f"{PAGE}{name}.png") for name in "abcd"]),
        ("<img src=''><img src=#x>", []),
        ("<video src=v.mp4 poster=p.jpg>", [("media-src", f"{PAGE}v.mp4"), ("img-src", f"{PAGE}p.jpg")]),
        ("<iframe src=https://youtube.com/embed/1></iframe>", [("frame-src", "https://youtube.com/embed/1")]),
        ("<iframe src=about:blank></iframe>", []),
        ("<object data=o.pdf></object>", [("object-src", f"{PAGE}o.pdf")]),
        ("<form action=https://forms.net/f>", [("form-action", "https://forms.net/f")]),
        ("<form><button>", []),
        (
            "<base href=/other/><img src=a.png>",
            [("base-uri", "https://cv.example.com/other/"), ("img-src", "https://cv.example.com/other/a.png")],
        ),
        ("<img src='https://[bad'>", []),
    ],
)
def test_the_loads_of_a_page(html: str, expected: list[tuple[str, str]]) -> None:
    assert found(html) == expected


def test_the_line_is_that_of_the_element() -> None:
    (load,) = read_page("<!doctype html>\r\n<p>\r\n<script>\r\nx()\r\n</script>", PAGE).loads
    assert (load.line, load.inline) == (3, "\nx()\n")


def test_the_loads_of_a_stylesheet() -> None:
    css = """@charset "utf-8"; @import "a.css"; @import url(b.css);
/* url(no.png) */ @namespace url(http://www.w3.org/1999/xhtml);
@font-face { font-family: "F"; src: local("F"), url("f.woff2") format("woff2") }
p { background: url('data:image/png;base64,AA'), url( x.png ); mask: url(#m); content: "url(no.png)" }"""
    loads = [(load.directive, load.url, load.line) for load in loads_of_stylesheet(css, f"{PAGE}s/a.css")]
    assert loads == [
        ("style-src-elem", f"{PAGE}s/a.css", 1),
        ("style-src-elem", f"{PAGE}s/b.css", 1),
        ("font-src", f"{PAGE}s/f.woff2", 3),
        ("img-src", "data:image/png;base64,AA", 4),
        ("img-src", f"{PAGE}s/x.png", 4),
    ]


@given(st.text("<>/=\"' \nabsrcscriptonclick:;{}@url()", max_size=80))
def test_any_text_is_read(text: str) -> None:
    assert read_page(text, PAGE) == read_page(text, PAGE)
    list(loads_of_stylesheet(text, PAGE))
