"""Dates, numbers and plurals as a language writes them. Source: the Unicode Common Locale Data Repository, by Babel.

Not by the machine's locale: the same résumé must give the same bytes everywhere. A page whose words are English,
because nobody has translated them, has English dates too.
"""

from __future__ import annotations

import datetime
import re
from collections.abc import Mapping
from functools import cache

from babel import Locale, UnknownLocaleError
from babel.dates import format_skeleton
from babel.numbers import format_decimal
from babel.units import format_unit

from site_gen.languages.words import language_of_words

_NARROW_SPACE = "\u202f"
"""The no-break space of some locales, which few fonts have: printed, it would come from another font."""

TAG = re.compile(r"[a-z]{2,3}(-[A-Z][a-z]{3})?(-([A-Z]{2}|[0-9]{3}))?")
"""Language, script, region. Source: RFC 5646, section 2.1.1."""

_MONTHS = 12


def format_date(value: str, language: str) -> str:
    """Format a date: "2021" → "2021"; "2021-03" and "2021-03-14" → "Mar 2021"."""
    year, _, rest = value.partition("-")
    if not rest:
        return year
    month = datetime.date(int(year), int(rest[:2]), 1)
    return format_skeleton("yMMM", month, locale=_locale(language)).replace(_NARROW_SPACE, "\u00a0")


def format_number(value: int, language: str) -> str:
    """Format a number: 1234567 → "1,234,567"."""
    return str(format_decimal(value, locale=_locale(language)))


def plural(forms: Mapping[str, str], number: int, language: str) -> str:
    """Return the form for a number. forms: by CLDR's plural categories, of which "other" is always there."""
    return forms.get(_locale(language).plural_form(number), forms["other"])


def format_duration(start: str, end: str, language: str) -> str:
    """Format the time between two months, both included: "2 yrs 3 mths"; an empty text if either has no month.

    Dates of years alone leave up to two years open, so that a duration would say more than is known.
    """
    if "-" not in start or "-" not in end:
        return ""
    months = _month_number(end) - _month_number(start) + 1
    if months < 1:
        return ""
    parts = (("duration-year", months // _MONTHS), ("duration-month", months % _MONTHS))
    locale = _locale(language)
    texts = [format_unit(number, unit, length="short", locale=locale) for unit, number in parts if number]
    return " ".join(texts).replace(_NARROW_SPACE, "\u00a0")


def _month_number(value: str) -> int:
    return int(value[:4]) * _MONTHS + int(value[5:7])


def language_name(language: str) -> str:
    """Return the language's name in itself: "fr" → "Français"; the tag of a language that CLDR does not have."""
    locale = _parse(language)
    name = (locale.get_display_name(locale) if locale else None) or language
    return name[0].upper() + name[1:]


def is_language(tag: str) -> bool:
    """Return True for the tag of a language of CLDR, in the shortest form and the usual case: fr, pt-BR, sr-Latn."""
    locale = _exact(tag) if TAG.fullmatch(tag) else None
    return locale is not None and locale.language == tag.partition("-")[0]


@cache
def _locale(language: str) -> Locale:
    words = language_of_words(language)
    own = _parse(language) if language.startswith(words) else None
    return own or Locale.parse(words)


@cache
def _parse(language: str) -> Locale | None:
    """Return the locale of a tag, or of its language if CLDR does not have the region; None for what is no language."""
    return _exact(language) or _exact(language.partition("-")[0])


def _exact(tag: str) -> Locale | None:
    try:
        return Locale.parse(tag, sep="-")
    except (UnknownLocaleError, ValueError):
        return None
