"""The visits table's stream, read and delivered like Lambda's event source mapping does."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

from router.contract import tables

if TYPE_CHECKING:
    from mypy_boto3_dynamodbstreams.client import DynamoDBStreamsClient

Record = dict[str, Any]

_PAGE = 500


def pages(client: DynamoDBStreamsClient, stream: str) -> Iterator[list[Record]]:
    """Return every record, page by page, without end: an empty page means that there is nothing new. stream: its
    ARN."""
    shard = client.describe_stream(StreamArn=stream)["StreamDescription"]["Shards"][0]["ShardId"]
    iterator = client.get_shard_iterator(StreamArn=stream, ShardId=shard, ShardIteratorType="TRIM_HORIZON")[
        "ShardIterator"
    ]
    while True:
        answer = client.get_records(ShardIterator=iterator, Limit=_PAGE)
        yield [_as_lambda_has_it(record) for record in answer["Records"]]
        iterator = answer["NextShardIterator"]


def is_wanted(record: Record) -> bool:
    """Return True if a filter of the two mappings matches: a new visit, or a new count."""
    key, image = record["dynamodb"]["Keys"][tables.ID]["S"], record["dynamodb"].get("NewImage", {})
    return key == tables.VISITOR_COUNT or (key.startswith(tables.VISIT_PREFIXES) and tables.UNCOUNTED in image)


def _as_lambda_has_it(record: Any) -> Record:
    change = {name: value for name, value in record["dynamodb"].items() if name != "ApproximateCreationDateTime"}
    plain: Record = json.loads(json.dumps({**record, "dynamodb": change}))
    return {**plain, "eventSource": "aws:dynamodb"}
