"""Markdown in a résumé's texts → HTML that is safe to put into the page.

CommonMark without what a résumé must not contain: HTML (shown as typed), images (the page loads nothing from other
sites) and headings (they would break the page's outline). A link whose scheme is not allowed, such as `javascript:`,
remains text.
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
    # Line ends are kept: nobody wraps lines inside a JSON string, so a \n in it is intended.
    parser = MarkdownIt("commonmark", {"html": False, "breaks": True}).disable(LEFT_OUT)
    parser.validateLink = is_safe_link  # type: ignore[method-assign]  # the documented way to set it
    return parser


def blocks(text: str | None) -> Markup:
    """Render paragraphs, lists and quotations; return an empty text for None."""
    return Markup(_parser().render(text or ""))  # noqa: S704 - escaped by the parser, HTML is off


def line(text: str | None) -> Markup:
    """Render emphasis, code and links within one line, for instance a bullet point."""
    return Markup(_parser().renderInline(" ".join((text or "").split())))  # noqa: S704 - as above


def plain(text: str | None) -> str:
    """Return the words without markup, for the page's head."""
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
