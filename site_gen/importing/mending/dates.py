"""Dates as people write them → 2023, 2023-09 or 2023-09-28.

Nothing is invented: of 31 September the day is left out, and of 03/04/2020, which is March or April, all but the year.
"""

from __future__ import annotations

import re
import unicodedata
from typing import TYPE_CHECKING, Any

from site_gen.importing.mending.change import Kind, Mended, Path, Repair, dropped, rewrite
from site_gen.importing.mending.month_names import folded, means_until_today, month_of
from site_gen.resume.dates import is_real_date
from site_gen.resume.normalization import ONGOING
from site_gen.resume.rules import DATE_KEYS

if TYPE_CHECKING:
    from collections.abc import Callable

VALID = re.compile(r"[12]\d{3}(-\d\d(-\d\d)?)?")
YEAR = re.compile(r"(?<!\d)[12]\d{3}(?!\d)")
YEAR_FIRST = re.compile(
    r"([12]\d{3})[-/.,_\s年년]+(\d{1,2})[月월]?(?:[-/.,_\s]*(?<!\d)(\d{1,2})[日일]?)?(?:[T\s]+\d{1,2}:\S*)?"
)
COMPACT = re.compile(r"([12]\d{3})(\d\d)(\d\d)?")
YEAR_LAST = re.compile(r"(?:(\d{1,2})([-/.\s]+))?(\d{1,2})[-/.\s]+([12]\d{3})")
SHORT_YEAR = re.compile(r"(\d{1,2})\s*[-/.]\s*['’]?(\d\d)")
SHORT_DATE = re.compile(r"\d{1,2}\s*([/.])\s*\d{1,2}\s*\1\s*['’]?(\d\d)")
WORD = re.compile(r"[^\s\d,;:()/–—-]+")
FILLERS = {"", "of", "de", "del", "di", "do", "den", "the", "st", "nd", "rd", "th", "er", "le", "г", "года"}
LONGEST = 100
"""Characters of a text that is looked at for a date."""

MONTHS, NEWEST_SHORT_YEAR = 12, 40

Found = tuple[str, str]
"""A date, and what had to be left out of it or assumed; "" for nothing."""


def mend_dates(document: Any) -> Mended:
    """Mend every date of the document. A text that is no date, but has one year in it, becomes that year."""
    return rewrite(document, _repair)


def _repair(path: Path, value: Any) -> Repair | None:
    if not path or path[-1] not in DATE_KEYS or not isinstance(value, str) or not value.strip():
        return None
    if path[-1] == "endDate" and means_until_today(value):
        return None if value.strip().lower() in ONGOING else Repair(None, "means that it goes on")
    if VALID.fullmatch(value) and is_real_date(value):
        return None
    found = read_date(value)
    if not found:
        return dropped("is not a date")
    date, why = found
    return Repair(date, why, Kind.DOUBTFUL if why in UNCERTAIN else Kind.MENDED)


def read_date(text: str) -> Found | None:
    """Return the date that a text means, None if it has none, or two."""
    if len(text) > LONGEST:
        return None
    plain = _with_plain_digits(text)
    return next((found for read in READERS if (found := read(plain))), None)


def _with_plain_digits(text: str) -> str:
    compatible = unicodedata.normalize("NFKC", text).strip(" .,;()[]-/")
    return "".join(str(unicodedata.decimal(mark, mark)) for mark in compatible)


NO_SUCH_DAY, NO_SUCH_MONTH = "there is no such day", "there is no such month"
EITHER_WAY = "the day and the month could be either way round"
YEAR_ONLY = "only the year is plain"
TWO_DIGITS = "the year has two digits"
UNCERTAIN = {EITHER_WAY, YEAR_ONLY, TWO_DIGITS}


def _date(year: int, month: int, day: int = 0, why: str = "") -> Found:
    """Return the date without a month or a day that does not exist; 0 is none."""
    if month > MONTHS and 0 < day <= MONTHS:
        month, day = day, month
    if not 0 < month <= MONTHS:
        return str(year), NO_SUCH_MONTH if month else why
    whole = f"{year}-{month:02}-{day:02}"
    if day and is_real_date(whole):
        return whole, why
    return whole[:7], NO_SUCH_DAY if day else why


def _year_first(text: str) -> Found | None:
    found = YEAR_FIRST.fullmatch(text) or COMPACT.fullmatch(text)
    return _date(int(found[1]), int(found[2]), int(found[3] or 0)) if found else None


def _year_last(text: str) -> Found | None:
    found = YEAR_LAST.fullmatch(text)
    if not found:
        return None
    year, second = int(found[4]), int(found[3])
    if not found[1]:
        return _date(year, second)
    first = int(found[1])
    if "." in found[2] or first == second or first > MONTHS:  # 3.4.2020 is read in one way only
        return _date(year, second, first)
    if second > MONTHS:
        return _date(year, first, second)
    return str(year), EITHER_WAY


def _with_name(text: str) -> Found | None:
    """Read "28 September 2023", "Sep. 2023" or "septembre '23"."""
    words = [word for word in WORD.findall(text) if folded(word) not in FILLERS]
    months = [month for word in words if (month := month_of(word))]
    numbers = re.findall(r"\d+", text)
    years = [number for number in numbers if YEAR.fullmatch(number)]
    if len(words) != 1 or len(months) != 1:
        return None
    if len(years) == 1 and len(numbers) <= 2:  # noqa: PLR2004 - a year and a day
        day = next((int(number) for number in numbers if number not in years), 0)
        return _date(int(years[0]), months[0], day)
    short = re.search(r"['’\s-](\d\d)$", text)
    return _date(_century(int(short[1])), months[0], why=TWO_DIGITS) if short and len(numbers) == 1 else None


def _short_year(text: str) -> Found | None:
    found = SHORT_YEAR.fullmatch(text)
    if not found or not 0 < int(found[1]) <= MONTHS:
        return None
    return _date(_century(int(found[2])), int(found[1]), why=TWO_DIGITS)


def _short_date(text: str) -> Found | None:
    """Read the year of "1/2/20"; which of the other numbers is the month is not plain either."""
    found = SHORT_DATE.fullmatch(text)
    return (str(_century(int(found[2]))), TWO_DIGITS) if found else None


def _century(year: int) -> int:
    return year + (2000 if year <= NEWEST_SHORT_YEAR else 1900)


def _lone_year(text: str) -> Found | None:
    years = YEAR.findall(text)
    return (years[0], "" if text.strip("年년г. ") == years[0] else YEAR_ONLY) if len(years) == 1 else None


READERS: tuple[Callable[[str], Found | None], ...] = (
    *(_year_first, _year_last, _with_name),
    *(_short_year, _short_date, _lone_year),
)
