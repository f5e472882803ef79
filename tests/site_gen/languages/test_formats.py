from __future__ import annotations

import pytest

from site_gen.languages.formats import format_date, format_duration, format_number, is_language, language_name, plural
from site_gen.languages.words import translated_languages, words_of

VISITS = words_of("ru")["counter"]["visits"]


@pytest.mark.parametrize(
    ("value", "shown"), [("2021", "2021"), ("2021-03", "Mar 2021"), ("2021-12-31", "Dec 2021"), ("2021-01", "Jan 2021")]
)
def test_dates_are_shown_by_month(value: str, shown: str) -> None:
    assert format_date(value, "en") == shown


@pytest.mark.parametrize(
    ("language", "shown"),
    [
        ("de-AT", "März 2021"),
        ("ja", "2021年3月"),
        ("ko", "2021년 3월"),
        ("ru", "март 2021\xa0г."),
        ("hi", "मार्च 2021"),
        ("tr", "Mar 2021"),
        ("pt-BR", "mar. de 2021"),
        ("de-XX", "März 2021"),
        ("pl", "Mar 2021"),
        ("tlh", "Mar 2021"),
    ],
)
def test_other_languages_write_dates_their_own_way(language: str, shown: str) -> None:
    assert format_date("2021-03", language) == shown


@pytest.mark.parametrize("language", translated_languages())
def test_no_date_has_a_space_that_few_fonts_have(language: str) -> None:
    for month in range(1, 13):
        assert "\u202f" not in format_date(f"2021-{month:02}", language)
        assert "\u202f" not in format_duration("2019-01", f"2021-{month:02}", language)


def test_numbers_are_grouped_as_the_language_does() -> None:
    shown = [format_number(1234567, language) for language in ("en", "de", "hi")]
    assert shown == ["1,234,567", "1.234.567", "12,34,567"]


def test_the_form_of_a_word_follows_the_number() -> None:
    forms = [plural(VISITS, number, "ru") for number in (1, 2, 5, 11, 21)]
    assert forms == ["посещение", "посещения", "посещений", "посещений", "посещение"]
    assert plural({"other": "visits"}, 1, "en") == "visits"


@pytest.mark.parametrize(
    ("start", "end", "shown"),
    [
        ("2020-01", "2020-01", "1 mth"),
        ("2020-01", "2020-12", "1 yr"),
        ("2019-03", "2021-05-31", "2 yrs 3 mths"),
        ("2019", "2021", ""),
        ("2019-03", "2021", ""),
        ("2021-05", "2021-03", ""),
    ],
)
def test_a_duration_counts_both_months_and_claims_no_more_than_the_dates_say(start: str, end: str, shown: str) -> None:
    assert format_duration(start, end, "en") == shown


def test_a_language_is_named_in_itself() -> None:
    names = [language_name(tag) for tag in ("fr", "pt-BR", "de-XX", "tlh")]
    assert names == ["Français", "Português (Brasil)", "Deutsch", "Tlh"]


@pytest.mark.parametrize("tag", ["fr", "pt-BR", "zh-TW", "sr-Latn", "es-419", "yue"])
def test_languages(tag: str) -> None:
    assert is_language(tag)


@pytest.mark.parametrize("tag", ["FR", "fr_CA", "fr-ca", "fra", "und", "xyz", "french", "fr-zzzzzzzz", "de-XX", ""])
def test_no_languages(tag: str) -> None:
    assert not is_language(tag)
