"""The rules for settings: each validates a value from TOML and describes the allowed ones."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any


class NotAllowedError(ValueError):
    """A rule does not allow the value. reason: "" if `Rule.allowed` explains it. name: the item of a table."""

    def __init__(self, reason: str = "", name: str = "") -> None:
        super().__init__(reason)
        self.reason = reason
        self.name = name


HOST = r"(?:[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?\.)+[a-z][a-z0-9-]{0,61}[a-z0-9]"
"""Of the name of a host, such as blog.example.com."""


@dataclass(frozen=True)
class Rule:
    """The rule of one setting: its default, a description of the allowed values, and their validation.

    parse: takes the TOML value and returns the setting's value, or raises NotAllowedError.
    """

    default: Any
    allowed: str
    parse: Callable[[Any], Any]


def text(pattern: str, *, optional: bool = False) -> Callable[[Any], str]:
    """Return a parser of texts that match `pattern`. optional: the empty text is allowed too."""

    def parse(value: Any) -> str:
        if not isinstance(value, str) or not (re.fullmatch(pattern, value) or (optional and not value)):
            raise NotAllowedError
        return value

    return parse


def whole(lowest: int, highest: int) -> Callable[[Any], int]:
    """Return a parser of whole numbers from `lowest` to `highest`."""

    def parse(value: Any) -> int:
        if not isinstance(value, int) or isinstance(value, bool) or not lowest <= value <= highest:
            raise NotAllowedError
        return value

    return parse


def amount(lowest: float, highest: float, *others: float) -> Callable[[Any], float]:
    """Return a parser of numbers from `lowest` to `highest`, with decimals or without, and of the `others`."""

    def parse(value: Any) -> float:
        if not isinstance(value, int | float) or isinstance(value, bool):
            raise NotAllowedError
        if not lowest <= value <= highest and value not in others:  # NaN is in no range
            raise NotAllowedError
        return value

    return parse


def one_of(*choices: str | int) -> Callable[[Any], Any]:
    """Return a parser of the values in `choices`."""

    def parse(value: Any) -> Any:
        if isinstance(value, bool) or value not in choices:
            raise NotAllowedError
        return value

    return parse


def boolean(value: Any) -> bool:
    """Return `value` if it is true or false. Raises NotAllowedError otherwise."""
    if not isinstance(value, bool):
        raise NotAllowedError
    return value


def flag_or_text(longest: int) -> Callable[[Any], bool | str]:
    """Return a parser of true, false, and printable texts of at most `longest` characters that are not blank."""

    def parse(value: Any) -> bool | str:
        if isinstance(value, bool):
            return value
        if not isinstance(value, str) or not value.strip() or len(value) > longest or not value.isprintable():
            raise NotAllowedError
        return value.strip()

    return parse


def each(parse_one: Callable[[Any], str]) -> Callable[[Any], tuple[str, ...]]:
    """Return a parser of lists whose items `parse_one` accepts."""

    def parse(value: Any) -> tuple[str, ...]:
        if not isinstance(value, list | tuple):
            raise NotAllowedError
        return tuple(parse_one(item) for item in value)

    return parse


def tags(value: Any) -> Mapping[str, str]:
    """Return the tags, sorted by name: at most 40 (AWS allows 50 and adds its own), names up to 128 characters, values
    up to 256.

    Raises NotAllowedError.
    """
    parse_name, parse_value = text(r"[\w .:/=+@-]{1,128}"), text(r"[\w .:/=+@-]{0,256}")
    if not isinstance(value, dict) or len(value) > 40:  # noqa: PLR2004
        raise NotAllowedError
    for name in value:
        if name.lower().startswith("aws:"):
            raise NotAllowedError('names that begin with "aws:" are reserved by AWS; choose another', name)
    return {parse_name(name): parse_value(content) for name, content in sorted(value.items())}
