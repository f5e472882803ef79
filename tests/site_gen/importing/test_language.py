"""The language of a résumé: certain for those that the page has words for, and silent for everything else."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from site_gen.importing.language import detect, language_of, languages

SAMPLES = json.loads(Path(__file__).with_name("samples").joinpath("prose.json").read_text(encoding="utf-8"))
PROSE: dict[str, str] = SAMPLES["known"]
OTHERS: dict[str, str] = SAMPLES["others"]


@pytest.mark.parametrize("tag", PROSE)
def test_each_language_is_detected(tag: str) -> None:
    assert detect(PROSE[tag]) == tag


@pytest.mark.parametrize("name", OTHERS)
def test_a_neighbour_is_not_taken_for_a_language_of_the_page(name: str) -> None:
    assert detect(OTHERS[name]) not in PROSE


def resume(text: str, **sections: Any) -> dict[str, Any]:
    return {"basics": {"name": "Ada", "summary": text}, **sections}


def test_only_a_language_of_the_page_is_returned() -> None:
    for tag, text in PROSE.items():
        assert language_of(resume(text)) == (tag if tag in languages() else "")


@pytest.mark.parametrize(
    ("declared", "wanted"),
    [("de", "de"), ("de-AT", "de"), ("german", "de"), ("mandarin_chinese", "zh"), ("pt_BR", "pt"), ("xx", "en")],
)
def test_what_the_file_says_counts_first(declared: str, wanted: str) -> None:
    assert language_of(resume(PROSE["en"]), declared) == wanted


def test_the_key_of_meta_counts_too() -> None:
    assert language_of(resume(PROSE["en"], meta={"language": "fr-CA"})) == "fr"
    assert language_of(resume(PROSE["en"], meta={"language": 7})) == "en"


def test_names_of_firms_and_tools_do_not_count() -> None:
    work = [{"name": "Les Services de la Ville et des Environs pour tous", "highlights": [PROSE["de"]]}]
    assert (
        language_of({"basics": {"name": "Ada"}, "work": work, "skills": [{"keywords": ["and", "the", "of"]}]}) == "de"
    )
