"""The detection of crawlers and headless browsers by user agent. They receive the count but are not counted.

The packaging of the function (deployment/package/crawlers.py) creates the list next to this file: a copyright notice, a
regular expression, then substrings that do not occur in user agents of browsers, one per line. The first connection
loads it, which takes about 1 ms. In a checkout there is no list, and only an empty user agent is detected, since
browsers always send one.
"""

from __future__ import annotations

import functools
import re
from pathlib import Path

LIST = Path(__file__).with_name("crawlers.txt")
_MAX_LENGTH = 1024


def is_crawler(user_agent: str) -> bool:
    """Return True if the user agent is empty or that of a known crawler."""
    expression, parts = _patterns()
    text = user_agent[:_MAX_LENGTH]
    return not text.strip() or any(part in text for part in parts) or bool(expression and expression.search(text))


@functools.cache
def _patterns() -> tuple[re.Pattern[str] | None, tuple[str, ...]]:
    try:
        _notice, expression, *parts = LIST.read_text(encoding="utf-8").splitlines()
    except FileNotFoundError:
        return None, ()
    return re.compile(expression), tuple(parts)
