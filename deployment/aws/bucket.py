"""Listing a bucket and deleting objects from it."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from itertools import islice
from typing import Any

from botocore.exceptions import ClientError

from deployment.aws.errors import error_code, translated
from deployment.aws.target import Target
from errors import CloudError

DELETE_LIMIT = 1000
"""Maximum number of objects in a DeleteObjects request. Source: Amazon S3 API Reference."""


@dataclass(frozen=True)
class Listed:
    """An object in a bucket listing. size: in bytes."""

    etag: str
    size: int
    modified: datetime


def read_bucket(bucket: str, target: Target, prefix: str = "") -> dict[str, Listed]:
    """Return the objects in the bucket with the given key prefix, by key. Raises CloudError."""
    with translated(f"bucket {bucket}"):
        pages = target.client("s3").get_paginator("list_objects_v2").paginate(Bucket=bucket, Prefix=prefix)
        return {
            item["Key"]: Listed(item["ETag"].strip('"'), item["Size"], item["LastModified"])
            for page in pages
            for item in page.get("Contents", [])
        }


def read_object(bucket: str, key: str, target: Target, where: str, **version: str) -> bytes | None:
    """Return the content of an object, or of the given `VersionId`; None if there is none. Raises CloudError.

    where: the object, for errors.
    """
    with translated(where):
        try:
            content: bytes = target.client("s3").get_object(Bucket=bucket, Key=key, **version)["Body"].read()
        except ClientError as exc:
            if error_code(exc) not in ("NoSuchKey", "NoSuchVersion", "404"):
                raise
            return None
    return content


def delete_objects(bucket: str, objects: Iterable[Mapping[str, str]], target: Target) -> None:
    """Delete `objects`, each a Key, and its VersionId to delete that version permanently.

    Raises CloudError with the first object that S3 did not delete; S3 itself responds with success in this case.
    """
    s3, rest = target.client("s3"), iter(objects)
    with translated(f"bucket {bucket}"):
        while chunk := list(islice(rest, DELETE_LIMIT)):
            answer = s3.delete_objects(Bucket=bucket, Delete={"Objects": chunk, "Quiet": True})
            for refused in answer.get("Errors", []):
                raise CloudError(
                    f"bucket {bucket}, {refused.get('Key')}",
                    f"cannot be deleted: {refused.get('Message')} ({refused.get('Code')})",
                    "allow your user or role s3:DeleteObject and s3:DeleteObjectVersion, then run the command again",
                )


def empty_bucket(bucket: str, target: Target, *, but: str = "") -> None:
    """Delete every object version and delete marker. Does nothing if the bucket does not exist.

    but: a key prefix to skip. Raises CloudError.
    """
    pages = target.client("s3").get_paginator("list_object_versions").paginate(Bucket=bucket)
    try:
        going = (one for one in _versions(pages) if not (but and one["Key"].startswith(but)))
        delete_objects(bucket, going, target)
    except CloudError as exc:
        if not (isinstance(exc.__cause__, ClientError) and error_code(exc.__cause__) == "NoSuchBucket"):
            raise


def _versions(pages: Iterable[Mapping[str, Any]]) -> Iterator[dict[str, str]]:
    for page in pages:
        for item in [*page.get("Versions", []), *page.get("DeleteMarkers", [])]:
            yield {"Key": item["Key"], "VersionId": item["VersionId"]}
