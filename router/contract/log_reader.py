"""The decoding of log lines written by `log_line`.

The router does not read logs; a separate module keeps this code out of a cold start.
"""

from __future__ import annotations

import json
from enum import StrEnum
from functools import cache
from typing import Any, get_args, get_origin, get_type_hints

from router.contract.log_events import LogEvent


def fields_of(line: str) -> dict[str, Any]:
    """Return the fields of a JSON object; an empty dict for any other line."""
    try:
        fields = json.loads(line)
    except (ValueError, RecursionError):
        return {}
    return fields if isinstance(fields, dict) else {}


def decode(line: str) -> LogEvent | None:
    """Return the event of a log line.

    Return None for lines that the router did not write, and for lines of another release: with an unknown event, a
    missing field, or a value that this release does not define.
    """
    fields = fields_of(line)
    try:
        kind, hints = _kinds()[str(fields.get("message"))]
        return kind(**{name: _value(hint, fields.get(name)) for name, hint in hints.items()})
    except (LookupError, TypeError, ValueError):
        return None


@cache
def _kinds() -> dict[str, tuple[type[LogEvent], dict[str, Any]]]:
    """Return the event class and its field types for each message."""
    return {
        kind.message: (kind, {name: hint for name, hint in get_type_hints(kind).items() if name != "message"})
        for kind in get_args(LogEvent)
    }


def _value(hint: Any, value: Any) -> Any:
    """Convert a JSON value to the type of a field. Raises TypeError or ValueError when it does not fit."""
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
    """Return the value. Raises TypeError when its type differs; a bool is not an int."""
    if type(value) is not kind:
        raise TypeError(f"{value!r} is not of type {kind.__name__}")
    return value
