"""What a setting may be: how a value out of TOML is checked, and how that is said."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any


class NotAllowedError(ValueError):
    """A value that a rule does not allow."""


@dataclass(frozen=True)
class Rule:
    """Of one setting: what it is when unset, what it may be (in words), and how that is checked.

    `parse` takes the TOML value and returns the setting's value, or raises NotAllowedError.
    """

    default: Any
    allowed: str
    parse: Callable[[Any], Any]


def text(pattern: str, *, optional: bool = False) -> Callable[[Any], str]:
    def parse(value: Any) -> str:
        if not isinstance(value, str) or not (re.fullmatch(pattern, value) or (optional and not value)):
            raise NotAllowedError
        return value

    return parse


def whole(lowest: int, highest: int) -> Callable[[Any], int]:
    def parse(value: Any) -> int:
        if not isinstance(value, int) or isinstance(value, bool) or not lowest <= value <= highest:
            raise NotAllowedError
        return value

    return parse


def one_of(*choices: str | int) -> Callable[[Any], Any]:
    def parse(value: Any) -> Any:
        if isinstance(value, bool) or value not in choices:
            raise NotAllowedError
        return value

    return parse


def boolean(value: Any) -> bool:
    if not isinstance(value, bool):
        raise NotAllowedError
    return value


def each(parse_one: Callable[[Any], str]) -> Callable[[Any], tuple[str, ...]]:
    def parse(value: Any) -> tuple[str, ...]:
        if not isinstance(value, list | tuple):
            raise NotAllowedError
        return tuple(parse_one(item) for item in value)

    return parse


def tags(value: Any) -> Mapping[str, str]:
    """At most 40 (AWS takes 50 and adds its own), each name up to 128 characters, each value up to 256."""
    parse_name, parse_value = text(r"(?!aws:)[\w .:/=+@-]{1,128}"), text(r"[\w .:/=+@-]{0,256}")
    if not isinstance(value, dict) or len(value) > 40:  # noqa: PLR2004
        raise NotAllowedError
    return {parse_name(name): parse_value(content) for name, content in sorted(value.items())}
