"""The state of the site in its bucket: the listing, completed from the manifest or by requests to S3."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field, replace
from datetime import datetime

from botocore.exceptions import ClientError

from deployment.aws.bucket import Listed, read_bucket
from deployment.aws.errors import error_code, translated
from deployment.aws.target import Target
from deployment.site import manifest as site_manifest
from deployment.site.files import SiteFile
from deployment.site.headers import Headers
from deployment.site.manifest import Manifest

PARALLEL_REQUESTS = 8


@dataclass(frozen=True)
class Stored(Listed):
    """An object in the bucket. headers: None if unknown and not needed."""

    headers: Headers | None = None
    obsolete_since: datetime | None = None


@dataclass(frozen=True)
class SiteState:
    """The objects in the bucket, and the stored manifest, which may be out of date. Both by key."""

    objects: Mapping[str, Stored] = field(default_factory=dict)
    manifest: Manifest = field(default_factory=dict)


NOTHING_YET = SiteState()
"""The state before the first deploy."""


def read_state(files: Sequence[SiteFile], bucket: str, artifacts: str, target: Target) -> SiteState:
    """Return the state of `bucket`, with the headers of the objects that `files` must be compared with.

    artifacts: the bucket of the manifest. Raises CloudError.
    """
    manifest = site_manifest.load(artifacts, bucket, target)
    objects = completed(read_bucket(bucket, target), manifest)
    unknown = [file.key for file in files if needs_headers(file, objects.get(file.key))]
    if not unknown:
        return SiteState(objects, manifest)

    def request(key: str) -> Headers | None:
        return _request_headers(bucket, key, target)

    with ThreadPoolExecutor(PARALLEL_REQUESTS) as threads:
        answers = dict(zip(unknown, threads.map(request, unknown), strict=True))
    known = {key: replace(objects[key], headers=answers[key]) for key in unknown}
    return SiteState({**objects, **known}, manifest)


def completed(listed: Mapping[str, Listed], manifest: Manifest) -> dict[str, Stored]:
    """Return the listing, with the data of the manifest for the objects that have not changed since."""
    objects = {}
    for key, item in listed.items():
        record = manifest.get(key)
        objects[key] = (
            Stored(item.etag, item.size, item.modified, record.headers, record.obsolete_since)
            if record and (record.etag, record.modified) == (item.etag, item.modified)
            else Stored(item.etag, item.size, item.modified)
        )
    return objects


def needs_headers(file: SiteFile, stored: Stored | None) -> bool:
    """Return True if the headers must be requested: the content is equal, and the manifest has no headers."""
    return stored is not None and stored.headers is None and stored.etag == file.etag


def _request_headers(bucket: str, key: str, target: Target) -> Headers | None:
    """Request the headers of an object; None if it no longer exists."""
    with translated(f"bucket {bucket}, {key}"):
        try:
            answer = target.client("s3").head_object(Bucket=bucket, Key=key)
        except ClientError as exc:
            if error_code(exc) not in ("404", "NoSuchKey", "NotFound"):
                raise
            return None
    return Headers(answer["ContentType"], answer.get("CacheControl", ""), answer.get("ContentEncoding", ""))
