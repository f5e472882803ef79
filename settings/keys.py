"""The keys of settings.toml, derived from the fields of `Settings`."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any, get_args, get_type_hints

from settings.rules import Rule
from settings.sections import Settings


def _rules() -> Iterator[tuple[str, Rule]]:
    for section, content in _hints(Settings).items():
        if found := _rule_in(content):
            yield section, found
        else:
            for name, hint in _hints(content).items():
                yield f"{section}.{name}", hint.__metadata__[0]


def _hints(kind: type) -> dict[str, Any]:
    return get_type_hints(kind, include_extras=True)


def _rule_in(hint: Any) -> Rule | None:
    return next((one for one in get_args(hint)[1:] if isinstance(one, Rule)), None)


RULES: Mapping[str, Rule] = dict(_rules())
"""Key -> rule, in the order of the fields."""
