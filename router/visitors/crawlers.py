"""Whether a user agent is a known crawler or headless automation: those are told the count and do not add to it.

The list is made when the function is packaged (deployment/package/crawlers.py) and lies beside this file: a line of
notice, a regular expression, then texts of which none is in a person's user agent, one a line. It is read when the
first socket opens and not before: about 1 ms. Run from a checkout there is no list, and only those without a user
agent are known, since a browser always names itself.
"""

from __future__ import annotations

import functools
import re
from pathlib import Path

LIST = Path(__file__).with_name("crawlers.txt")
_LONGEST = 1024


def is_crawler(user_agent: str) -> bool:
    expression, texts = _known()
    shown = user_agent[:_LONGEST]
    return not shown.strip() or any(text in shown for text in texts) or bool(expression and expression.search(shown))


@functools.cache
def _known() -> tuple[re.Pattern[str] | None, tuple[str, ...]]:
    try:
        _notice, expression, *texts = LIST.read_text(encoding="utf-8").splitlines()
    except FileNotFoundError:
        return None, ()
    return re.compile(expression), tuple(texts)
