"""IAM's answer to AssumeRoleWithWebIdentity, for a trust policy and the claims of a token.

Source: "IAM JSON policy elements: Condition operators", IAM User Guide. Keys ignore letter case, values do not; a key
that the request lacks does not match; all keys of all operators have to match, and one of the values of each.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from typing import Any

ACTION = "sts:AssumeRoleWithWebIdentity"


def _like(value: str, pattern: str) -> bool:
    expression = "".join({"*": ".*", "?": "."}.get(one, re.escape(one)) for one in pattern)
    return re.fullmatch(expression, value, re.DOTALL) is not None


OPERATORS: Mapping[str, Callable[[str, str], bool]] = {
    "StringEquals": lambda value, wanted: value == wanted,
    "StringEqualsIgnoreCase": lambda value, wanted: value.lower() == wanted.lower(),
    "StringLike": _like,
}


def is_trusted(policy: Mapping[str, Any], provider: str, host: str, claims: Mapping[str, str]) -> bool:
    """Return True if the policy allows a token with these claims, from the identity provider with this ARN.

    Raises KeyError for a condition operator that is not supported here, and AssertionError for an effect or element.
    """
    context = {f"{host}:{claim}".lower(): value for claim, value in claims.items()}
    allowed = False
    for statement in policy["Statement"]:
        assert statement.keys() <= {"Effect", "Principal", "Action", "Condition"}
        assert statement["Effect"] == "Allow"
        allowed |= (
            _listed(statement["Action"]) == [ACTION]
            and provider in _listed(statement["Principal"]["Federated"])
            and all(
                _matches(OPERATORS[operator], context.get(key.lower()), wanted)
                for operator, keys in statement.get("Condition", {}).items()
                for key, wanted in keys.items()
            )
        )
    return allowed


def _matches(operator: Callable[[str, str], bool], value: str | None, wanted: str | list[str]) -> bool:
    return value is not None and any(operator(value, one) for one in _listed(wanted))


def _listed(value: str | list[str]) -> list[str]:
    return [value] if isinstance(value, str) else value
