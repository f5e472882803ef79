"""Characters that no page can have, and numbers that JSON cannot."""

from __future__ import annotations

import math
from typing import Any

from site_gen.importing.mending.change import Change, Kind, Mended, Path
from site_gen.resume.rules import UNPRINTABLE


def mend_texts(document: Any) -> Mended:
    """Remove control characters and lone surrogates from texts and keys, which HTML and UTF-8 cannot represent, and NaN
    and Infinity."""
    changes: list[Change] = []

    def clean(value: Any, path: Path) -> Any:
        if isinstance(value, dict):
            return {_without(key): clean(item, (*path, _without(key))) for key, item in value.items()}
        if isinstance(value, list):
            return [clean(item, (*path, index)) for index, item in enumerate(value)]
        if isinstance(value, float) and not math.isfinite(value):
            changes.append(Change(path, value, None, "is not a number in JSON", Kind.DROPPED))
            return None
        if not isinstance(value, str) or not (found := UNPRINTABLE.findall(value)):
            return value
        marks = ", ".join(f"U+{ord(mark):04X}" for mark in dict.fromkeys(found))
        changes.append(Change(path, value, _without(value), f"without {marks}"))
        return _without(value)

    return clean(document, ()), changes


def _without(text: str) -> str:
    return UNPRINTABLE.sub("", text)
