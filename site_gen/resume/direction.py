"""The reading direction of a résumé."""

from __future__ import annotations

import unicodedata
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable

RIGHT_TO_LEFT = {"R", "AL"}


def direction(texts: Iterable[str | None]) -> str:
    """Return "rtl" or "ltr", the direction of most letters. Characters without a direction, such as digits, do not
    count."""
    kinds = [unicodedata.bidirectional(letter) for text in texts for letter in text or ""]
    right = sum(kind in RIGHT_TO_LEFT for kind in kinds)
    return "rtl" if right > kinds.count("L") else "ltr"
