"""Dates as people write them; nothing is invented."""

from __future__ import annotations

import pytest

from site_gen.importing.mending.dates import EITHER_WAY, NO_SUCH_DAY, NO_SUCH_MONTH, TWO_DIGITS, YEAR_ONLY, read_date
from site_gen.importing.mending.month_names import means_until_today, month_of
from site_gen.importing.mending.periods import split_period
from site_gen.languages.formats import format_date
from site_gen.languages.words import translated_languages

PLAIN = {
    "2023-9-28": "2023-09-28",
    "09/2023": "2023-09",
    "9.2023": "2023-09",
    "Sep 2023": "2023-09",
    "Sept. 2023": "2023-09",
    "2023/09": "2023-09",
    "2023.09": "2023-09",
    "2023 09 28": "2023-09-28",
    "28 September 2023": "2023-09-28",
    "September 28th, 2023": "2023-09-28",
    "1 de enero de 2020": "2020-01-01",
    "28.9.2023": "2023-09-28",
    "13/04/2020": "2020-04-13",
    "04/13/2020": "2020-04-13",
    "05/05/2020": "2020-05-05",
    "septembre 2019": "2019-09",
    "juin 2015": "2015-06",
    "juillet 2015": "2015-07",
    "März 2021": "2021-03",
    "maart 2020": "2020-03",
    "mei 2020": "2020-05",
    "июнь 2020": "2020-06",
    "Ağustos 2019": "2019-08",
    "मार्च 2020": "2020-03",
    "مارس 2020": "2020-03",
    "٢٠٢٠": "2020",
    "2023年9月": "2023-09",
    "2023年9月1日": "2023-09-01",
    "2023년 9월 1일": "2023-09-01",
    "２０２３年": "2023",
    "2023-09-28T10:00:00Z": "2023-09-28",
    "20230928": "2023-09-28",
    "202309": "2023-09",
    "2020-28-09": "2020-09-28",
    "2020-00-00": "2020",
    "Dec-2018": "2018-12",
    "(2018)": "2018",
}
UNCERTAIN = {
    "31.09.2020": ("2020-09", NO_SUCH_DAY),
    "2023-02-30": ("2023-02", NO_SUCH_DAY),
    "2020-13": ("2020", NO_SUCH_MONTH),
    "03/04/2020": ("2020", EITHER_WAY),
    "Spring 2020": ("2020", YEAR_ONLY),
    "since 2019": ("2019", YEAR_ONLY),
    "Sept. '23": ("2023-09", TWO_DIGITS),
    "09/99": ("1999-09", TWO_DIGITS),
    "1/2/20": ("2020", TWO_DIGITS),
    "01.02.99": ("1999", TWO_DIGITS),
}


@pytest.mark.parametrize("text", PLAIN)
def test_a_plain_date(text: str) -> None:
    found = read_date(text)
    assert found
    assert found[0] == PLAIN[text]
    assert found[1] in {"", YEAR_ONLY} if text == "(2018)" else found[1] == ""


@pytest.mark.parametrize("text", UNCERTAIN)
def test_what_is_uncertain_is_left_out_with_the_reason(text: str) -> None:
    assert read_date(text) == UNCERTAIN[text]


@pytest.mark.parametrize("text", ["", "soon", "2019 or 2020", "13/99", "12", "12345", "Marketing", "0", "May"])
def test_no_date(text: str) -> None:
    assert read_date(text) is None


@pytest.mark.parametrize("language", sorted({*translated_languages()} - {"ja", "zh", "ko"}))
def test_the_months_of_the_page_are_known(language: str) -> None:
    """In Japanese, Chinese and Korean they are numbers."""
    for number in range(1, 13):
        written = format_date(f"2020-{number:02}", language)
        assert read_date(written) == (f"2020-{number:02}", ""), written


@pytest.mark.parametrize("language", ["ja", "zh", "ko"])
def test_months_as_numbers_are_known(language: str) -> None:
    assert read_date(format_date("2020-03", language)) == ("2020-03", "")


@pytest.mark.parametrize("word", ["Marketing", "Outono", "Decade", "jui", "ma", "", "Mayor", "Sommer"])
def test_other_words_are_no_months(word: str) -> None:
    assert month_of(word) is None


@pytest.mark.parametrize(
    "text", ["heute", "aujourd’hui", "Actualidad", "atual", "oggi", "至今", "Present", "bis heute"]
)
def test_words_for_until_today(text: str) -> None:
    assert means_until_today(text)


@pytest.mark.parametrize(
    ("text", "period"),
    [
        ("Sep 2019 – present", ("2019-09", "", ())),
        ("2019-2021", ("2019", "2021", ())),
        ("2018 to 2020", ("2018", "2020", ())),
        ("2018--2020", ("2018", "2020", ())),
        ("Sep 2023 -- pursuing", ("2023-09", "", ())),
        ("09/2018 - 10/2019", ("2018-09", "2019-10", ())),
        ("03/04/2020 - 05/06/2021", ("2020", "2021", (EITHER_WAY,))),
        ("Summer 2019 until 31.09.2020", ("2019", "2020-09", (YEAR_ONLY, NO_SUCH_DAY))),
        ("2020-09", None),
        ("2020-09-28", None),
        ("2019 – soon", None),
    ],
)
def test_a_period_in_one_text(text: str, period: tuple[str, str, tuple[str, ...]] | None) -> None:
    assert split_period(text) == period
