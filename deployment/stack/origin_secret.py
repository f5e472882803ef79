"""The secret by which the router knows that a request came through the distribution. Nobody has to know it.

It is made with the stack and kept: CloudFormation never tells it again, and takes "the previous value" instead.
`deploy --new-origin-secret` makes another. CloudFormation changes the distribution first, since the router names its
host: until the router has it too, a few minutes, what comes with the new one is taken for a request that came straight
to the API. Nobody is refused for that by itself, but all viewers of an edge then share one address's limits.
"""

from __future__ import annotations

import secrets
from collections.abc import Mapping
from typing import Any

from deployment.aws.target import Target
from errors import UsageError
from router.contract import headers, variables
from template_gen import names

MASKED = "****"
"""What CloudFormation shows in place of a NoEcho parameter's value. Source: "NoEcho", AWS CloudFormation User Guide."""


def origin_secret(target: Target, present: Mapping[str, str], *, renew: bool = False) -> str:
    """The parameter's value for a stack whose parameters are `present`; MASKED for the one that it has, unless it is
    to be another (`renew`).

    An emulator has no distribution that could send it: empty. Raises UsageError where it is to have another even so.
    """
    if renew and target.endpoint_url:
        raise UsageError(
            "deploy --new-origin-secret", "an emulator has no distribution that sends a secret", "leave it out"
        )
    if present.get(names.ORIGIN_SECRET) and not renew:
        return MASKED
    return "" if target.endpoint_url else secrets.token_urlsafe(32)


def masked(parameters: Mapping[str, str]) -> dict[str, str]:
    """`parameters` as they may be shown."""
    hidden = {names.ORIGIN_SECRET: MASKED} if parameters.get(names.ORIGIN_SECRET) else {}
    return {**parameters, **hidden}


def shown(path: str, value: str | None) -> str | None:
    """`value` of the property at `path`, as it may be shown: CloudFormation hides a parameter, not always its uses."""
    secret = (variables.ORIGIN_SECRET, headers.ORIGIN_VERIFY, "OriginCustomHeaders")
    return MASKED if value is not None and any(name in path or name in value for name in secret) else value


def as_request(parameters: Mapping[str, str]) -> list[dict[str, Any]]:
    """`parameters` as CreateChangeSet takes them."""
    return [
        {"ParameterKey": key, **({"UsePreviousValue": True} if value == MASKED else {"ParameterValue": value})}
        for key, value in parameters.items()
    ]
