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
Box = tuple[float, float, float, float]
"""Left, bottom, right, top, in points from the lower left corner."""

FOOT = 30.0
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


def plain(text: str, space: str = " ") -> str:
    """Return a text as a parser compares it: compatible forms made equal, controls removed, whitespace as `space`."""
    return space.join(INVISIBLE.sub("", unicodedata.normalize("NFKC", text)).casefold().split())


def missing(texts: list[str], document: str, space: str = " ") -> list[str]:
    """Return those of `texts` that do not follow each other in `document`. space: "" for scripts without spaces."""
    found, lost, at = plain(document, space), [], 0
    for text in (plain(each, space) for each in texts):
        place = found.find(text, at)
        if place < 0:
            lost.append(text)
        else:
            at = place + len(text)
    return lost


@dataclass(frozen=True)
class Sheet:
    """A page: the rows of text in each of its columns from top to bottom, and how far down they reach, from 0 to 1."""

    columns: tuple[tuple[str, ...], ...]
    filled: float


def sheets(document: bytes, margin: float, side: float = 0) -> Iterator[Sheet]:
    """Yield the pages. margin: the upper and the lower one together; side: the width from the right edge of a second
    column; all in points."""
    for page in pypdfium2.PdfDocument(document):
        height, edge, reader = page.get_height(), page.get_width() - side, page.get_textpage()
        boxes = [reader.get_rect(number) for number in range(reader.count_rects())]
        body = [box for box in boxes if box[3] > FOOT]
        parts = [[box for box in body if (box[0] < edge) == left] for left in (True, False)]
        columns = tuple(
            tuple(plain(reader.get_text_bounded(*around(row))) for row in rows_of(part)) for part in parts if part
        )
        lowest = min((box[1] for box in body), default=height)
        yield Sheet(columns, (height - margin / 2 - lowest) / (height - margin))


def rows_of(boxes: list[Box]) -> list[list[Box]]:
    """Return the boxes of each line of text; boxes of one line overlap vertically."""
    rows: list[list[Box]] = []
    for box in sorted(boxes, key=lambda each: -each[3]):
        if rows and box[3] > around(rows[-1])[1] + 1:
            rows[-1].append(box)
        else:
            rows.append([box])
    return rows


def around(boxes: list[Box]) -> Box:
    """Return the box around all of them."""
    left, bottom, right, top = zip(*boxes, strict=True)
    return min(left), min(bottom), max(right), max(top)
