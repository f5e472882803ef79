"""Restoring a release: its template and parameters by a change set, its site by copying the earlier object versions.

Data is not affected: visits counted in the meantime stay counted. Limits: a resource that CloudFormation has already
replaced is created again by the old template, under a new physical ID; object versions expire after 30 days.
"""

from __future__ import annotations

from collections.abc import Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from datetime import UTC, datetime
from itertools import groupby
from typing import TYPE_CHECKING

from console import Reporter
from deployment.aws.bucket import delete_objects
from deployment.aws.errors import translated
from deployment.aws.target import Target
from deployment.package.artifacts import template_url
from deployment.release.release import Release, StoredObject, deployed_release, read_site_versions, save
from deployment.site.headers import is_hashed, stage
from deployment.site.invalidation import EVERYTHING, invalidate
from deployment.site.upload_plan import UNFINISHED
from deployment.stack.change_sets import Change, ChangeSet
from deployment.stack.changes import losses, require_no_losses
from deployment.stack.required_output import required
from deployment.stack.stack import Stack
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
    """Compare the site bucket with the release.

    Raises StackError if an object version to restore has expired, and CloudError.
    """
    versions = read_site_versions(release.bucket, target)
    now = versions.current
    restored = {key: stored for key, stored in release.site.items() if now.get(key) != stored}
    for key, stored in restored.items():
        if (key, stored.version) not in versions.existing:
            raise StackError(
                f"bucket {release.bucket}, {key}",
                f"its version in the release of {release.at} has expired",
                "check out the sources of that release and deploy them",
            )
    added = tuple(sorted(restored.keys() - now.keys()))
    # Hashed assets of the present version stay, for pages that are loaded already; a later deploy prunes them.
    rest = now.keys() - release.site.keys()
    return SiteRestoration(restored, added, tuple(sorted(key for key in rest if not is_hashed(key))))


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

    change_set: of `restoring_change`, if it has been created and approved. Returns False, after printing the reason, if
    the restored version does not pass the smoke test. Raises StackError if a part of the release has expired, and
    UsageError if the restoration would lose data, both before any change; StackError or CloudError when it fails.
    """
    from deployment.smoke.smoke_test import smoke_test

    plan_site_restoration(release, target)  # raises before any change if a version has expired
    reporter(f"rolling back the template, the code and the site to the release of {release.at}")
    change_set = change_set or _lossless_change_set(stack, restoring_change(release, target))
    outputs = stack.execute(change_set).outputs if change_set else stack.read().outputs
    restored = restore_site(release, required(outputs, names.DISTRIBUTION_ID), target)
    reporter(f"rolled back: {restored} files of the site restored; the visitor count was not changed")
    result = deployed_release(stack.read(), release.template, target, datetime.now(UTC))
    try:
        smoke_test(outputs, target, reporter, patience=patience)
    except SmokeTestError as error:
        reporter(f"the restored release does not pass the smoke test either: {error.where}: {error.what}")
        return False
    if result:
        save(result, release.parameters[names.CODE_BUCKET], target)
    return True


def restore_site(release: Release, distribution_id: str, target: Target) -> int:
    """Restore the objects of the site, invalidate the cache if any differed, and return the number of them.

    As `publish`, it copies hashed assets first and pages last, and if it is interrupted, the next deploy invalidates
    everything. Objects over 5 GB cannot be copied. Raises CloudError.
    """
    plan = plan_site_restoration(release, target)
    if not plan.number:
        return 0
    s3 = target.client("s3")
    with translated(f"bucket {release.bucket}"):
        s3.put_object(Bucket=release.bucket, Key=UNFINISHED, Body=b"")

    def copy(key: str) -> None:
        source = {"Bucket": release.bucket, "Key": key, "VersionId": plan.restored[key].version}
        with translated(f"bucket {release.bucket}, {key}"):
            s3.copy_object(Bucket=release.bucket, Key=key, CopySource=source)

    with ThreadPoolExecutor(PARALLEL_COPIES) as threads:
        for _, keys in groupby(sorted(plan.restored, key=stage), key=stage):
            list(threads.map(copy, keys))
    delete_objects(release.bucket, [{"Key": key} for key in plan.deleted], target)
    invalidate((EVERYTHING,), distribution_id, target)
    delete_objects(release.bucket, [{"Key": UNFINISHED}], target)
    return plan.number


def _lossless_change_set(stack: Stack, change: Change) -> ChangeSet | None:
    """Return the change set of an automatic rollback, None if the stack does not change.

    Raises UsageError if it would lose data.
    """
    state = stack.read_settled()
    change_set = None if stack.unchanged(change, state) else stack.propose(change, state)
    if change_set:
        with stack.change_sets.deleted_if_refused(change_set.arn):
            require_no_losses(losses(change_set.changes), allowed=False, verb="rollback")
    return change_set
