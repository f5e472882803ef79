"""Checks of a target before the first request: the Region exists, and there are credentials.

Both take milliseconds. A request to a Region that does not exist takes 40 seconds to fail, because its host name is
looked up again and again.
"""

from __future__ import annotations

import difflib
import re
from collections.abc import Mapping
from functools import cache

import botocore
from botocore.loaders import Loader

from deployment.aws.errors import NO_ACCOUNT
from deployment.aws.target import Target
from errors import CredentialsError, UsageError
from settings import REGION

UNLISTED = "UNLISTED_REGION"
"""The environment variable that names a Region which AWS has opened since the release of this botocore."""

ANY_CREDENTIALS = "an emulator accepts any: AWS_ACCESS_KEY_ID=test AWS_SECRET_ACCESS_KEY=test"


def require_access(target: Target, environment: Mapping[str, str]) -> None:
    """Raise UsageError if there is no such Region, and CredentialsError if there are no credentials."""
    require_region(target, environment)
    require_credentials(target)


def require_region(target: Target, environment: Mapping[str, str]) -> None:
    """Raise UsageError, with the nearest Region, for one that is in no list. An emulator has Regions of any name.

    environment: may name the Region in `UNLISTED`.
    """
    region = target.resolved_region
    if target.endpoint_url or is_known(region, environment):
        return
    near = nearest(region)
    advice = f"did you mean {near}?" if near else "choose one such as us-east-1 or eu-central-1."
    newer = f" If AWS has opened it since: {UNLISTED}={region}" if re.fullmatch(REGION, region) else ""
    raise UsageError(
        f"Region {region}",
        f"is not an AWS Region known to botocore {botocore.__version__}",
        f"{advice} It comes from --region or stack.region or your AWS configuration.{newer}",
    )


def require_credentials(target: Target) -> None:
    """Raise CredentialsError if there are none, or if the profile is incomplete. They may still be invalid."""
    if not target.has_credentials():
        raise CredentialsError(
            "AWS credentials",
            "there are none in the environment, in a profile or from a role of this machine",
            ANY_CREDENTIALS if target.endpoint_url else NO_ACCOUNT,
        )


def is_known(region: str, environment: Mapping[str, str]) -> bool:
    return region in regions() or region == environment.get(UNLISTED)


@cache
def regions() -> Mapping[str, str]:
    """Return Region -> description, such as "Europe (Frankfurt)", of all partitions. Source: botocore's partitions."""
    partitions = Loader().load_data("partitions")["partitions"]
    return {
        region: about.get("description", "")
        for partition in partitions
        for region, about in partition["regions"].items()
        if not region.endswith("-global")
    }


def nearest(region: str) -> str:
    """Return the Region in a city of this name, with the same letters, or with the most similar name; "" for none."""
    wanted = region.lower()
    in_city = [name for name, description in regions().items() if f"({wanted})" in description.lower()]
    similar = difflib.get_close_matches(wanted, regions(), n=len(regions()))
    swapped = [name for name in similar if sorted(name) == sorted(wanted)]
    return next(iter([*in_city, *swapped, *similar]), "")
