"""The list of known crawlers and headless automation, as the router reads it (router/visitors/crawlers.py). Pure.

Source: the package `crawler-user-agents` (MIT), kept up to date by many; what it leaves out is added here. Most of its
patterns are plain texts. To look for texts takes a tenth of a millisecond, and nothing to prepare; the few that are
more than a text become one expression.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from functools import cache

PLACE = "visitors/crawlers.txt"

NOTICE = "# From crawler-user-agents, copyright Martin Monperrus and contributors, MIT licence"

ALSO = ("Bun/", "Cypress/", "Deno/", "SlimerJS/", "jsdom/", "websocket-client/", "websockets/", r"^Java/", r"^node$")
"""Automation and WebSocket clients of scripts, which the package does not know as of 1.67.0."""

NOT = frozenset({"Amazon CloudFront"})
"""What our own distribution would call everybody, if it were told not to forward user agents."""


_PLAIN = re.compile(r"(?:[^\\^$.|?*+()\[\]{}]|\\\W)+")
"""Characters that stand for themselves, by nature or by a backslash."""


def known_patterns() -> list[str]:
    """The package's regular expressions."""
    import crawleruseragents

    return [entry["pattern"] for entry in crawleruseragents.CRAWLER_USER_AGENTS_DATA]


@cache
def known_list() -> bytes:
    """The file that is shipped."""
    return crawler_list(known_patterns())


def crawler_list(patterns: Iterable[str]) -> bytes:
    """The file: the notice, one expression for all patterns that need one, then the texts, sorted. Where none needs one
    the expression matches nothing. Raises re.error for a pattern that is not one."""
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
    """The text that a pattern stands for, None if it stands for more than one."""
    return re.sub(r"\\(\W)", r"\1", pattern) if _PLAIN.fullmatch(pattern) else None
