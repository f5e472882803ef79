"""Tables and buckets that hold data: those of the stack, and those that an earlier stack of the same name has left."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from botocore.exceptions import ClientError

from deployment.aws.bucket import empty_bucket
from deployment.aws.errors import error_code, translated
from deployment.aws.target import Target
from template_gen import names

BUCKETS = (names.SITE_BUCKET,)
TABLES = (names.VISITOR_COUNTS, names.CONNECTION_IDS)


@dataclass(frozen=True)
class Data:
    """logical_id: which part of the stack it is, or was. name: its own."""

    logical_id: str
    name: str

    @property
    def is_bucket(self) -> bool:
        """Return True for a bucket, False for a table."""
        return self.logical_id in BUCKETS

    @property
    def kind(self) -> str:
        """Return the word for it: bucket or table."""
        return "bucket" if self.is_bucket else "table"

    def __str__(self) -> str:
        return f"{self.kind} {self.name}"


def of_stack(resources: Mapping[str, str]) -> tuple[Data, ...]:
    """resources: logical ID -> physical ID."""
    return tuple(
        Data(logical_id, resources[logical_id]) for logical_id in (*BUCKETS, *TABLES) if logical_id in resources
    )


def left_over(stack: str, target: Target) -> tuple[Data, ...]:
    """What is named as CloudFormation names the data of a stack called `stack`. Some of it may be today's stack's."""
    found = [
        *_matching(stack, TABLES, _tables(target)),
        *_matching(stack.lower(), BUCKETS, _buckets(f"{stack.lower()}-", target)),
    ]
    return tuple(sorted(found, key=str))


def delete(data: Data, target: Target) -> None:
    """Delete the table, or the bucket with every version of every object, unless it is gone. Raises CloudError."""
    if data.is_bucket:
        empty_bucket(data.name, target)
    client = target.client("s3" if data.is_bucket else "dynamodb")
    try:
        with translated(str(data)):
            _delete(client, data)
    except Exception as exc:
        if not _is_gone(exc.__cause__):
            raise


def _delete(client: Any, data: Data) -> None:
    if data.is_bucket:
        client.delete_bucket(Bucket=data.name)
    else:
        client.delete_table(TableName=data.name)


def _is_gone(cause: BaseException | None) -> bool:
    return isinstance(cause, ClientError) and error_code(cause) in ("NoSuchBucket", "ResourceNotFoundException")


def _matching(stack: str, logical_ids: tuple[str, ...], names_there: Iterator[str]) -> Iterator[Data]:
    """Source: "Name type", AWS CloudFormation User Guide: stack, logical ID, random characters."""
    pattern = re.compile(rf"{re.escape(stack)}-({'|'.join(logical_ids)})-[a-z0-9]+", re.IGNORECASE)
    by_lower = {logical_id.lower(): logical_id for logical_id in logical_ids}
    for name in names_there:
        if (found := pattern.fullmatch(name)) and name.startswith(stack):
            yield Data(by_lower[found[1].lower()], name)


def _tables(target: Target) -> Iterator[str]:
    with translated("tables"):
        for page in target.client("dynamodb").get_paginator("list_tables").paginate():
            yield from page["TableNames"]


def _buckets(prefix: str, target: Target) -> Iterator[str]:
    """Yield the buckets in the target's Region, since a stack of the same name in another Region has data of its own.

    S3 returns the Region of a bucket only if the request has a parameter, here `prefix`. Source: ListBuckets, Amazon S3
    API Reference. A bucket without a Region is not deleted.
    """
    with translated("buckets"):
        for page in target.client("s3").get_paginator("list_buckets").paginate(Prefix=prefix):
            for bucket in page.get("Buckets", []):
                if bucket.get("BucketRegion") == target.resolved_region:
                    yield bucket["Name"]
