from __future__ import annotations

import re
from typing import Any

import pytest
from babel import Locale

from site_gen.languages.words import translated_languages, words_of

ENGLISH = words_of("en")


def flat(words: dict[str, Any], prefix: str = "") -> dict[str, Any]:
    """Return the words by dotted key; the forms of a plural stay together."""
    found: dict[str, Any] = {}
    for key, value in words.items():
        if isinstance(value, dict) and "other" not in value:
            found |= flat(value, f"{prefix}{key}.")
        else:
            found[prefix + key] = value
    return found


def placeholders(text: str) -> set[str]:
    return set(re.findall(r"\{\w+\}", text))


def test_the_languages_are_those_that_are_promised() -> None:
    assert set(translated_languages()) >= {
        *("en", "de", "fr", "es", "pt", "it", "nl", "sv", "ar", "he", "ja", "zh", "ko", "ru", "hi", "tr")
    }


@pytest.mark.parametrize("language", translated_languages())
def test_every_language_has_every_word_with_its_placeholders(language: str) -> None:
    english, own = flat(ENGLISH), flat(words_of(language))
    assert own.keys() == english.keys()
    for key, value in own.items():
        forms = value if isinstance(value, dict) else {"other": value}
        model = english[key]["other"] if isinstance(english[key], dict) else english[key]
        for form in forms.values():
            assert form.strip()
            assert placeholders(form) == placeholders(model), key


@pytest.mark.parametrize("language", translated_languages())
def test_a_word_for_a_number_has_each_form_of_its_language(language: str) -> None:
    categories = {*Locale.parse(language).plural_form.tags, "other"}
    visits = words_of(language)["counter"]["visits"]
    assert visits.keys() == categories
    assert words_of(language)["counter"]["so_far"].keys() == categories


def test_a_region_has_the_words_of_its_language_and_an_unknown_language_has_english() -> None:
    assert words_of("de-AT") == words_of("de") != ENGLISH
    assert words_of("tlh") == ENGLISH
