"""Back to what was there before a deploy, for a deploy that turned out not to work.

`remember` notes, before anything is changed, the stack's template and parameters (the code's key is one of them, and
the artifact bucket keeps every zip) and which version of each object the site bucket shows. `roll_back` deploys the
one and puts the others back. Data is not touched: visits that were counted meanwhile stay counted.

What it cannot do: a first deploy has nothing before it; a resource whose replacement CloudFormation has finished is
made anew by the old template, at a new address; old versions of the site are kept for a month.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass

from deployment.aws.bucket import delete_objects
from deployment.aws.errors import translated
from deployment.aws.target import Target
from deployment.package.artifacts import template_url
from deployment.site.invalidation import EVERYTHING, invalidate
from deployment.site.upload_plan import UNFINISHED
from deployment.stack.progress import silent
from deployment.stack.stack import Change, Say, Stack
from router.contract.files import BADGE_KEY
from settings import Settings
from template_gen import names

PARALLEL_COPIES = 8


@dataclass(frozen=True)
class Before:
    """versions: key -> version ID of what the site bucket shows."""

    template: str
    parameters: Mapping[str, str]
    bucket: str
    versions: Mapping[str, str]


def remember(settings: Settings, target: Target) -> Before | None:
    """What is there now; None where there is no finished stack to go back to."""
    stack = Stack(settings.stack.name, target, silent)
    state = stack.read()
    bucket = state.outputs.get(names.SITE_BUCKET_NAME)
    if not state.exists or not bucket:
        return None
    template = json.dumps(stack.template(), indent=1, sort_keys=True, ensure_ascii=False) + "\n"
    return Before(template, state.parameters, bucket, read_versions(bucket, target))


def roll_back(settings: Settings, before: Before, target: Target, say: Say) -> None:
    """Raises StackError or CloudError when even that fails."""
    say("rolling back: the template, the code and the site of before this deploy")
    url = template_url(before.template, before.parameters[names.CODE_BUCKET], target)
    change = Change(before.template, before.parameters, url)
    outputs = Stack(settings.stack.name, target, say).apply(change).outputs
    restored = restore_site(before, outputs[names.DISTRIBUTION_ID], target)
    say(f"rolled back: {restored} files of the site put back; the visitor count was not touched")


def restore_site(before: Before, distribution_id: str, target: Target) -> int:
    """Makes the bucket show what it showed. How many objects that took. None changed, none invalidated."""
    now = read_versions(before.bucket, target)
    stale = {key: version for key, version in before.versions.items() if now.get(key) != version}
    added = [{"Key": key} for key in now.keys() - before.versions.keys()]
    s3 = target.client("s3")

    def put_back(item: tuple[str, str]) -> None:
        key, version = item
        source = {"Bucket": before.bucket, "Key": key, "VersionId": version}
        with translated(f"bucket {before.bucket}, {key}"):
            s3.copy_object(Bucket=before.bucket, Key=key, CopySource=source)

    with ThreadPoolExecutor(PARALLEL_COPIES) as threads:
        list(threads.map(put_back, stale.items()))
    delete_objects(before.bucket, added, target)
    if stale or added:
        invalidate((EVERYTHING,), distribution_id, target)
    return len(stale) + len(added)


def read_versions(bucket: str, target: Target) -> dict[str, str]:
    """Key -> version ID of every object that the bucket shows."""
    with translated(f"bucket {bucket}"):
        pages = target.client("s3").get_paginator("list_object_versions").paginate(Bucket=bucket)
        return {
            version["Key"]: version["VersionId"]
            for page in pages
            for version in page.get("Versions", [])
            if version["IsLatest"] and version["Key"] not in (UNFINISHED, BADGE_KEY)
        }
