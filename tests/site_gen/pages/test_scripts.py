"""Prepared scripts: smaller, and still the same program."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pygments.lexers.javascript import JavascriptLexer
from pygments.token import Comment, Whitespace

from site_gen.pages.scripts import ship_scripts, without_layout


@pytest.mark.parametrize(
    ("written", "shipped"),
    [
        ("let a = 1; // one\nlet b = 2;\n", "let a=1;let b=2;"),
        ("/* a\n * note */\nreturn a", "return a"),
        ("const text = 'https://example.com/* no comment */';", "const text='https://example.com/* no comment */';"),
        ("const text = `two  ${ a } // blanks`;", "const text=`two  ${a} // blanks`;"),
        ("const wanted = /[/*]+ \\/\\//g;", "const wanted=/[/*]+ \\/\\//g;"),
        ("a = b\n(c)", "a=b\n(c)"),
        ("a = b + +c - -d", "a=b+ +c- -d"),
        ("a\n++b", "a\n++b"),
        ("return\na", "return\na"),
        ("get #count() { return this.#count in x }", "get #count(){return this.#count in x}"),
    ],
)
def test_what_only_people_read_goes(written: str, shipped: str) -> None:
    assert without_layout(written) == shipped


def tokens(script: str) -> list[str]:
    found = JavascriptLexer(stripnl=False, ensurenl=False).get_tokens(script)
    return [text for kind, text in found if text and kind not in Comment and kind not in Whitespace]


PIECES = st.sampled_from(
    [
        "a",
        "in",
        "1",
        "'b c'",
        "`d ${e} f`",
        "+",
        "-",
        "=",
        "(",
        ")",
        "{",
        "}",
        ";",
        ",",
        ".",
        "/* x */",
        "// y\n",
        "\n",
        " ",
    ]
)


@given(st.lists(PIECES, max_size=30).map(" ".join))
def test_the_program_stays_the_same(script: str) -> None:
    assert tokens(without_layout(script)) == tokens(script)


def test_the_names_of_a_script_that_is_no_block_stay_as_they_are() -> None:
    """Other scripts may use them, and text may look like them."""
    shipped = ship_scripts({"a.js": b"const MAX = 1;\nconst o = { MAX, b: 'MAX is MAX' };\nf(o.MAX);\n"})
    assert shipped == {"a.js": b"const MAX=1;const o={MAX,b:'MAX is MAX'};f(o.MAX);"}


def test_a_stylesheet_is_shipped_inside_the_script_that_includes_it() -> None:
    shipped = ship_scripts({"a.js": b'const CSS = "include a.css";\n', "a.css": b"p { color: red }"})
    assert shipped == {"a.js": b'const CSS="p{color:red}";'}


def test_the_words_that_a_script_needs_are_shipped_inside_it_but_what_is_said_without_scripts_is_not() -> None:
    source = {"a.js": b'const WORDS = "include words counter";\n'}
    shipped = ship_scripts(source)["a.js"].decode()
    assert shipped.startswith(
        'const WORDS={en:{visits:{one:"visit",other:"visits"},here:"{n} here now",connecting:"connect'
    )
    assert "so far" not in shipped
    assert ship_scripts(source, ("tlh", "en-GB"))["a.js"].decode() == shipped, "no words of their own"
