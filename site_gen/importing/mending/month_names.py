"""Names of months, and words for "until today", in the languages of the page."""

from __future__ import annotations

import json
import unicodedata
from functools import cache
from pathlib import Path

from site_gen.languages.formats import month_names
from site_gen.languages.words import translated_languages, words_of
from site_gen.resume.normalization import ONGOING

MONTHS = Path(__file__).with_name("months.json")
SHORTEST = 2
"""Letters of a name; the shortest is Arabic."""

NO_MONTHS = {"outono", "marketing", "decade"}
"""Words that begin like a month; the first is the Portuguese autumn."""

UNTIL_TODAY = {
    *("till now", "until now", "to date", "to present", "till date", "til now", "-", "–", "—", "?"),
    *("bis heute", "jetzt", "aktuell", "laufend", "à ce jour", "en cours", "actuel", "actuellement", "maintenant"),
    *("hoy", "presente", "actual", "actualmente", "a la fecha", "até o momento", "atualmente", "hoje", "attuale"),
    *("in corso", "ad oggi", "huidig", "nuvarande", "pågående", "настоящее время", "по настоящее время", "н.в."),
    *("günümüz", "halen", "devam ediyor", "현재", "वर्तमान", "今", "目前", "حتى الآن", "כיום"),
}
"""Values of an end date that mean that it has not come, besides those of the page and of `normalization`."""


def folded(text: str) -> str:
    """Return the text for a comparison: without case, accents and dots."""
    letters = unicodedata.normalize("NFKD", text.casefold())
    return "".join(letter for letter in letters if not unicodedata.combining(letter)).strip(" .׳'’")


def month_of(word: str) -> int | None:
    """Return the number of the month that a word names or abbreviates, None if it is no month."""
    name = folded(word)
    if name in NO_MONTHS:
        return None
    known = [start for start in _months() if name.startswith(start)]
    return _months()[max(known, key=len)] if known else None


def means_until_today(text: str) -> bool:
    """Return True for a word such as "heute", in any of the languages."""
    return folded(text) in _until_today()


@cache
def _months() -> dict[str, int]:
    """Return the beginning of a name → the month's number."""
    own = json.loads(MONTHS.read_text(encoding="utf-8"))
    names = [(name, number) for number in range(1, 13) for name in own[str(number)]]
    names += [named for language in translated_languages() for named in month_names(language)]
    found = {folded(name): number for name, number in names if not name[:1].isdigit()}
    return {name: number for name, number in found.items() if len(name) >= SHORTEST}


@cache
def _until_today() -> set[str]:
    own = {words_of(language)["present"] for language in translated_languages()}
    return {folded(text) for text in own | ONGOING | UNTIL_TODAY}
