"""Whether the router's environment variables fit into what Lambda allows, which AWS reports only while deploying."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

from errors import SettingsError
from template_gen import names

LIMIT = 4_096
"""Bytes of all names and values. Source: Lambda quotas, AWS Lambda Developer Guide."""

REFERENCE, IN_TEXT = 100, 32
"""Allowance for a value that CloudFormation fills in: an ARN or a generated name; a domain name, ID or Region."""

_VARIABLE = re.compile(r"\$\{[^}]+\}")


def require_room_in_environment(template: Mapping[str, Any]) -> None:
    """Raise SettingsError if the variables of a router in `template` may be larger than LIMIT."""
    if names.ROUTER not in template["Resources"]:
        return
    variables = template["Resources"][names.ROUTER]["Properties"]["Environment"]["Variables"]
    if (size := environment_size(variables)) > LIMIT:
        raise SettingsError(
            "settings.toml: visits.allowed_origins",
            f"with it the router's environment variables have up to {size:,} bytes, and Lambda allows {LIMIT:,}",
            f"remove origins of together {size - LIMIT:,} characters, or names from visits.names",
        )


def environment_size(variables: Mapping[str, Any]) -> int:
    """Return the most bytes that the names and values have, as they are in a template."""
    return sum(len(name.encode()) + _size(value) for name, value in variables.items())


def _size(value: Any) -> int:
    match value:
        case str():
            return len(value.encode())
        case {"Fn::Sub": str() as text}:
            return len(_VARIABLE.sub("", text).encode()) + IN_TEXT * len(_VARIABLE.findall(text))
        case {"Fn::If": [_, one, other]}:
            return max(_size(one), _size(other))
        case {"Fn::Join": [str() as between, list() as parts]}:
            return sum(map(_size, parts)) + len(between) * (len(parts) - 1)
        case _:
            return REFERENCE
