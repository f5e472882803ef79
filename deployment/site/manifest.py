"""What a listing of the bucket does not tell, remembered beside the router's code: how each object is served, and
since when no page needs it.

Never the truth, which is in the bucket: an entry counts only while its object is the one that it was written for.
Without it, or with a broken one, a deploy asks S3 object by object, and old assets begin their time of grace anew.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from botocore.exceptions import ClientError

from deployment.aws.errors import error_code, translated
from deployment.aws.target import Target
from deployment.site.headers import Headers

VERSION = 1


@dataclass(frozen=True)
class Record:
    """An object as a deploy left it. `headers` are None for one that the site has no file for any more, and
    `obsolete_since` is then when the first deploy came that had none."""

    etag: str
    modified: datetime
    headers: Headers | None
    obsolete_since: datetime | None = None


Manifest = Mapping[str, Record]
"""By key."""


def manifest_key(bucket: str) -> str:
    return f"site/{bucket}.json"


def load(artifacts: str, bucket: str, target: Target) -> Manifest:
    """The manifest of the site in `bucket`, kept in the bucket `artifacts`; an empty one when there is none."""
    key = manifest_key(bucket)
    with translated(f"bucket {artifacts}, {key}"):
        try:
            content = target.client("s3").get_object(Bucket=artifacts, Key=key)["Body"].read()
        except ClientError as exc:
            if error_code(exc) not in ("NoSuchKey", "404"):
                raise
            return {}
    return parse(content)


def save(manifest: Manifest, artifacts: str, bucket: str, target: Target) -> None:
    key = manifest_key(bucket)
    with translated(f"bucket {artifacts}, {key}"):
        target.client("s3").put_object(Bucket=artifacts, Key=key, Body=dump(manifest), ContentType="application/json")


def dump(manifest: Manifest) -> bytes:
    objects = {key: _fields(record) for key, record in sorted(manifest.items())}
    return json.dumps({"version": VERSION, "objects": objects}, ensure_ascii=False, separators=(",", ":")).encode()


def parse(content: bytes) -> Manifest:
    """An empty one for anything that `dump` did not write."""
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
