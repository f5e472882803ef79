"""A slip of the fingers is mended, another word is not."""

from __future__ import annotations

import pytest

from site_gen.importing.mending.spelling import plain_match, suggestion

KNOWN = ["name", "label", "image", "email", "startDate", "endDate", "highlights", "url"]


@pytest.mark.parametrize(
    ("key", "meant"),
    [
        ("nmae", "name"),
        ("nam", None),
        ("Name", "name"),
        ("naame", "name"),
        ("game", None),
        ("lable", "label"),
        ("emial", "email"),
        ("e-mail", "email"),
        ("start_date", "startDate"),
        ("StartDate", "startDate"),
        ("starDate", "startDate"),
        ("highlight", "highlights"),
        ("urls", "url"),
        ("nameList", "name"),
        ("pronouns", None),
        ("", None),
    ],
)
def test_the_key_that_is_meant(key: str, meant: str | None) -> None:
    assert plain_match(key, KNOWN) == meant


def test_a_choice_is_not_plain() -> None:
    assert plain_match("ab cd", ["abcd", "ab_cd"]) is None


def test_a_similar_key_is_suggested() -> None:
    assert suggestion("higlihgts", KNOWN) == "highlights"
    assert suggestion("pronouns", KNOWN) is None
