"""The site into its bucket: what changed, and nothing else.

`plan_upload` compares (pure), `upload` acts: hashed assets first and pages last, so that a page never names a file
that is not there yet; what is gone is deleted after that; then CloudFront forgets the pages that changed.
"""

from __future__ import annotations

import time
from collections.abc import Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass

from deployment.aws_errors import translated
from deployment.site_files import HASHED, SiteFile
from deployment.target import Target

PARALLEL_UPLOADS = 8
DELETE_LIMIT = 1000
"""Keys in one DeleteObjects request. Source: Amazon S3 API Reference."""


@dataclass(frozen=True)
class UploadPlan:
    """`delete` are keys; `invalidate` are paths as CloudFront wants them, from "/"."""

    assets: tuple[SiteFile, ...]
    pages: tuple[SiteFile, ...]
    delete: tuple[str, ...]
    invalidate: tuple[str, ...]

    @property
    def empty(self) -> bool:
        return not (self.assets or self.pages or self.delete)


def plan_upload(files: Sequence[SiteFile], uploaded: Mapping[str, str]) -> UploadPlan:
    """What has to be done so that the bucket, whose objects are `uploaded` (key -> ETag), holds `files`."""
    changed = [file for file in files if uploaded.get(file.key) != file.md5]
    gone = sorted(uploaded.keys() - {file.key for file in files})
    stale = [file.key for file in changed if file.key in uploaded] + gone
    # A page that is new may be cached as missing, so it is invalidated like one that changed. Hashed assets never are:
    # nobody asked for that name before.
    new_pages = [file.key for file in changed if file.key not in uploaded and uploaded]
    paths = sorted({path for key in stale + new_pages if not key.startswith(HASHED) for path in _paths(key)})
    return UploadPlan(
        assets=tuple(file for file in changed if file.key.startswith(HASHED)),
        pages=tuple(file for file in changed if not file.key.startswith(HASHED)),
        delete=tuple(gone),
        invalidate=tuple(paths),
    )


def read_bucket(bucket: str, target: Target) -> dict[str, str]:
    """Key -> ETag of everything in the bucket."""
    with translated(f"bucket {bucket}"):
        pages = target.client("s3").get_paginator("list_objects_v2").paginate(Bucket=bucket)
        return {item["Key"]: item["ETag"].strip('"') for page in pages for item in page.get("Contents", [])}


def upload(plan: UploadPlan, bucket: str, target: Target) -> None:
    """Carries out the plan's uploads and deletions."""
    s3 = target.client("s3")

    def put(file: SiteFile) -> None:
        with translated(f"bucket {bucket}, {file.key}"), file.source.open("rb") as body:
            s3.put_object(
                Bucket=bucket,
                Key=file.key,
                Body=body,
                ContentType=file.content_type,
                CacheControl=file.cache_control,
            )

    with ThreadPoolExecutor(PARALLEL_UPLOADS) as threads:
        list(threads.map(put, plan.assets))
        list(threads.map(put, plan.pages))
    for start in range(0, len(plan.delete), DELETE_LIMIT):
        keys = [{"Key": key} for key in plan.delete[start : start + DELETE_LIMIT]]
        with translated(f"bucket {bucket}"):
            s3.delete_objects(Bucket=bucket, Delete={"Objects": keys, "Quiet": True})


def invalidate(plan: UploadPlan, distribution_id: str, target: Target) -> None:
    """Lets CloudFront forget the plan's paths; without any it is left alone."""
    if not plan.invalidate:
        return
    with translated(f"distribution {distribution_id}"):
        target.client("cloudfront").create_invalidation(
            DistributionId=distribution_id,
            InvalidationBatch={
                "Paths": {"Quantity": len(plan.invalidate), "Items": list(plan.invalidate)},
                "CallerReference": str(time.time_ns()),
            },
        )


def _paths(key: str) -> list[str]:
    """The addresses under which a page is cached."""
    return ["/", f"/{key}"] if key == "index.html" else [f"/{key}"]
