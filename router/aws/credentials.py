"""The function's own AWS credentials: from the environment, where Lambda puts them, else as botocore finds them."""

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
    """token: the session token, empty for a user's long-lived key."""

    access_key: str
    secret_key: str
    token: str = ""

    def __repr__(self) -> str:
        return "Credentials(...)"  # a secret does not get into a log by way of a traceback or a failed assertion


def find(environment: Mapping[str, str]) -> Credentials:
    """Asked for whenever they are used, because they may rotate. Raises ConfigurationError where there are none."""
    access_key, secret_key = environment.get("AWS_ACCESS_KEY_ID"), environment.get("AWS_SECRET_ACCESS_KEY")
    if access_key and secret_key:
        return Credentials(access_key, secret_key, environment.get("AWS_SESSION_TOKEN", ""))
    resolved = _resolver()
    if resolved is None:
        raise ConfigurationError("there are no AWS credentials, neither in the environment nor where botocore looks")
    frozen = resolved.get_frozen_credentials()
    return Credentials(str(frozen.access_key), str(frozen.secret_key), frozen.token or "")


@functools.cache
def _resolver() -> botocore.credentials.Credentials | None:
    """Profiles, container and instance roles: not needed in Lambda, so not imported there. It renews by itself."""
    import botocore.session

    return botocore.session.get_session().get_credentials()
