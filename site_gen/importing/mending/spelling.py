"""Key names that are almost right: `nmae`, `start_date`, `highlight`."""

from __future__ import annotations

import difflib
import re
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable

SHORT = 4
"""Letters of a name in which a replaced letter makes another word: `game` is not `name`."""


def plain_match(key: str, known: Iterable[str]) -> str | None:
    """Return the only known key that `key` can be meant to be, None if there is none or a choice."""
    near = [name for name in known if name != key and _is_slip(key, name)]
    return near[0] if len(near) == 1 else None


def suggestion(key: str, known: Iterable[str]) -> str | None:
    """Return the most similar known key, None if none is similar."""
    near = difflib.get_close_matches(key, list(known), n=1, cutoff=0.7)
    return near[0] if near else None


def _is_slip(key: str, name: str) -> bool:
    """Return True if the names differ in form only, or by one slip of the fingers."""
    written, wanted = _letters(key), _letters(name)
    if written in {wanted, f"{wanted}s", f"{wanted}list"} or f"{written}s" == wanted:
        return True
    return min(len(written), len(wanted)) >= SHORT and _one_slip(written, wanted)


def _letters(key: str) -> str:
    return re.sub(r"[\W_]", "", key).casefold()


def _one_slip(written: str, wanted: str) -> bool:
    """Return True if two neighbours are swapped, or one letter is missing, extra or (in a longer name) another."""
    start = next((at for at, (one, other) in enumerate(zip(written, wanted, strict=False)) if one != other), None)
    if start is None:
        return abs(len(written) - len(wanted)) == 1
    one, other = written[start:], wanted[start:]
    swapped = one[1:2] + one[:1] + one[2:] == other
    moved = one[1:] == other or one == other[1:]
    return swapped or moved or (one[1:] == other[1:] and len(wanted) > SHORT)
