"""Upload of the changed files of the site to its bucket.

`read_site` reads the files, `read_state` the bucket, `plan_upload` compares them (pure), and `publish` uploads: hashed
assets first and pages last, so that a page never refers to a missing file. Then it deletes obsolete files, invalidates
the changed paths, and writes the manifest.

A deploy that is killed between upload and invalidation leaves a complete bucket but an outdated cache. So a marker
object exists in the bucket in between, and a deploy that finds it invalidates everything. An incomplete multipart
upload creates no object, and a lifecycle rule deletes its parts within a day.
"""

from __future__ import annotations

from collections.abc import Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import groupby
from pathlib import Path
from typing import Any

from boto3.s3.transfer import ProgressCallbackInvoker, TransferConfig, create_transfer_manager

from deployment.aws.bucket import delete_objects, read_bucket
from deployment.aws.errors import translated
from deployment.aws.target import Target
from deployment.site import manifest as site_manifest
from deployment.site.files import PART_SIZE, SiteFile, read_site
from deployment.site.headers import Headers
from deployment.site.invalidation import invalidate, wait_until_completed
from deployment.site.progress import Silent, UploadProgress
from deployment.site.state import NOTHING_YET, read_state
from deployment.site.upload_plan import (
    UNFINISHED,
    UploadPlan,
    manifest_after,
    plan_upload,
    require_few_deletions,
    stage,
)
from deployment.stack.required_output import required
from errors import OutputError
from template_gen import names

PARALLEL_UPLOADS = 8
"""Enough to saturate a home connection, and below the connection pool size of a client (10)."""

IN_PARTS = TransferConfig(multipart_threshold=PART_SIZE, multipart_chunksize=PART_SIZE, max_concurrency=4)
"""Large files are uploaded one at a time, four parts in parallel, streamed from the disk."""


@dataclass(frozen=True)
class SitePlace:
    """The location of a site: its bucket, its distribution, and the bucket with the manifest."""

    bucket: str
    distribution_id: str
    artifacts: str

    @classmethod
    def of(cls, outputs: Mapping[str, str], artifacts: str) -> SitePlace | None:
        """Return the location from the outputs of the stack, or None if a part of it does not exist yet."""
        if names.SITE_BUCKET_NAME not in outputs or not artifacts:
            return None
        return cls(outputs[names.SITE_BUCKET_NAME], required(outputs, names.DISTRIBUTION_ID), artifacts)


def plan_site(
    folder: Path, place: SitePlace | None, target: Target, *, now: datetime, keep_assets_days: int
) -> UploadPlan:
    """Return the plan that uploads the built site in `folder`. place: None before the first deploy.

    Raises OutputError when a file cannot be read, and CloudError when the bucket cannot be read.
    """
    files = read_site(folder)
    state = read_state(files, place.bucket, place.artifacts, target) if place else NOTHING_YET
    return plan_upload(files, state, now=now, grace=timedelta(days=keep_assets_days))


def publish(  # noqa: PLR0913 - the options are keywords
    plan: UploadPlan,
    place: SitePlace,
    target: Target,
    *,
    allow_mass_delete: bool = False,
    wait: bool = False,
    progress: UploadProgress | None = None,
) -> None:
    """Execute the plan. If this is interrupted, the next deploy completes it.

    wait: wait for the CloudFront invalidation to complete.
    Raises UsageError, before any change, when the plan deletes most of the site and `allow_mass_delete` is false;
    OutputError when a file can no longer be read; CloudError when a request fails.
    """
    require_few_deletions(plan, allowed=allow_mass_delete)
    if plan.invalidate:
        with translated(f"bucket {place.bucket}"):
            target.client("s3").put_object(Bucket=place.bucket, Key=UNFINISHED, Body=b"")
    _upload(plan, place.bucket, target, progress or Silent())
    delete_objects(place.bucket, [{"Key": left.key} for left in (*plan.deleted, *plan.pruned)], target)
    invalidation_id = ""
    if plan.invalidate:
        invalidation_id = invalidate(plan.invalidate, place.distribution_id, target)
        delete_objects(place.bucket, [{"Key": UNFINISHED}], target)
    if plan.record:
        _record(plan, place, target)
    if wait and invalidation_id:
        wait_until_completed(invalidation_id, place.distribution_id, target)


def _upload(plan: UploadPlan, bucket: str, target: Target, progress: UploadProgress) -> None:
    """Upload the files stage by stage: all files of one before any of the next."""
    if not plan.uploads:
        return

    def put(file: SiteFile) -> None:
        _put(file, bucket, target)
        progress.sent(file.size)
        progress.arrived()

    with progress.of(len(plan.uploads), plan.upload_size), ThreadPoolExecutor(PARALLEL_UPLOADS) as threads:
        for _, uploads in groupby(plan.uploads, key=stage):
            files = [upload.file for upload in uploads]
            list(threads.map(put, [file for file in files if not file.in_parts]))
            for file in files:
                if file.in_parts:
                    # In the main thread, so that Ctrl-C interrupts it.
                    _put_in_parts(file, bucket, target, progress)
                    progress.arrived()


def _put(file: SiteFile, bucket: str, target: Target) -> None:
    s3 = target.client("s3")
    try:
        with translated(f"bucket {bucket}, {file.key}"), file.source.open("rb") as body:
            s3.put_object(Bucket=bucket, Key=file.key, Body=body, **_arguments(file.headers))
    except OSError as exc:
        raise _unreadable(file, exc) from exc


def _put_in_parts(file: SiteFile, bucket: str, target: Target, progress: UploadProgress) -> None:
    """Upload in parts; on any error, and on Ctrl-C, abort the multipart upload. Raises as `_put` does."""
    try:
        with (
            translated(f"bucket {bucket}, {file.key}"),
            create_transfer_manager(target.client("s3"), IN_PARTS) as manager,
        ):
            sent = ProgressCallbackInvoker(progress.sent)
            manager.upload(
                str(file.source), bucket, file.key, extra_args=_arguments(file.headers), subscribers=[sent]
            ).result()
    except OSError as exc:
        raise _unreadable(file, exc) from exc


def _arguments(headers: Headers) -> dict[str, Any]:
    encoding = {"ContentEncoding": headers.content_encoding} if headers.content_encoding else {}
    return {"ContentType": headers.content_type, "CacheControl": headers.cache_control, **encoding}


def _unreadable(file: SiteFile, error: OSError) -> OutputError:
    return OutputError(str(file.source), f"cannot be read: {error}", "run the same command again")


def _record(plan: UploadPlan, place: SitePlace, target: Target) -> None:
    """Write the manifest of the present bucket."""
    manifest = manifest_after(plan, read_bucket(place.bucket, target))
    site_manifest.save(manifest, place.artifacts, place.bucket, target)
