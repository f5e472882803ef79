"""Tables and buckets that hold data: those of the stack, and those retained from earlier stacks of the same name."""

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
    """A table or bucket. logical_id: in its stack, present or earlier. name: the physical ID."""

    logical_id: str
    name: str

    @property
    def is_bucket(self) -> bool:
        return self.logical_id in BUCKETS

    @property
    def kind(self) -> str:
        return "bucket" if self.is_bucket else "table"

    def __str__(self) -> str:
        return f"{self.kind} {self.name}"


def of_stack(resources: Mapping[str, str]) -> tuple[Data, ...]:
    """Return the tables and buckets among the resources of a stack. resources: logical ID -> physical ID."""
    return tuple(
        Data(logical_id, resources[logical_id]) for logical_id in (*BUCKETS, *TABLES) if logical_id in resources
    )


def left_over(stack: str, target: Target) -> tuple[Data, ...]:
    """Return the tables and buckets named as CloudFormation does for `stack`, those of the present stack included.

    Raises CloudError.
    """
    found = [*_matching(stack, TABLES, _tables(target)), *_matching(stack.lower(), BUCKETS, _buckets(target))]
    return tuple(sorted(found, key=str))


def delete(data: Data, target: Target) -> None:
    """Delete a table or bucket, including all object versions. Does nothing if it does not exist."""
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


def _matching(stack: str, logical_ids: tuple[str, ...], existing: Iterator[str]) -> Iterator[Data]:
    """Yield the names of the form stack, logical ID, random characters.

    Source: "Name type", AWS CloudFormation User Guide.
    """
    pattern = re.compile(rf"{re.escape(stack)}-({'|'.join(logical_ids)})-[a-z0-9]+", re.IGNORECASE)
    by_lower = {logical_id.lower(): logical_id for logical_id in logical_ids}
    for name in existing:
        if (found := pattern.fullmatch(name)) and name.startswith(stack):
            yield Data(by_lower[found[1].lower()], name)


def _tables(target: Target) -> Iterator[str]:
    with translated("tables"):
        for page in target.client("dynamodb").get_paginator("list_tables").paginate():
            yield from page["TableNames"]


def _buckets(target: Target) -> Iterator[str]:
    """Yield the buckets in this Region; an environment of the same name in another Region has its own."""
    with translated("buckets"):
        for bucket in target.client("s3").list_buckets().get("Buckets", []):
            if bucket.get("BucketRegion", target.resolved_region) == target.resolved_region:
                yield bucket["Name"]
