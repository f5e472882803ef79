"""The manifest of the site, stored in the artifact bucket: data that a bucket listing lacks, namely the headers of each
object and the time since when an asset is obsolete.

It is only a cache: an entry is used only if the object has not changed since it was written. Without a valid manifest,
a deploy requests the headers of each object from S3, and the grace period of obsolete assets starts again.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from deployment.aws.bucket import read_object
from deployment.aws.errors import translated
from deployment.aws.target import Target
from deployment.site.headers import Headers

VERSION = 1


@dataclass(frozen=True)
class Record:
    """An object after a deploy. headers: None for an obsolete one. obsolete_since: its first deploy without a file."""

    etag: str
    modified: datetime
    headers: Headers | None
    obsolete_since: datetime | None = None


Manifest = Mapping[str, Record]
"""Key -> record."""


def manifest_key(bucket: str) -> str:
    """Return the key of the manifest of the site in `bucket`."""
    return f"site/{bucket}.json"


def load(artifacts: str, bucket: str, target: Target) -> Manifest:
    """Load the manifest of the site in `bucket` from the bucket `artifacts`; empty if missing. Raises CloudError."""
    key = manifest_key(bucket)
    content = read_object(artifacts, key, target, f"artifact bucket {artifacts}, {key}")
    return {} if content is None else parse(content)


def save(manifest: Manifest, artifacts: str, bucket: str, target: Target) -> None:
    """Store the manifest of the site in `bucket` in the bucket `artifacts`. Raises CloudError."""
    key = manifest_key(bucket)
    with translated(f"artifact bucket {artifacts}, {key}"):
        target.client("s3").put_object(Bucket=artifacts, Key=key, Body=dump(manifest), ContentType="application/json")


def dump(manifest: Manifest) -> bytes:
    """Return the manifest as JSON."""
    objects = {key: _fields(record) for key, record in sorted(manifest.items())}
    return json.dumps({"version": VERSION, "objects": objects}, ensure_ascii=False, separators=(",", ":")).encode()


def parse(content: bytes) -> Manifest:
    """Parse the output of `dump`; return an empty manifest for anything else."""
    try:
        stored = json.loads(content)
        if stored["version"] != VERSION:
            return {}
        return {key: _record(fields) for key, fields in stored["objects"].items()}
    except (ValueError, KeyError, TypeError, AttributeError):
        return {}


def _fields(record: Record) -> list[str]:
    served = record.headers
    return [
        record.etag,
        record.modified.isoformat(),
        *((served.content_type, served.cache_control, served.content_encoding) if served else ("", "", "")),
        record.obsolete_since.isoformat() if record.obsolete_since else "",
    ]


def _record(fields: Any) -> Record:
    etag, modified, content_type, cache_control, encoding, obsolete = map(str, fields)
    return Record(
        etag,
        datetime.fromisoformat(modified),
        Headers(content_type, cache_control, encoding) if content_type else None,
        datetime.fromisoformat(obsolete) if obsolete else None,
    )
