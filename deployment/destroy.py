"""Takes the stacks out of the account. What goes and what stays is said first; a second run completes a broken one."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import islice

from deployment.artifacts import artifact_stack
from deployment.aws_errors import translated
from deployment.certificates import certificate_stack
from deployment.site_upload import DELETE_LIMIT
from deployment.stack import Say, Stack
from deployment.target import Target
from settings import Settings
from template_gen import names


def describe(settings: Settings, target: Target) -> list[str]:
    """What `destroy` would do, a line each."""
    kept = settings.stack.keep_data_on_destroy
    return [
        f"stack {settings.stack.name} in {target.resolved_region}: distribution, WebSocket API, router, logs: DELETED",
        "tables and site bucket: " + ("kept in your account" if kept else "DELETED, with the visitor count"),
        f"stack {settings.stack.name}-artifacts: deleted",
    ]


def destroy(settings: Settings, target: Target, say: Say) -> None:
    """Deletes the stacks; buckets that go are emptied before, every version of every object."""
    stack = Stack(settings.stack.name, target, say)
    state = stack.read()
    if state.status:
        bucket = state.outputs.get(names.SITE_BUCKET_NAME)
        if bucket and not settings.stack.keep_data_on_destroy:
            empty_bucket(bucket, target)
        stack.delete()
        if bucket and settings.stack.keep_data_on_destroy:
            say(f"kept: bucket {bucket}")
            for output in (names.VISITOR_COUNTS_TABLE, names.CONNECTION_IDS_TABLE):
                say(f"kept: table {state.outputs[output]}")
    say(f"stack {settings.stack.name}: gone")
    artifacts = artifact_stack(settings, target, say)
    if bucket := artifacts.read().outputs.get(names.ARTIFACT_BUCKET_NAME):
        empty_bucket(bucket, target)
        artifacts.delete()
    if settings.domain.hosted_zone and not settings.domain.certificate_arn:
        certificate = certificate_stack(settings, target, say)
        if certificate.read().status:
            certificate.delete()


def empty_bucket(bucket: str, target: Target) -> None:
    """Deletes every version and every deletion mark: a versioned bucket is not empty before."""
    s3 = target.client("s3")
    with translated(f"bucket {bucket}"):
        versions = _versions(s3.get_paginator("list_object_versions").paginate(Bucket=bucket))
        while chunk := list(islice(versions, DELETE_LIMIT)):
            s3.delete_objects(Bucket=bucket, Delete={"Objects": chunk, "Quiet": True})


def _versions(pages: object) -> Iterator[dict[str, str]]:
    for page in pages:  # type: ignore[attr-defined]
        for item in [*page.get("Versions", []), *page.get("DeleteMarkers", [])]:
            yield {"Key": item["Key"], "VersionId": item["VersionId"]}
