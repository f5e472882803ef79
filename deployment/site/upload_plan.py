"""What has to be done so that the bucket holds the site. Pure: files and state in, a plan out."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Literal

from deployment.aws.bucket import Listed
from deployment.site.files import SiteFile, is_hashed
from deployment.site.invalidation import EVERYTHING, paths
from deployment.site.manifest import Manifest, Record
from deployment.site.state import SiteState, Stored
from errors import UsageError
from router.contract.files import BADGE_KEY
from template_gen.viewer_request import is_reachable

UNFINISHED = ".deploy-unfinished"
"""The key of the mark that lies in the bucket from before the first upload until after the invalidation. Nothing of a
site has it, since hidden files are not published."""

FEW_FILES = 10
"""Of fewer than these, any number may go unasked."""

Reason = Literal["new", "content", "headers"]


@dataclass(frozen=True)
class Upload:
    """reason: the file is new, its content differs, or only how it is served does."""

    file: SiteFile
    reason: Reason


@dataclass(frozen=True)
class Leftover:
    """An object that the site has no file for. `since` is when a deploy first found it so, for hashed assets only."""

    key: str
    size: int
    since: datetime | None = None


@dataclass(frozen=True)
class UploadPlan:
    """uploads: in the order in which they go: hashed assets, then all else, then pages.
    unchanged: what is right already. deleted: what goes at once. pruned: hashed assets whose time of grace is over.
    kept: hashed assets in that time, for pages that were loaded before.
    invalidate: paths as CloudFront wants them. unreachable: keys that no address leads to.
    replaceable: how many objects there are that have no hash in their names.
    record: whether the stored manifest has to be written, even if nothing else is to be done.
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

    @property
    def empty(self) -> bool:
        """Nothing changes for who reads the site. `publish` may have to write its records even so: call it always."""
        return not (self.uploads or self.deleted or self.pruned or self.invalidate)

    @property
    def new(self) -> tuple[SiteFile, ...]:
        return tuple(upload.file for upload in self.uploads if upload.reason == "new")

    @property
    def changed(self) -> tuple[SiteFile, ...]:
        return tuple(upload.file for upload in self.uploads if upload.reason != "new")

    @property
    def files(self) -> tuple[SiteFile, ...]:
        return (*self.unchanged, *(upload.file for upload in self.uploads))

    @property
    def upload_size(self) -> int:
        """Bytes."""
        return sum(upload.file.size for upload in self.uploads)

    @property
    def mass_deletion(self) -> bool:
        return self.replaceable >= FEW_FILES and 2 * len(self.deleted) > self.replaceable


def plan_upload(files: Sequence[SiteFile], state: SiteState, *, now: datetime, grace: timedelta) -> UploadPlan:
    """What has to be done so that the bucket, which is as `state` says, holds `files`.

    grace: how long a hashed asset stays after the first deploy without it. now: aware, in any zone.
    """
    # The badge is the router's, who keeps it fresh.
    there = {key: stored for key, stored in state.objects.items() if key not in (UNFINISHED, BADGE_KEY)}
    reasons = {file.key: _reason(file, there.get(file.key)) for file in files}
    uploads = [Upload(file, reason) for file in files if (reason := reasons[file.key])]
    rest = there.keys() - reasons.keys()
    gone = _leftovers((key for key in rest if not is_hashed(key)), there, None)
    assets = _leftovers((key for key in rest if is_hashed(key)), there, now)
    kept = tuple(asset for asset in assets if asset.since is None or now - asset.since < grace)
    unchanged = tuple(file for file in files if not reasons[file.key])
    # An object that the last deploy left and that is there no more was taken out by hand: it may be cached still.
    replaced = [each.file.key for each in uploads if each.reason != "new" or each.file.key in state.manifest]
    plan = UploadPlan(
        uploads=tuple(sorted(uploads, key=stage)),
        unchanged=unchanged,
        deleted=gone,
        pruned=tuple(asset for asset in assets if asset not in kept),
        kept=kept,
        invalidate=(EVERYTHING,) if UNFINISHED in state.objects else paths([*replaced, *(left.key for left in gone)]),
        unreachable=tuple(file.key for file in files if not is_reachable(file.key)),
        replaceable=sum(not is_hashed(key) for key in there),
    )
    return _with_record(plan, state)


def stage(upload: Upload) -> int:
    """A page never names a file that is not there yet: what pages name goes before them, what never changes first."""
    return 0 if upload.file.is_hashed else 2 if upload.file.headers.is_page else 1


def require_few_deletions(plan: UploadPlan, *, allowed: bool) -> None:
    """Raises UsageError when most of the site would go and nobody said that it may: the folder is likely the wrong one.

    Pruned assets do not count: what prunes them is time.
    """
    if plan.mass_deletion and not allowed:
        raise UsageError(
            "site",
            f"{len(plan.deleted)} of its {plan.replaceable} files would be deleted, such as {plan.deleted[0].key}",
            "see whether site.folder is the right one, and complete; if it is meant, add --allow-mass-delete",
        )


def manifest_after(plan: UploadPlan, objects: Mapping[str, Listed]) -> Manifest:
    """The manifest to store when the plan is carried out and the bucket lists `objects`.

    What somebody else put there meanwhile is left out: the next deploy asks.
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


def _leftovers(keys: Iterable[str], there: Mapping[str, Stored], now: datetime | None) -> tuple[Leftover, ...]:
    return tuple(Leftover(key, there[key].size, there[key].obsolete_since or now) for key in sorted(keys))
