"""Rollback of a deploy whose smoke test failed.

`take_snapshot` records, before anything is changed, the stack's template and parameters (one of them is the key of the
code, and the artifact bucket keeps every zip) and the current version of each object in the site bucket. `roll_back`
deploys the template and restores the objects. Data is not affected: visits counted in the meantime stay counted.

Limits: a first deploy cannot be rolled back; a resource that CloudFormation has already replaced is created again by
the old template, under a new physical ID; old object versions expire after a month.
"""

from __future__ import annotations

from collections.abc import Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass

from console import Say
from deployment.aws.bucket import delete_objects
from deployment.aws.errors import translated
from deployment.aws.target import Target
from deployment.package.artifacts import template_url
from deployment.site.invalidation import EVERYTHING, invalidate
from deployment.site.upload_plan import UNFINISHED
from deployment.stack.change_sets import Change
from deployment.stack.stack import Stack
from deployment.stack.state import StackState
from router.contract.files import BADGE_KEY
from template_gen import names
from template_gen.stack import as_text

PARALLEL_COPIES = 8


@dataclass(frozen=True)
class Snapshot:
    """The deployed version of the stack and the site. versions: key -> ID of the current version in the site bucket."""

    template: str
    parameters: Mapping[str, str]
    bucket: str
    versions: Mapping[str, str]


def take_snapshot(stack: Stack, state: StackState, target: Target) -> Snapshot | None:
    """Return the deployed version, or None if there is no complete stack to roll back to. Raises CloudError."""
    bucket = state.outputs.get(names.SITE_BUCKET_NAME)
    if not state.exists or not bucket:
        return None
    return Snapshot(as_text(stack.template()), state.parameters, bucket, read_versions(bucket, target))


def roll_back(stack: Stack, before: Snapshot, target: Target, say: Say) -> None:
    """Restore the version in `before`. Raises StackError or CloudError when the rollback fails."""
    say("rolling back the template, the code and the site to the version before this deploy")
    url = template_url(before.template, before.parameters[names.CODE_BUCKET], target)
    change = Change(before.template, before.parameters, url)
    outputs = stack.apply(change).outputs
    restored = restore_site(before, outputs[names.DISTRIBUTION_ID], target)
    say(f"rolled back: {restored} files of the site restored; the visitor count was not changed")


def restore_site(before: Snapshot, distribution_id: str, target: Target) -> int:
    """Restore the objects of the site, invalidate the cache if any differed, and return the number of them."""
    now = read_versions(before.bucket, target)
    stale = {key: version for key, version in before.versions.items() if now.get(key) != version}
    added = [{"Key": key} for key in now.keys() - before.versions.keys()]
    s3 = target.client("s3")

    def restore(item: tuple[str, str]) -> None:
        key, version = item
        source = {"Bucket": before.bucket, "Key": key, "VersionId": version}
        with translated(f"bucket {before.bucket}, {key}"):
            s3.copy_object(Bucket=before.bucket, Key=key, CopySource=source)

    with ThreadPoolExecutor(PARALLEL_COPIES) as threads:
        list(threads.map(restore, stale.items()))
    delete_objects(before.bucket, added, target)
    if stale or added:
        invalidate((EVERYTHING,), distribution_id, target)
    return len(stale) + len(added)


def read_versions(bucket: str, target: Target) -> dict[str, str]:
    """Return key -> ID of the current version of every object of the site in the bucket."""
    with translated(f"bucket {bucket}"):
        pages = target.client("s3").get_paginator("list_object_versions").paginate(Bucket=bucket)
        return {
            version["Key"]: version["VersionId"]
            for page in pages
            for version in page.get("Versions", [])
            if version["IsLatest"] and version["Key"] not in (UNFINISHED, BADGE_KEY)
        }
