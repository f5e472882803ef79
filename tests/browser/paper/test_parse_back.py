"""What an employer's program reads in resume.pdf is what the résumé says, in the order of the page."""

from __future__ import annotations

import re
import shutil
import subprocess
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Page

from settings import DENSITIES, LAYOUTS
from site_gen.lost_text import fonts_for
from tests.browser.paper.generated import generated
from tests.browser.paper.languages import LANGUAGES
from tests.browser.paper.printing import by_browser, edition, front_page, job_periods, printed
from tests.browser.paper.reading import EXTRACTORS, missing

pytestmark = pytest.mark.browser

GENERATED = 50
BATCH = 10
WITHOUT_SPACES = {"ja", "zh", "ko", "hi"}
"""Languages in which extractors add or omit spaces between characters."""

RIGHT_TO_LEFT = {"ar", "he"}
NUMBER = re.compile(r"\d+")
READERS = {"ar": ("pdftotext",), "he": ("pdftotext", "pdfium"), "hi": ("pdftotext", "pdfium")}
"""The extractors that know the direction or the ligatures of a script, where not all do. The others return the
characters in the order of the paper, or the parts of a ligature, from any producer's file."""


def wanted(resume: dict[str, Any], dates: list[str]) -> list[str]:
    """Return what a program looks for, in its order. dates: the periods of the jobs, as the page has them."""
    basics = resume["basics"]
    found = [basics[key] for key in ("name", "label", "email", "phone")]
    for job, period in zip(resume["work"], dates, strict=True):
        found += [job["position"], job["name"], period]
    return found


def has_font(character: str) -> bool:
    listing = ["fc-list", f":charset={ord(character):x}"]
    return bool(shutil.which("fc-list") and subprocess.run(listing, capture_output=True, check=True).stdout.strip())


@pytest.mark.usefixtures("browser")
@pytest.mark.parametrize("language", LANGUAGES)
def test_the_languages(tmp_path: Path, language: str) -> None:
    sample = LANGUAGES[language]
    if sample.sample and not has_font(sample.sample):
        pytest.skip(f"this machine has no font for it: apt install {fonts_for(sample.sample)}")
    document = printed(tmp_path, sample.resume, edition(language))
    assert document
    texts = wanted(sample.resume, job_periods(tmp_path / "site" / "index.html"))
    readers = [name for name in READERS.get(language, EXTRACTORS) if name in EXTRACTORS]
    if not readers:
        pytest.skip("this machine has no extractor that reads it: apt install poppler-utils")
    for name in readers:
        read = EXTRACTORS[name](document)
        if language in RIGHT_TO_LEFT:  # the reader decides where a number between words goes, but all are there
            assert set(NUMBER.findall("".join(texts))) <= set(NUMBER.findall(read))
            texts = [each for each in texts if not NUMBER.search(each)]
        assert missing(texts, read, "" if language in WITHOUT_SPACES else " ") == [], name


@pytest.mark.parametrize("batch", range(0, GENERATED, BATCH))
def test_fifty_generated_ones_in_every_layout(unwatched: Page, tmp_path: Path, batch: int) -> None:
    lost: dict[tuple[int, str], list[str]] = {}
    for number in range(batch, batch + BATCH):
        resume = generated(number)
        choices = {"layout": LAYOUTS[number % 3], "density": DENSITIES[number % 2]}
        file = front_page(tmp_path / str(number), resume, edition(**choices))
        document = by_browser(unwatched, file)
        texts = wanted(resume, job_periods(file))
        for name, extract in EXTRACTORS.items():
            if found := missing(texts, extract(document)):
                lost[number, name] = found
    assert lost == {}


def test_the_check_finds_what_is_lost_and_what_is_out_of_order() -> None:
    assert missing(["Ada  Byron", "Engine"], "ADA\nByron · Engine") == []
    assert missing(["Engine", "Ada"], "Ada · Engine") == ["ada"]
    assert missing(["山田 花子"], "山 田花子", "") == []
