"""Tables and buckets with data: those of a stack, and those that an earlier stack of the same name has retained."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from botocore.exceptions import ClientError

from deployment.aws.bucket import empty_bucket
from deployment.aws.errors import error_code, translated
from deployment.aws.target import Target
from deployment.stack.changes import DATA_TYPES
from template_gen import names
from template_gen.serialization import as_text

BUCKETS = (names.SITE_BUCKET,)
OUTPUTS = (names.SITE_BUCKET_NAME, names.VISITOR_COUNTS_TABLE, names.CONNECTION_IDS_TABLE)
TYPES = {kind: type_ for type_, kind in DATA_TYPES.items()}
WAIT = {"Delay": 2, "MaxAttempts": 60}
TABLES = (names.VISITOR_COUNTS, names.CONNECTION_IDS)


@dataclass(frozen=True)
class Data:
    """A table or bucket. logical_id: in the stack that it belongs or belonged to. name: its physical ID."""

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
    """Return the data among the resources of a stack. resources: logical ID -> physical ID."""
    return tuple(
        Data(logical_id, resources[logical_id]) for logical_id in (*BUCKETS, *TABLES) if logical_id in resources
    )


def left_over(stack: str, target: Target) -> tuple[Data, ...]:
    """Return the data named as CloudFormation names that of a stack called `stack`, including that of a present one.

    Data that another stack uses, which has adopted it under another name, is not included. Raises CloudError.
    """
    tables = _matching(stack, TABLES, _tables(target))
    found = [
        *(one for one in tables if not _is_being_deleted(one, target)),
        *_matching(stack.lower(), BUCKETS, _buckets(f"{stack.lower()}-", target)),
    ]
    used = owners(target) if found else {}
    return tuple(sorted((one for one in found if used.get(one.name, stack) == stack), key=str))


def owners(target: Target) -> dict[str, str]:
    """Return the name of a table or bucket -> the stack that has it among its outputs. Raises CloudError."""
    with translated("stacks"):
        pages = target.client("cloudformation").get_paginator("describe_stacks").paginate()
        return {
            output["OutputValue"]: stack["StackName"]
            for page in pages
            for stack in page["Stacks"]
            for output in stack.get("Outputs", ())
            if output["OutputKey"] in OUTPUTS
        }


def adoptable(found: Sequence[Data]) -> tuple[Data, ...]:
    """Return the retained data that a new stack can adopt: all of it, or nothing if a part exists more than once."""
    parts = [one.logical_id for one in found]
    return tuple(found) if len(parts) == len(set(parts)) else ()


def import_template(template: str, data: Sequence[Data]) -> str:
    """Return the template of an import: only these resources. Source: "Import AWS resources into a CloudFormation stack
    manually", AWS CloudFormation User Guide: an import changes nothing else.
    """
    whole = json.loads(template)
    resources = {one.logical_id: whole["Resources"][one.logical_id] for one in data}
    return as_text({"Description": whole["Description"], "Resources": resources})


def resources_to_import(data: Sequence[Data]) -> list[dict[str, Any]]:
    """Return the parameter of CreateChangeSet."""
    return [
        {
            "LogicalResourceId": one.logical_id,
            "ResourceType": TYPES[one.kind],
            "ResourceIdentifier": {"BucketName" if one.is_bucket else "TableName": one.name},
        }
        for one in data
    ]


def delete(data: Data, target: Target) -> None:
    """Delete the data permanently, every version of every object, if it still exists. Raises CloudError."""
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
        client.get_waiter("table_not_exists").wait(TableName=data.name, WaiterConfig=WAIT)


def _is_gone(cause: BaseException | None) -> bool:
    return isinstance(cause, ClientError) and error_code(cause) in ("NoSuchBucket", "ResourceNotFoundException")


def _matching(stack: str, logical_ids: tuple[str, ...], names_there: Iterator[str]) -> Iterator[Data]:
    """Source: "Name type", AWS CloudFormation User Guide: stack, logical ID, random characters."""
    pattern = re.compile(rf"{re.escape(stack)}-({'|'.join(logical_ids)})-[a-z0-9]+", re.IGNORECASE)
    by_lower = {logical_id.lower(): logical_id for logical_id in logical_ids}
    for name in names_there:
        if (found := pattern.fullmatch(name)) and name.startswith(stack):
            yield Data(by_lower[found[1].lower()], name)


def _is_being_deleted(table: Data, target: Target) -> bool:
    with translated(str(table)):
        try:
            description = target.client("dynamodb").describe_table(TableName=table.name)["Table"]
        except ClientError as exc:
            if error_code(exc) != "ResourceNotFoundException":
                raise
            return True
    return str(description["TableStatus"]) == "DELETING"


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
