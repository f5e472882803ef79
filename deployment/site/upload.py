"""The site into its bucket: what changed, and nothing else.

`read_site` reads the files, `read_state` the bucket, `plan_upload` compares (pure), `publish` acts: hashed assets
first and pages last, so that a page never names a file that is not there yet; what is gone is deleted after that; then
CloudFront forgets the pages that changed; then the manifest is written.

A deploy that is killed between its upload and its invalidation leaves a bucket that looks finished and a cache that is
not. So a mark lies in the bucket meanwhile, and the deploy that finds one has everything invalidated. A large file
that was half uploaded is not in the bucket at all, and its parts go by a lifecycle rule within a day.
"""

from __future__ import annotations

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
from deployment.site.files import PART_SIZE, SiteFile, is_hashed, read_site
from deployment.site.headers import Headers
from deployment.site.invalidation import invalidate, wait_until_forgotten
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
from errors import OutputError

__all__ = [
    "UNFINISHED",
    "UploadPlan",
    "is_hashed",
    "plan_site",
    "plan_upload",
    "publish",
    "read_site",
    "require_few_deletions",
]

PARALLEL_UPLOADS = 8
"""As many as keep a home's line busy, and below the connections that a client keeps open (10)."""

IN_PARTS = TransferConfig(multipart_threshold=PART_SIZE, multipart_chunksize=PART_SIZE, max_concurrency=4)
"""Large files go one after the other, four parts at a time, read from the disk while they are sent."""


@dataclass(frozen=True)
class SitePlace:
    """Where a site is: its bucket, what serves it, and the bucket with the manifest."""

    bucket: str
    distribution_id: str
    artifacts: str


def plan_site(
    folder: Path, place: SitePlace | None, target: Target, *, now: datetime, keep_assets_days: int
) -> UploadPlan:
    """The plan for the built site in `folder`. `place` is None before the first deploy, when there is none.

    Raises OutputError for a file that cannot be read, CloudError for a bucket that cannot.
    """
    files = read_site(folder)
    state = read_state(files, place.bucket, place.artifacts, target) if place else NOTHING_YET
    return plan_upload(files, state, now=now, grace=timedelta(days=keep_assets_days))


def publish(  # noqa: PLR0913 - the switches of the command line, by name
    plan: UploadPlan,
    place: SitePlace,
    target: Target,
    *,
    allow_mass_delete: bool = False,
    wait: bool = False,
    progress: UploadProgress | None = None,
) -> None:
    """Carries the plan out, so that it can be interrupted anywhere and completed by the next.

    wait: return only when CloudFront has forgotten everywhere what changed.
    Raises UsageError, before anything is done, for a plan that deletes most of the site unless that is allowed;
    OutputError for a file that cannot be read any more; CloudError for what AWS refuses.
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
        wait_until_forgotten(invalidation_id, place.distribution_id, target)


def _upload(plan: UploadPlan, bucket: str, target: Target, progress: UploadProgress) -> None:
    """Stage by stage: every file of one before any of the next."""
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
                    # In this thread, which is the one that Ctrl-C interrupts.
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
    """Raises what `_put` raises. Whatever ends it, Ctrl-C included, what was sent of the file is taken back."""
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
    """Writes the manifest of the bucket as it is now."""
    manifest = manifest_after(plan, read_bucket(place.bucket, target))
    site_manifest.save(manifest, place.artifacts, place.bucket, target)
