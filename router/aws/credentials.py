"""The AWS credentials of the function: from the environment variables that Lambda sets, otherwise from botocore."""

from __future__ import annotations

import functools
from dataclasses import dataclass
from typing import TYPE_CHECKING

from router.errors import ConfigurationError

if TYPE_CHECKING:
    from collections.abc import Mapping

    import botocore.credentials


@dataclass(frozen=True, slots=True)
class Credentials:
    """An access key. `token` is the session token, empty for a long-term access key."""

    access_key: str
    secret_key: str
    token: str = ""

    def __repr__(self) -> str:
        return "Credentials(...)"  # keeps the secret out of tracebacks and logs


def find(environment: Mapping[str, str]) -> Credentials:
    """Return the current credentials. Call it for each use, because credentials rotate.

    Raises ConfigurationError when there are none.
    """
    access_key, secret_key = environment.get("AWS_ACCESS_KEY_ID"), environment.get("AWS_SECRET_ACCESS_KEY")
    if access_key and secret_key:
        return Credentials(access_key, secret_key, environment.get("AWS_SESSION_TOKEN", ""))
    found = _botocore_credentials()
    if found is None:
        raise ConfigurationError(
            "no AWS credentials found, neither in the environment nor in botocore's credential chain"
        )
    frozen = found.get_frozen_credentials()
    return Credentials(str(frozen.access_key), str(frozen.secret_key), frozen.token or "")


@functools.cache
def _botocore_credentials() -> botocore.credentials.Credentials | None:
    """Return botocore's self-refreshing credentials: from profiles, container and instance roles.

    Lambda does not need them, so botocore is imported here.
    """
    import botocore.session

    return botocore.session.get_session().get_credentials()
