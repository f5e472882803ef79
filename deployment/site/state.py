"""The site as it is in its bucket: the listing, completed from the manifest, and where that fails by asking S3."""

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

PARALLEL_QUESTIONS = 8


@dataclass(frozen=True)
class Stored(Listed):
    """An object of the bucket. `headers` are None when nobody knows them and nothing depends on it."""

    headers: Headers | None = None
    obsolete_since: datetime | None = None


@dataclass(frozen=True)
class SiteState:
    """`manifest` is the one that is stored, which may be out of date; `objects` are the truth. Both by key."""

    objects: Mapping[str, Stored] = field(default_factory=dict)
    manifest: Manifest = field(default_factory=dict)


NOTHING_YET = SiteState()
"""Before the first deploy, when there is no bucket."""


def read_state(files: Sequence[SiteFile], bucket: str, artifacts: str, target: Target) -> SiteState:
    """What `bucket` holds, as far as a plan for `files` needs to know. `artifacts` is the bucket of the manifest."""
    manifest = site_manifest.load(artifacts, bucket, target)
    objects = completed(read_bucket(bucket, target), manifest)
    unknown = [file.key for file in files if is_asked(file, objects.get(file.key))]
    if not unknown:
        return SiteState(objects, manifest)

    def ask(key: str) -> Headers | None:
        return _served(bucket, key, target)

    with ThreadPoolExecutor(PARALLEL_QUESTIONS) as threads:
        answers = dict(zip(unknown, threads.map(ask, unknown), strict=True))
    known = {key: replace(objects[key], headers=answers[key]) for key in unknown}
    return SiteState({**objects, **known}, manifest)


def completed(listed: Mapping[str, Listed], manifest: Manifest) -> dict[str, Stored]:
    """The listing, with what the manifest knows of those objects that are still the ones it knew."""
    objects = {}
    for key, item in listed.items():
        record = manifest.get(key)
        objects[key] = (
            Stored(item.etag, item.size, item.modified, record.headers, record.obsolete_since)
            if record and (record.etag, record.modified) == (item.etag, item.modified)
            else Stored(item.etag, item.size, item.modified)
        )
    return objects


def is_asked(file: SiteFile, stored: Stored | None) -> bool:
    """Other content is uploaded in any case, with its headers; only for the same content they have to be known."""
    return stored is not None and stored.headers is None and stored.etag == file.etag


def _served(bucket: str, key: str, target: Target) -> Headers | None:
    """How the object is served; None when it has gone meanwhile."""
    with translated(f"bucket {bucket}, {key}"):
        try:
            answer = target.client("s3").head_object(Bucket=bucket, Key=key)
        except ClientError as exc:
            if error_code(exc) not in ("404", "NoSuchKey", "NotFound"):
                raise
            return None
    return Headers(answer["ContentType"], answer.get("CacheControl", ""), answer.get("ContentEncoding", ""))
