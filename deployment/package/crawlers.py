"""The list of known crawlers and headless browsers, in the format of router/visitors/crawlers.py. Pure.

Source: the package `crawler-user-agents` (MIT), plus the additions below. Most of its patterns are plain strings, which
the router searches for without compiling; the remaining patterns are joined into one regular expression.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from functools import cache

PLACE = "visitors/crawlers.txt"

NOTICE = "# From crawler-user-agents, copyright Martin Monperrus and contributors, MIT licence"

ALSO = ("Bun/", "Cypress/", "Deno/", "SlimerJS/", "jsdom/", "websocket-client/", "websockets/", r"^Java/", r"^node$")
"""Automation tools and WebSocket client libraries missing in version 1.67.0 of the package."""

NOT = frozenset({"Amazon CloudFront"})
"""The user agent of every request through a distribution that does not forward the header."""


_PLAIN = re.compile(r"(?:[^\\^$.|?*+()\[\]{}]|\\\W)+")
"""A pattern of literal or escaped characters only."""


def known_patterns() -> list[str]:
    """Return the regular expressions of the package."""
    import crawleruseragents

    return [entry["pattern"] for entry in crawleruseragents.CRAWLER_USER_AGENTS_DATA]


@cache
def known_list() -> bytes:
    """Return the content of the shipped file."""
    return crawler_list(known_patterns())


def crawler_list(patterns: Iterable[str]) -> bytes:
    """Return the content of the file: the notice, a regular expression for all patterns that are not plain strings (one
    that matches nothing if there are none), then the plain strings, sorted. Raises re.error for an invalid pattern.
    """
    texts: set[str] = set()
    expressions: set[str] = set()
    for pattern in {*patterns, *ALSO} - NOT:
        text = _plain_text(pattern)
        if text is None:
            re.compile(pattern)
            expressions.add(pattern)
        else:
            texts.add(text)
    expression = "|".join(f"(?:{pattern})" for pattern in sorted(expressions)) or "(?!)"
    return "\n".join([NOTICE, expression, *sorted(texts)]).encode() + b"\n"


def _plain_text(pattern: str) -> str | None:
    """Return the only string that a pattern matches, None if it matches several."""
    return re.sub(r"\\(\W)", r"\1", pattern) if _PLAIN.fullmatch(pattern) else None
