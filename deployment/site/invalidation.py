"""CloudFront invalidation of the paths that changed."""

from __future__ import annotations

import time
from collections.abc import Iterable, Sequence
from urllib.parse import quote

from deployment.aws.errors import translated
from deployment.aws.target import Target
from template_gen.viewer_request import INDEX

EVERYTHING = "/*"
MANY_PATHS = 50
"""Above this number, one wildcard is used instead. 1,000 paths per month are free, 3,000 can be in progress, and a
wildcard counts as one. Source: "Pay for file invalidation" and "Quotas", Amazon CloudFront Developer Guide."""

SAFE_IN_PATHS = "/$-_.+!'(),;:@=&"
"""Characters that CloudFront does not require to be encoded (RFC 1738); a `*` at the end would be a wildcard.
Source: "What you need to know when invalidating paths", Amazon CloudFront Developer Guide."""

WAIT = {"Delay": 5, "MaxAttempts": 180}
"""Seconds between two polls, and their number: 15 minutes in total. An invalidation mostly takes one or two."""


def paths(keys: Iterable[str]) -> tuple[str, ...]:
    """Return the paths to invalidate for changed or deleted objects."""
    found = sorted({path for key in keys for path in addresses(key)})
    return (EVERYTHING,) if len(found) > MANY_PATHS else tuple(found)


def addresses(key: str) -> tuple[str, ...]:
    """Return the URL paths of an object. The index page of a folder is also served at the folder's own path.

    CloudFront requires both paths if a viewer request function rewrites one to the other. Source: as above.
    """
    path = "/" + quote(key, safe=SAFE_IN_PATHS)
    return (path, path.removesuffix(INDEX)) if path.endswith(f"/{INDEX}") else (path,)


def invalidate(paths: Sequence[str], distribution_id: str, target: Target) -> str:
    """Create an invalidation of `paths` and return its ID. Raises CloudError."""
    with translated(f"distribution {distribution_id}"):
        answer = target.client("cloudfront").create_invalidation(
            DistributionId=distribution_id,
            InvalidationBatch={
                "Paths": {"Quantity": len(paths), "Items": list(paths)},
                "CallerReference": str(time.time_ns()),
            },
        )
    return str(answer["Invalidation"]["Id"])


def wait_until_completed(invalidation_id: str, distribution_id: str, target: Target) -> None:
    """Wait for an invalidation to complete. Raises CloudError when it takes more than 15 minutes."""
    with translated(f"distribution {distribution_id}, invalidation {invalidation_id}"):
        waiter = target.client("cloudfront").get_waiter("invalidation_completed")
        waiter.wait(DistributionId=distribution_id, Id=invalidation_id, WaiterConfig=WAIT)
