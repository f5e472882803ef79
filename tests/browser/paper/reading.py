"""Reads PDFs as an employer's programs do: four extractors of text, and the places of lines on a page."""

from __future__ import annotations

import io
import re
import shutil
import subprocess
import unicodedata
from collections.abc import Callable, Iterator
from dataclasses import dataclass

import pypdf
import pypdfium2
from pdfminer.high_level import extract_text

INVISIBLE = re.compile("[\u00ad\u200b-\u200f\u202a-\u202e\u2060-\u2069\ufeff\ufffe]")
FOOT = 36.0
"""The height in points of the strip at a page's foot that has its number."""


def pdfium(document: bytes) -> str:
    pages = pypdfium2.PdfDocument(document)
    return "\n".join(page.get_textpage().get_text_range() for page in pages)


def pdftotext(document: bytes) -> str:
    done = subprocess.run(["pdftotext", "-", "-"], input=document, capture_output=True, check=True)
    return done.stdout.decode()


EXTRACTORS: dict[str, Callable[[bytes], str]] = {
    "pypdf": lambda document: "\n".join(page.extract_text() for page in pypdf.PdfReader(io.BytesIO(document)).pages),
    "pdfminer": lambda document: extract_text(io.BytesIO(document)),
    "pdfium": pdfium,
    **({"pdftotext": pdftotext} if shutil.which("pdftotext") else {}),
}


def plain(text: str) -> str:
    """Return a text as a parser compares it: compatible forms made equal, whitespace and controls reduced."""
    return " ".join(INVISIBLE.sub("", unicodedata.normalize("NFKC", text)).casefold().split())


def missing(texts: list[str], document: str) -> list[str]:
    """Return those of `texts` that do not follow each other in `document`."""
    found, lost, at = plain(document), [], 0
    for text in map(plain, texts):
        place = found.find(text, at)
        if place < 0:
            lost.append(text)
        else:
            at = place + len(text)
    return lost


@dataclass(frozen=True)
class Sheet:
    """A page: the rows of text on it from top to bottom, and how far down they reach, from 0 to 1."""

    rows: tuple[str, ...]
    filled: float


def sheets(document: bytes, margin: float) -> Iterator[Sheet]:
    """Yield the pages. margin: the upper and the lower one together, in points."""
    for page in pypdfium2.PdfDocument(document):
        height, reader = page.get_height(), page.get_textpage()
        boxes = [reader.get_rect(number) for number in range(reader.count_rects())]
        body = sorted((box for box in boxes if box[1] > FOOT - 6), key=lambda box: -box[1])
        rows: list[list[tuple[float, ...]]] = []
        for box in body:
            if rows and rows[-1][0][1] - box[1] < 3:
                rows[-1].append(box)
            else:
                rows.append([box])
        texts = (" ".join(reader.get_text_bounded(*box) for box in sorted(row)) for row in rows)
        lowest = body[-1][1] if body else height
        yield Sheet(tuple(map(plain, texts)), (height - margin / 2 - lowest) / (height - margin))
