"""Any value of a file → a text, or a list of texts: a converter then needs to know no other type."""

from __future__ import annotations

from typing import Any


def plain_text(value: Any) -> str:
    """Return the value as a text: parts with commas between them, "" for none."""
    if isinstance(value, list):
        return ", ".join(text for item in value if (text := plain_text(item)))
    if isinstance(value, dict):
        return ", ".join(f"{key}: {text}" for key, item in value.items() if (text := plain_text(item)))
    return "" if value is None or isinstance(value, bool) else str(value)


def text_lines(value: Any) -> list[str]:
    """Return the value as a list of texts, nested ones among them: {"Parent": ["child"]} → Parent, child."""
    if isinstance(value, list):
        return [line for item in value for line in text_lines(item)]
    if isinstance(value, dict):
        return [line for key, item in value.items() for line in (str(key), *text_lines(item))]
    text = plain_text(value)
    return [text] if text else []
