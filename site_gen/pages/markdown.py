"""Markdown in a résumé's texts → HTML that is safe to put into the page.

CommonMark without what a résumé must not bring along: HTML (shown as it was typed), images (the page asks nobody for
one) and headings (they would break the page's outline). A link that does not navigate, `javascript:` for instance,
stays the text it was.
"""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING

from markdown_it import MarkdownIt
from markupsafe import Markup

from site_gen.resume.links import is_safe_link

if TYPE_CHECKING:
    from collections.abc import Iterable

    from markdown_it.token import Token

LEFT_OUT = ["html_block", "html_inline", "image", "heading", "lheading", "hr", "code", "reference"]


@cache
def _parser() -> MarkdownIt:
    # Line ends are kept: nobody wraps lines inside a JSON string, so whoever wrote \n means one.
    parser = MarkdownIt("commonmark", {"html": False, "breaks": True}).disable(LEFT_OUT)
    parser.validateLink = is_safe_link  # type: ignore[method-assign]  # its documented way to be told
    return parser


def blocks(text: str | None) -> Markup:
    """Paragraphs, lists and quotations; empty for no text."""
    return Markup(_parser().render(text or ""))  # noqa: S704 - escaped by the parser, HTML is off


def line(text: str | None) -> Markup:
    """Emphasis, code and links within one line, as a bullet has them."""
    return Markup(_parser().renderInline(" ".join((text or "").split())))  # noqa: S704 - as above


def plain(text: str | None) -> str:
    """The words alone, for the page's head."""
    return " ".join("".join(_words(_parser().parse(text or ""))).split())


def _words(tokens: Iterable[Token]) -> Iterable[str]:
    for token in tokens:
        if token.children:
            yield from _words(token.children)
            yield " "
        elif token.type in {"softbreak", "hardbreak"}:
            yield " "
        else:
            yield token.content
