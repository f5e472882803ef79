"""The secret by which the router recognizes requests from the distribution.

It is generated when the stack is created. CloudFormation never returns it (NoEcho); later updates pass
UsePreviousValue. `deploy --new-origin-secret` replaces it. CloudFormation then updates the distribution first, because
the router refers to its host name. Until the router is updated, a few minutes later, it treats requests with the new
secret as direct requests to the API: they are not refused, but all viewers of an edge location share one rate limit.
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
"""The value that CloudFormation returns for a NoEcho parameter. Source: "NoEcho", AWS CloudFormation User Guide."""


def origin_secret(target: Target, present: Mapping[str, str], *, renew: bool = False) -> str:
    """Return the parameter value: MASKED to keep the previous one, or a new secret if `renew` or for a new stack.

    present: the parameters of the stack. Empty for an emulator, whose distribution does not send the header. Raises
    UsageError for `renew` with an emulator.
    """
    if renew and target.endpoint_url:
        raise UsageError(
            "deploy --new-origin-secret", "the distribution of an emulator sends no secret", "omit the option"
        )
    if present.get(names.ORIGIN_SECRET) and not renew:
        return MASKED
    return "" if target.endpoint_url else secrets.token_urlsafe(32)


def masked(parameters: Mapping[str, str]) -> dict[str, str]:
    """Return `parameters` with the secret masked."""
    hidden = {names.ORIGIN_SECRET: MASKED} if parameters.get(names.ORIGIN_SECRET) else {}
    return {**parameters, **hidden}


def shown(path: str, value: str | None) -> str | None:
    """Return `value`, or MASKED for a property that contains the secret, which CloudFormation may not mask itself."""
    secret = (variables.ORIGIN_SECRET, headers.ORIGIN_VERIFY, "OriginCustomHeaders")
    return MASKED if value is not None and any(name in path or name in value for name in secret) else value


def as_request(parameters: Mapping[str, str]) -> list[dict[str, Any]]:
    """Return `parameters` in the format of CreateChangeSet."""
    return [
        {"ParameterKey": key, **({"UsePreviousValue": True} if value == MASKED else {"ParameterValue": value})}
        for key, value in parameters.items()
    ]
