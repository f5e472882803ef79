"""The router's log events, read back from the lines that `log_line` writes.

The router itself reads none: a module of its own, so that a cold start does not pay for it.
"""

from __future__ import annotations

import json
from enum import StrEnum
from functools import cache
from typing import Any, get_args, get_origin, get_type_hints

from router.contract.log_events import LogEvent


def fields_of(line: str) -> dict[str, Any]:
    """The fields of a JSON object, none for any other line."""
    try:
        fields = json.loads(line)
    except (ValueError, RecursionError):
        return {}
    return fields if isinstance(fields, dict) else {}


def decode(line: str) -> LogEvent | None:
    """The event that a line tells of; None for a line that is not the router's, or is of another release: of a kind
    that this one does not know, without one of its fields, or with a value that it does not have."""
    fields = fields_of(line)
    try:
        kind, hints = _kinds()[str(fields.get("message"))]
        return kind(**{name: _value(hint, fields.get(name)) for name, hint in hints.items()})
    except (LookupError, TypeError, ValueError):
        return None


@cache
def _kinds() -> dict[str, tuple[type[LogEvent], dict[str, Any]]]:
    """Message -> the kind of event, and the types of its fields."""
    return {
        kind.message: (kind, {name: hint for name, hint in get_type_hints(kind).items() if name != "message"})
        for kind in get_args(LogEvent)
    }


def _value(hint: Any, value: Any) -> Any:
    """The value as the field has it. Raises TypeError or ValueError for one that it cannot have."""
    optional = [one for one in get_args(hint) if one is not type(None)]
    if get_origin(hint) is tuple:
        return tuple(_value(optional[0], one) for one in _exactly(list, value))
    if get_origin(hint) is dict:
        return {name: _value(optional[1], one) for name, one in _exactly(dict, value).items()}
    if optional:
        return None if value is None else _value(optional[0], value)
    if issubclass(hint, StrEnum):
        return hint(_exactly(str, value))
    return _exactly(hint, value)


def _exactly(kind: type, value: Any) -> Any:
    """True is no number here."""
    if type(value) is not kind:
        raise TypeError(f"{value!r} is no {kind.__name__}")
    return value
