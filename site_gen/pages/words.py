"""The theme's own words and dates in the language of the résumé; English for a language that is not in words.json."""

from __future__ import annotations

import json
from functools import cache
from pathlib import Path
from typing import Any

WORDS = Path(__file__).with_name("words.json")
FALLBACK = "en"


@cache
def words_of(language: str) -> dict[str, Any]:
    """Return section or phrase → text on the page. language: a language tag, of which only the first part counts."""
    languages: dict[str, dict[str, Any]] = json.loads(WORDS.read_text(encoding="utf-8"))
    return {**languages[FALLBACK], **languages.get(language.split("-", maxsplit=1)[0], {})}


def format_date(value: str, words: dict[str, Any]) -> str:
    """Format a date: "2021" → "2021"; "2021-03" and "2021-03-14" → "Mar 2021".

    Not by strftime: its names depend on the machine's locale, and the same résumé must give the same bytes everywhere.
    """
    year, _, rest = value.partition("-")
    if not rest:
        return year
    return str(words["month"]).format(year=year, month=words["months"][int(rest[:2]) - 1])
