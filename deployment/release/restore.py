"""Restoring a release: its template and parameters by a change set, its site by copying the earlier object versions.

Data is not affected: visits counted in the meantime stay counted. Limits: a resource that CloudFormation has already
replaced is created again by the old template, under a new physical ID; object versions expire after 30 days.
"""

from __future__ import annotations

from collections.abc import Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import TYPE_CHECKING

from console import Reporter
from deployment.aws.bucket import delete_objects
from deployment.aws.errors import translated
from deployment.aws.target import Target
from deployment.package.artifacts import template_url
from deployment.release.release import Release, StoredObject, deployed_release, read_site_objects, save
from deployment.site.invalidation import EVERYTHING, invalidate
from deployment.stack.change_sets import Change, ChangeSet
from deployment.stack.required_output import required
from deployment.stack.stack import Stack
from deployment.stack.state import StackState
from errors import SmokeTestError, StackError
from template_gen import names

if TYPE_CHECKING:
    from deployment.smoke.smoke_test import Patience

PARALLEL_COPIES = 8


@dataclass(frozen=True)
class SiteRestoration:
    """The changes that restore a site.

    restored: key -> version to restore. added: those of them without an object now. deleted: keys to delete.
    """

    restored: Mapping[str, StoredObject]
    added: tuple[str, ...]
    deleted: tuple[str, ...]

    @property
    def number(self) -> int:
        return len(self.restored) + len(self.deleted)


def plan_site_restoration(release: Release, target: Target) -> SiteRestoration:
    """Compare the site bucket with the release. Raises CloudError."""
    now = read_site_objects(release.bucket, target)
    restored = {key: stored for key, stored in release.site.items() if now.get(key) != stored}
    added = tuple(sorted(restored.keys() - now.keys()))
    return SiteRestoration(restored, added, tuple(sorted(now.keys() - release.site.keys())))


def require_versions(release: Release, plan: SiteRestoration, target: Target) -> None:
    """Raise StackError if an object version that the plan restores has expired, and CloudError."""
    with translated(f"bucket {release.bucket}"):
        pages = target.client("s3").get_paginator("list_object_versions").paginate(Bucket=release.bucket)
        existing = {(one["Key"], one["VersionId"]) for page in pages for one in page.get("Versions", [])}
    for key, stored in plan.restored.items():
        if (key, stored.version) not in existing:
            raise StackError(
                f"bucket {release.bucket}, {key}",
                f"its version in the release of {release.at} has expired",
                "check out the sources of that release and deploy them",
            )


def restoring_change(release: Release, target: Target) -> Change:
    """Return the change that restores the template and the parameters. Raises CloudError."""
    bucket = release.parameters.get(names.CODE_BUCKET, "")
    return Change(release.template, release.parameters, template_url(release.template, bucket, target))


def restore(  # noqa: PLR0913 - the last two are keywords
    stack: Stack,
    release: Release,
    target: Target,
    reporter: Reporter,
    *,
    change_set: ChangeSet | None = None,
    patience: Patience | None = None,
) -> bool:
    """Restore the release, run the smoke test, and record the result as the latest release.

    change_set: of `restoring_change`, if it has been created. Returns False, after printing the reason, if the restored
    version does not pass the smoke test. Raises StackError or CloudError when the restoration fails.
    """
    from deployment.smoke.smoke_test import smoke_test

    reporter(f"rolling back the template, the code and the site to the release of {release.at}")
    applied = stack.execute(change_set) if change_set else stack.apply(restoring_change(release, target))
    restored = restore_site(release, required(applied.outputs, names.DISTRIBUTION_ID), target)
    reporter(f"rolled back: {restored} files of the site restored; the visitor count was not changed")
    try:
        smoke_test(applied.outputs, target, reporter, patience=patience)
    except SmokeTestError as error:
        reporter(f"the restored release does not pass the smoke test either: {error.where}: {error.what}")
        return False
    record_release(stack.read(), release.template, release.parameters[names.CODE_BUCKET], target)
    return True


def restore_site(release: Release, distribution_id: str, target: Target) -> int:
    """Restore the objects of the site, invalidate the cache if any differed, and return the number of them.

    Raises CloudError.
    """
    plan = plan_site_restoration(release, target)
    s3 = target.client("s3")

    def copy(item: tuple[str, StoredObject]) -> None:
        key, stored = item
        source = {"Bucket": release.bucket, "Key": key, "VersionId": stored.version}
        with translated(f"bucket {release.bucket}, {key}"):
            s3.copy_object(Bucket=release.bucket, Key=key, CopySource=source)

    with ThreadPoolExecutor(PARALLEL_COPIES) as threads:
        list(threads.map(copy, plan.restored.items()))
    delete_objects(release.bucket, [{"Key": key} for key in plan.deleted], target)
    if plan.number:
        invalidate((EVERYTHING,), distribution_id, target)
    return plan.number


def record_release(state: StackState, template: str, artifacts: str, target: Target) -> None:
    """Record what is deployed as the latest release. state, template: of the main stack. Raises CloudError."""
    if release := deployed_release(state, template, target, datetime.now(UTC)):
        save(release, artifacts, target)
