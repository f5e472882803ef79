"""The theme's own words, in the language of the résumé; English for a language that is not in words.json.

A word that depends on a number has a form for each plural category of its language (`formats.plural`), in which {n} is
the number. The forms of "counter" are read by the visitor counter too.
"""

from __future__ import annotations

import json
from functools import cache
from pathlib import Path
from typing import Any

WORDS = Path(__file__).with_name("words.json")
FALLBACK = "en"


def words_of(language: str) -> dict[str, Any]:
    """Return section or phrase → text on the page. language: a language tag, of which only the first part counts."""
    return _languages()[language_of_words(language)]


def language_of_words(language: str) -> str:
    """Return the language whose words a page in `language` has: its own without the region, else English."""
    spoken = language.partition("-")[0]
    return spoken if spoken in _languages() else FALLBACK


def translated_languages() -> tuple[str, ...]:
    """Return the languages that words.json has, as tags."""
    return tuple(_languages())


@cache
def _languages() -> dict[str, dict[str, Any]]:
    languages: dict[str, dict[str, Any]] = json.loads(WORDS.read_text(encoding="utf-8"))
    return languages
