"""Names of months, and words for "until today", in the languages of the page. Source of the months: CLDR, by Babel."""

from __future__ import annotations

import unicodedata
from functools import cache

from babel import Locale

from site_gen.languages.words import translated_languages, words_of
from site_gen.resume.normalization import ONGOING

SHORTEST = 3
"""Letters that must be there of a name that is cut short."""

OTHER_NAMES = {
    "mrz": 3,
    "maerz": 3,
    "setiembre": 9,
    "sept": 9,
    "شباط": 2,
    "آذار": 3,
    "نيسان": 4,
    "أيار": 5,
    "حزيران": 6,
    "تموز": 7,
    "آب": 8,
    "أيلول": 9,
}
"""Names that CLDR does not have for these languages: older spellings, and Arabic ones of the Levant."""

UNTIL_TODAY = {
    *("till now", "until now", "to date", "to present", "till date", "til now", "pursuing", "-", "–", "—", "?"),
    *("bis heute", "jetzt", "aktuell", "laufend", "à ce jour", "en cours", "actuel", "actuellement", "maintenant"),
    *("hoy", "presente", "actual", "actualmente", "a la fecha", "até o momento", "atualmente", "hoje", "attuale"),
    *("in corso", "ad oggi", "huidig", "nuvarande", "pågående", "настоящее время", "по настоящее время", "н.в."),
    *("günümüz", "halen", "devam ediyor", "현재", "वर्तमान", "今", "目前", "حتى الآن", "כיום"),
}
"""Values of an end date that mean that it has not come, besides those of the page and of `normalization`."""


def folded(text: str) -> str:
    """Return the text for a comparison: without case, accents and dots."""
    letters = unicodedata.normalize("NFKD", text.casefold())
    return "".join(letter for letter in letters if not unicodedata.combining(letter)).strip(" .׳॰'’")


def month_of(word: str) -> int | None:
    """Return the number of the month that a word names, also cut short; None if it is no month, or can be two."""
    name = folded(word)
    if name in _months():
        return _months()[name]
    found = {month for known, month in _months().items() if len(name) >= SHORTEST and known.startswith(name)}
    return found.pop() if len(found) == 1 else None


def means_until_today(text: str) -> bool:
    """Return True for a word such as "heute", in any of the languages."""
    return folded(text) in _until_today()


@cache
def _months() -> dict[str, int]:
    """Return name or abbreviation → the month's number."""
    names = dict(OTHER_NAMES)
    for language in translated_languages():
        months = Locale.parse(language).months
        for use in ("format", "stand-alone"):
            for width in ("wide", "abbreviated"):
                names |= {name: number for number, name in months[use][width].items() if not name[:1].isdigit()}
    return {folded(name): number for name, number in names.items()}


@cache
def _until_today() -> set[str]:
    own = {str(words_of(language)["present"]) for language in translated_languages()}
    return {folded(text) for text in own | ONGOING | UNTIL_TODAY}
