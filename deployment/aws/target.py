"""The target of a deploy: a Region of an AWS account, or the endpoint of an emulator."""

from __future__ import annotations

import threading
from dataclasses import dataclass, field, replace
from functools import cache
from typing import Any

import boto3
import botocore.session
from botocore.config import Config

from deployment.aws.errors import translated
from deployment.aws.metadata_service import ask_metadata_service_briefly
from errors import UsageError
from settings import DEFAULT_REGION

AWS_ATTEMPTS = 8
EMULATOR_ATTEMPTS = 3


@dataclass(frozen=True)
class Target:
    """A Region of an account. Empty fields default to the standard AWS environment variables and profiles.

    endpoint_url: the endpoint of every service of an emulator; None for AWS.
    """

    region: str = ""
    endpoint_url: str | None = None
    profile: str | None = None
    access_key: str = ""
    secret_key: str = field(default="", repr=False)
    session_token: str = field(default="", repr=False)

    @property
    def resolved_region(self) -> str:
        """Return the Region of the requests.

        Raises CredentialsError when the profile does not exist.
        """
        with translated("your AWS profile"):
            return self.region or _session(self).region_name or DEFAULT_REGION

    def client(self, service: str) -> Any:
        """Return a cached boto3 client; it retries throttled requests and transient errors.

        Raises CredentialsError when the profile does not exist, and UsageError when the endpoint is not a valid URL.
        """
        target = replace(self, region=self.resolved_region)
        with _making:
            return _client(target, service)

    def has_credentials(self) -> bool:
        """Return True if there are credentials, valid or not. Raises CredentialsError when they are incomplete."""
        target = replace(self, region=self.resolved_region)
        with _making, translated("AWS credentials"):
            return _session(target).get_credentials() is not None

    def in_region(self, region: str) -> Target:
        """Return the same target in another Region."""
        return replace(self, region=region)


@cache
def _session(target: Target) -> boto3.Session:
    core = botocore.session.Session()
    session = boto3.Session(
        botocore_session=core,
        profile_name=target.profile,
        region_name=target.region or None,
        aws_access_key_id=target.access_key or None,
        aws_secret_access_key=target.secret_key or None,
        aws_session_token=target.session_token or None,
    )
    ask_metadata_service_briefly(core)
    return session


_making = threading.Lock()
"""Guards the session, which unlike its clients is not thread-safe."""


@cache
def _client(target: Target, service: Any) -> Any:
    # An emulator does not throttle; one that does not respond is not running.
    attempts = EMULATOR_ATTEMPTS if target.endpoint_url else AWS_ATTEMPTS
    config = Config(retries={"mode": "standard", "total_max_attempts": attempts}, connect_timeout=5, read_timeout=60)
    try:
        with translated(f"the {service} client"):
            return _session(target).client(service, endpoint_url=target.endpoint_url, config=config)
    except ValueError as exc:
        raise UsageError(
            f"endpoint {target.endpoint_url}", str(exc), "give a complete URL, such as http://localhost:4566"
        ) from exc
