"""The site into its bucket: what changed, and nothing else.

`plan_upload` compares (pure), `publish` acts: hashed assets first and pages last, so that a page never names a file
that is not there yet; what is gone is deleted after that; then CloudFront forgets the pages that changed.

A deploy that is killed between its upload and its invalidation leaves a bucket that looks finished and a cache that is
not. So a mark lies in the bucket meanwhile, and the deploy that finds one has everything invalidated.
"""

from __future__ import annotations

import time
from collections.abc import Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from urllib.parse import quote

from deployment.aws_errors import translated
from deployment.bucket import delete_objects
from deployment.site_files import SiteFile, is_hashed
from deployment.target import Target
from errors import OutputError
from template_gen import names

PARALLEL_UPLOADS = 8

UNFINISHED = ".deploy-unfinished"
"""The mark's key. Nothing of a site has it, since hidden files are not published."""

EVERYTHING = "/*"
MANY_PATHS = 50
"""More than these are one wildcard instead: 1,000 paths a month are free, 3,000 at once are the limit, and a wildcard
counts as one. Source: "Pay for file invalidation" and "Quotas", Amazon CloudFront Developer Guide."""

SAFE_IN_PATHS = "/$-_.+!'(),;:@=&"
"""CloudFront wants what RFC 1738 calls unsafe encoded and nothing else; a `*` at the end would be a wildcard.
Source: "What you need to know when invalidating files", Amazon CloudFront Developer Guide."""


@dataclass(frozen=True)
class UploadPlan:
    """`delete` are keys; `invalidate` are paths as CloudFront wants them, from "/"."""

    assets: tuple[SiteFile, ...]
    pages: tuple[SiteFile, ...]
    delete: tuple[str, ...]
    invalidate: tuple[str, ...]

    @property
    def empty(self) -> bool:
        return not (self.assets or self.pages or self.delete or self.invalidate)


def plan_upload(files: Sequence[SiteFile], uploaded: Mapping[str, str]) -> UploadPlan:
    """What has to be done so that the bucket, whose objects are `uploaded` (key -> ETag), holds `files`.

    The badge stays: the router writes it.

    A file that is new needs no invalidation: at most its absence is cached, and that for ten seconds (the
    distribution's error caching). A hashed asset never needs one: its name was never another content's.
    """
    changed = [file for file in files if uploaded.get(file.key) != file.md5]
    gone = sorted(uploaded.keys() - {file.key for file in files} - {UNFINISHED, names.BADGE_KEY})
    stale = {file.key for file in changed if file.key in uploaded}.union(gone)
    paths = _paths({key for key in stale if not is_hashed(key)})
    return UploadPlan(
        assets=tuple(file for file in changed if is_hashed(file.key)),
        pages=tuple(file for file in changed if not is_hashed(file.key)),
        delete=tuple(gone),
        invalidate=(EVERYTHING,) if UNFINISHED in uploaded or len(paths) > MANY_PATHS else tuple(paths),
    )


def publish(plan: UploadPlan, bucket: str, distribution_id: str, target: Target) -> None:
    """Carries the plan out, so that it can be interrupted anywhere and completed by the next."""
    if plan.invalidate:
        with translated(f"bucket {bucket}"):
            target.client("s3").put_object(Bucket=bucket, Key=UNFINISHED, Body=b"")
    upload(plan, bucket, target)
    if plan.invalidate:
        invalidate(plan, distribution_id, target)
        delete_objects(bucket, [{"Key": UNFINISHED}], target)


def upload(plan: UploadPlan, bucket: str, target: Target) -> None:
    """Carries out the plan's uploads and deletions. Raises OutputError for a file that cannot be read any more."""
    s3 = target.client("s3")

    def put(file: SiteFile) -> None:
        try:
            with translated(f"bucket {bucket}, {file.key}"), file.source.open("rb") as body:
                s3.put_object(
                    Bucket=bucket,
                    Key=file.key,
                    Body=body,
                    ContentType=file.content_type,
                    CacheControl=file.cache_control,
                )
        except OSError as exc:
            raise OutputError(str(file.source), f"cannot be read: {exc}", "run the same command again") from exc

    with ThreadPoolExecutor(PARALLEL_UPLOADS) as threads:
        list(threads.map(put, plan.assets))
        list(threads.map(put, plan.pages))
    delete_objects(bucket, [{"Key": key} for key in plan.delete], target)


def invalidate(plan: UploadPlan, distribution_id: str, target: Target) -> None:
    """Lets CloudFront forget the plan's paths."""
    with translated(f"distribution {distribution_id}"):
        target.client("cloudfront").create_invalidation(
            DistributionId=distribution_id,
            InvalidationBatch={
                "Paths": {"Quantity": len(plan.invalidate), "Items": list(plan.invalidate)},
                "CallerReference": str(time.time_ns()),
            },
        )


def _paths(keys: set[str]) -> list[str]:
    """The addresses under which they are cached; the front page has two."""
    paths = {"/" + quote(key, safe=SAFE_IN_PATHS) for key in keys}
    return sorted(paths | {"/"} if "index.html" in keys else paths)
