"""What CloudFront is told to forget: the addresses of the pages that changed, and nothing else."""

from __future__ import annotations

import time
from collections.abc import Iterable, Sequence
from urllib.parse import quote

from deployment.aws.errors import translated
from deployment.aws.target import Target
from template_gen.viewer_request import INDEX

EVERYTHING = "/*"
MANY_PATHS = 50
"""More than these are one wildcard instead: 1,000 paths a month are free, 3,000 at once are the limit, and a wildcard
counts as one. Source: "Pay for file invalidation" and "Quotas", Amazon CloudFront Developer Guide."""

SAFE_IN_PATHS = "/$-_.+!'(),;:@=&"
"""CloudFront wants what RFC 1738 calls unsafe encoded and nothing else; a `*` at the end would be a wildcard.
Source: "What you need to know when invalidating paths", Amazon CloudFront Developer Guide."""

WAIT = {"Delay": 5, "MaxAttempts": 180}
"""Seconds between two looks, and how many: a quarter of an hour. It mostly takes one minute or two."""


def paths(keys: Iterable[str]) -> tuple[str, ...]:
    """The paths for objects that changed or went, as CloudFront wants them."""
    found = sorted({path for key in keys for path in addresses(key)})
    return (EVERYTHING,) if len(found) > MANY_PATHS else tuple(found)


def addresses(key: str) -> tuple[str, ...]:
    """Where the object is served. The page of a folder is also at the folder's own address.

    CloudFront advises to name both where a function on the viewer's request leads from one to the other, as ours does.
    Source: as above.
    """
    path = "/" + quote(key, safe=SAFE_IN_PATHS)
    return (path, path.removesuffix(INDEX)) if path.endswith(f"/{INDEX}") else (path,)


def invalidate(paths: Sequence[str], distribution_id: str, target: Target) -> str:
    """Has CloudFront forget `paths`, and returns the invalidation's ID."""
    with translated(f"distribution {distribution_id}"):
        answer = target.client("cloudfront").create_invalidation(
            DistributionId=distribution_id,
            InvalidationBatch={
                "Paths": {"Quantity": len(paths), "Items": list(paths)},
                "CallerReference": str(time.time_ns()),
            },
        )
    return str(answer["Invalidation"]["Id"])


def wait_until_forgotten(invalidation_id: str, distribution_id: str, target: Target) -> None:
    """Returns when every edge has forgotten. Raises CloudError when that takes more than a quarter of an hour."""
    with translated(f"distribution {distribution_id}, invalidation {invalidation_id}"):
        waiter = target.client("cloudfront").get_waiter("invalidation_completed")
        waiter.wait(DistributionId=distribution_id, Id=invalidation_id, WaiterConfig=WAIT)
