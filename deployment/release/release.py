"""The release: a deployed version of the stack and the site that has passed the smoke test.

Its record is written to the artifact bucket after the smoke test, as the last step of a deploy. Whatever changes the
stack or the site afterwards, even a deploy that is killed, makes the deployed version differ from the record, and so
unverified. The earlier versions of the object are the records of the earlier releases; they expire after 30 days, with
the versions of the site's objects that they refer to.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from dataclasses import asdict, dataclass
from datetime import datetime
from typing import Any

from deployment.aws.bucket import Listed, read_object
from deployment.aws.errors import translated
from deployment.aws.target import Target
from deployment.site.headers import is_hashed
from deployment.site.upload_plan import NOT_OF_THE_SITE
from deployment.stack.state import StackState
from template_gen import names

KEY = "release.json"
FORMAT = 1
UNVERIFIED = "unverified: what is deployed now has not passed the smoke test"


@dataclass(frozen=True)
class StoredObject:
    """A version of an object in the site bucket. modified: in ISO 8601, to the second."""

    version: str
    etag: str
    modified: str

    @property
    def mark(self) -> tuple[str, str]:
        """Return what a listing of the bucket shows of the version; it differs after every write."""
        return self.etag, self.modified


@dataclass(frozen=True)
class Release:
    """A deployed version of the stack and the site.

    at: the time of the record, UTC, in ISO 8601. stamp: of the stack's state (`StackState.stamp`).
    parameters: as CloudFormation returns them, so a secret is masked. site: key -> object in the site bucket.
    """

    at: str
    stamp: str
    template: str
    parameters: Mapping[str, str]
    bucket: str
    site: Mapping[str, StoredObject]

    @property
    def code(self) -> str:
        """Return the SHA-256 of the router's zip."""
        return code_of(self.parameters)

    def same_content(self, other: Release) -> bool:
        """Return True if both deploy the same template, parameters and files.

        Hashed assets do not count: those of an earlier version are kept for a while, and pages name the ones they use.
        """
        ours, theirs = (
            (one.template, one.parameters, {key: at.etag for key, at in one.site.items() if not is_hashed(key)})
            for one in (self, other)
        )
        return ours == theirs

    def is_deployed(self, state: StackState, site: Mapping[str, Listed]) -> bool:
        """Return True if this release is what is deployed. site: the listing of the site bucket."""
        listed = {key: (one.etag, _seconds(one.modified)) for key, one in site.items() if key not in NOT_OF_THE_SITE}
        return self.stamp == state.stamp and listed == {key: stored.mark for key, stored in self.site.items()}


def code_of(parameters: Mapping[str, str]) -> str:
    """Return the SHA-256 of the router's zip in the parameters of a stack, "" if there is none."""
    return parameters.get(names.CODE_KEY, "").rpartition("/")[2].removesuffix(".zip")


def deployed_release(state: StackState, template: str, target: Target, now: datetime) -> Release | None:
    """Return the deployed version as a release; None if the stack is not complete. Raises CloudError.

    state, template: of the main stack.
    """
    bucket = state.outputs.get(names.SITE_BUCKET_NAME)
    if not state.exists or not bucket:
        return None
    return Release(
        now.isoformat(timespec="milliseconds").replace("+00:00", "Z"),
        state.stamp,
        template,
        state.parameters,
        bucket,
        read_site_objects(bucket, target),
    )


@dataclass(frozen=True)
class SiteVersions:
    """The versions of the site's objects in its bucket. current: key -> version. existing: key and ID of each."""

    current: Mapping[str, StoredObject]
    existing: frozenset[tuple[str, str]]


def read_site_objects(bucket: str, target: Target) -> Mapping[str, StoredObject]:
    """Return key -> current version of every object of the site in the bucket. Raises CloudError."""
    return read_site_versions(bucket, target).current


def read_site_versions(bucket: str, target: Target) -> SiteVersions:
    """Return the versions of every object of the site in the bucket. Raises CloudError."""
    current: dict[str, StoredObject] = {}
    existing: set[tuple[str, str]] = set()
    with translated(f"bucket {bucket}"):
        for page in target.client("s3").get_paginator("list_object_versions").paginate(Bucket=bucket):
            for one in page.get("Versions", []):
                if one["Key"] in NOT_OF_THE_SITE:
                    continue
                existing.add((one["Key"], one["VersionId"]))
                if one["IsLatest"]:
                    modified = _seconds(one["LastModified"])
                    current[one["Key"]] = StoredObject(one["VersionId"], one["ETag"].strip('"'), modified)
    return SiteVersions(current, frozenset(existing))


def save(release: Release, artifacts: str, target: Target) -> None:
    """Write the record to the artifact bucket. Raises CloudError."""
    with translated(f"artifact bucket {artifacts}, {KEY}"):
        target.client("s3").put_object(Bucket=artifacts, Key=KEY, Body=dump(release), ContentType="application/json")


def load(artifacts: str, target: Target, **version: Any) -> Release | None:
    """Return the latest release, or that of a `VersionId`; None without a record in this format. Raises CloudError."""
    content = read_object(artifacts, KEY, target, f"artifact bucket {artifacts}, {KEY}", **version)
    return None if content is None else parse(content)


def load_releases(artifacts: str, target: Target) -> Iterator[Release]:
    """Yield the recorded releases, the latest first. Raises CloudError."""
    with translated(f"artifact bucket {artifacts}, {KEY}"):
        pages = target.client("s3").get_paginator("list_object_versions").paginate(Bucket=artifacts, Prefix=KEY)
        versions = [one["VersionId"] for page in pages for one in page.get("Versions", []) if one["Key"] == KEY]
    for version in versions:
        if release := load(artifacts, target, VersionId=version):
            yield release


def dump(release: Release) -> bytes:
    """Return the record as JSON."""
    return json.dumps({"format": FORMAT, **asdict(release)}, separators=(",", ":")).encode()


def parse(content: bytes) -> Release | None:
    """Parse the output of `dump`; return None for anything else."""
    try:
        stored = json.loads(content)
        if stored.pop("format") != FORMAT:
            return None
        site = {key: StoredObject(**one) for key, one in stored.pop("site").items()}
        return Release(**stored, site=site)
    except (ValueError, KeyError, TypeError, AttributeError):
        return None


def _seconds(time: datetime) -> str:
    return f"{time:%Y-%m-%dT%H:%M:%SZ}"
