"""The table of results, printed row by row as rounds end."""

from __future__ import annotations

import textwrap
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

_WIDTHS = (5, 13, 46, 40, 5)
_HEAD = ("round", "fault", "what was done", "what was seen", "right")


@dataclass(frozen=True)
class Row:
    """The result of a round."""

    number: str
    fault: str
    done: str
    seen: str
    right: bool

    def lines(self) -> Iterator[str]:
        """Yield the lines of this round."""
        return _lines((self.number, self.fault, self.done, self.seen, "yes" if self.right else "NO"))


def head() -> Iterator[str]:
    """Yield the lines of the table's head."""
    yield from _lines(_HEAD)
    yield "  ".join("-" * width for width in _WIDTHS)


def _lines(texts: Sequence[str]) -> Iterator[str]:
    """Return one line, or as many as the longest text needs in its column."""
    cells = [textwrap.wrap(text, width) or [""] for text, width in zip(texts, _WIDTHS, strict=True)]
    for number in range(max(map(len, cells))):
        parts = (cell[number] if number < len(cell) else "" for cell in cells)
        yield "  ".join(f"{part:<{width}}" for part, width in zip(parts, _WIDTHS, strict=True)).rstrip()
