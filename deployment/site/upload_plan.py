"""The plan of an upload, from the files of the site and the state of the bucket. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Literal

from deployment.aws.bucket import Listed
from deployment.site import headers
from deployment.site.files import SiteFile
from deployment.site.headers import is_hashed
from deployment.site.invalidation import EVERYTHING, paths
from deployment.site.manifest import Manifest, Record
from deployment.site.state import SiteState, Stored
from errors import UsageError
from router.contract.files import SITE_KEYS
from template_gen.viewer_request import is_reachable

UNFINISHED = ".deploy-unfinished"
"""The key of the marker object that exists from before the first upload until after the invalidation. No file of a site
has this key, as hidden files are not published."""

NOT_OF_THE_SITE = (UNFINISHED, *SITE_KEYS)
"""Keys in the site bucket that are no files of the site. Badge and count.json belong to the router, which updates
them."""

FEW_FILES = 10
"""Number of files below which deleting any number of them needs no permission."""

Reason = Literal["new", "content", "headers"]


@dataclass(frozen=True)
class Upload:
    """A file to upload. reason: it is new, its content differs, or only its headers differ."""

    file: SiteFile
    reason: Reason


@dataclass(frozen=True)
class Leftover:
    """An object without a file in the site. since: the first deploy without its file, for hashed assets only."""

    key: str
    size: int
    since: datetime | None = None


@dataclass(frozen=True)
class UploadPlan:
    """The changes to the bucket.

    uploads: in order: hashed assets, other files, pages. unchanged: files that are up to date.
    deleted: objects to delete at once. pruned: hashed assets to delete as their grace period is over.
    kept: hashed assets within the grace period, for pages that browsers have already loaded.
    invalidate: the paths to invalidate. unreachable: keys without a URL.
    replaceable: the number of objects without a hash in their names.
    record: the manifest must be written, even if there are no other changes.
    before: the listing of the bucket that this plan changes.
    """

    uploads: tuple[Upload, ...] = ()
    unchanged: tuple[SiteFile, ...] = ()
    deleted: tuple[Leftover, ...] = ()
    pruned: tuple[Leftover, ...] = ()
    kept: tuple[Leftover, ...] = ()
    invalidate: tuple[str, ...] = ()
    unreachable: tuple[str, ...] = ()
    replaceable: int = 0
    record: bool = False
    before: Mapping[str, Listed] = field(default_factory=dict)

    @property
    def empty(self) -> bool:
        """Return True if visitors see no change. `publish` may still have to write the manifest, so always call it."""
        return not (self.uploads or self.deleted or self.pruned or self.invalidate)

    @property
    def new(self) -> tuple[SiteFile, ...]:
        """Return the files that the bucket does not have."""
        return tuple(upload.file for upload in self.uploads if upload.reason == "new")

    @property
    def changed(self) -> tuple[SiteFile, ...]:
        """Return the files that differ from those in the bucket."""
        return tuple(upload.file for upload in self.uploads if upload.reason != "new")

    @property
    def files(self) -> tuple[SiteFile, ...]:
        """Return all files of the site."""
        return (*self.unchanged, *(upload.file for upload in self.uploads))

    @property
    def upload_size(self) -> int:
        """Return the total size of the uploads in bytes."""
        return sum(upload.file.size for upload in self.uploads)

    @property
    def mass_deletion(self) -> bool:
        """Return True if more than half of the files would be deleted."""
        return self.replaceable >= FEW_FILES and 2 * len(self.deleted) > self.replaceable


def plan_upload(files: Sequence[SiteFile], state: SiteState, *, now: datetime, grace: timedelta) -> UploadPlan:
    """Return the plan that changes the bucket from `state` to `files`.

    grace: the time that a hashed asset is kept after the first deploy without it. now: an aware datetime.
    """
    objects = {key: stored for key, stored in state.objects.items() if key not in NOT_OF_THE_SITE}
    reasons = {file.key: _reason(file, objects.get(file.key)) for file in files}
    uploads = [Upload(file, reason) for file in files if (reason := reasons[file.key])]
    rest = objects.keys() - reasons.keys()
    gone = _leftovers((key for key in rest if not is_hashed(key)), objects, None)
    assets = _leftovers((key for key in rest if is_hashed(key)), objects, now)
    kept = tuple(asset for asset in assets if asset.since is None or now - asset.since < grace)
    unchanged = tuple(file for file in files if not reasons[file.key])
    # An object of the last deploy that no longer exists was deleted by hand, and may still be cached.
    replaced = [each.file.key for each in uploads if each.reason != "new" or each.file.key in state.manifest]
    plan = UploadPlan(
        uploads=tuple(sorted(uploads, key=stage)),
        unchanged=unchanged,
        deleted=gone,
        pruned=tuple(asset for asset in assets if asset not in kept),
        kept=kept,
        invalidate=(EVERYTHING,) if UNFINISHED in state.objects else paths([*replaced, *(left.key for left in gone)]),
        unreachable=tuple(file.key for file in files if not is_reachable(file.key)),
        replaceable=sum(not is_hashed(key) for key in objects),
        before=state.objects,
    )
    return _with_record(plan, state)


def stage(upload: Upload) -> int:
    """Return the stage of an upload."""
    return headers.stage(upload.file.key)


def require_few_deletions(plan: UploadPlan, *, allowed: bool) -> None:
    """Raise UsageError if most of the site would be deleted, as the folder is probably wrong, unless `allowed`.

    Pruned assets do not count, as they are deleted by age.
    """
    if plan.mass_deletion and not allowed:
        raise UsageError(
            "site",
            f"{len(plan.deleted)} of its {plan.replaceable} files would be deleted, such as {plan.deleted[0].key}",
            "check that site.folder is correct and complete; to delete the files, add --allow-mass-delete",
        )


def manifest_after(plan: UploadPlan, objects: Mapping[str, Listed]) -> Manifest:
    """Return the manifest to store after the plan is executed. objects: the listing of the bucket.

    Objects uploaded by someone else in the meantime are omitted; the next deploy requests their headers.
    """
    served = {file.key: file for file in plan.files}
    since = {left.key: left.since for left in plan.kept}
    manifest: dict[str, Record] = {}
    for key, listed in objects.items():
        file = served.get(key)
        if file and file.etag == listed.etag:
            manifest[key] = Record(listed.etag, listed.modified, file.headers)
        elif key in since:
            manifest[key] = Record(listed.etag, listed.modified, None, since[key])
    return manifest


def _with_record(plan: UploadPlan, state: SiteState) -> UploadPlan:
    written = manifest_after(plan, state.objects)
    differs = bool(plan.uploads or plan.deleted or plan.pruned) or written != state.manifest
    return UploadPlan(**{**vars(plan), "record": differs})


def _reason(file: SiteFile, stored: Stored | None) -> Reason | None:
    if stored is None:
        return "new"
    if stored.etag != file.etag:
        return "content"
    return None if stored.headers == file.headers else "headers"


def _leftovers(keys: Iterable[str], objects: Mapping[str, Stored], now: datetime | None) -> tuple[Leftover, ...]:
    return tuple(Leftover(key, objects[key].size, objects[key].obsolete_since or now) for key in sorted(keys))
