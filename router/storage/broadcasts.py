"""The requests that begin, end and record a broadcast. AWS errors are raised as StoreError."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from router.contract import tables
from router.errors import StoreError
from router.storage.translation import false_if_condition_failed, translated

if TYPE_CHECKING:
    from collections.abc import Mapping

    from mypy_boto3_dynamodb.client import DynamoDBClient

    from router.items import Totals

_NONE_SINCE = f"attribute_not_exists({tables.BROADCAST_AT}) OR {tables.BROADCAST_AT} = :was"


@dataclass(frozen=True, slots=True)
class Broadcasts:
    """The state of the broadcasts. Times are in epoch seconds. Every method raises StoreError when DynamoDB fails."""

    client: DynamoDBClient
    table: str

    def begin(self, was: int, until: int) -> bool:
        """Mark a broadcast as running until a time, and return True; return False if another has begun since.

        was: `broadcast_at` of the totals
        """
        try:
            self._note({tables.BROADCAST_AT: until}, {":was": {"N": str(was)}}, ConditionExpression=_NONE_SINCE)
        except StoreError as error:
            return false_if_condition_failed(error)
        return True

    def end(self, at: int) -> None:
        """Mark a broadcast that failed as ended."""
        self._note({tables.BROADCAST_AT: at})

    def record(self, connections: int, changes_told: int, at: int, announced: Totals | None) -> None:
        """Store the result of a broadcast that ends.

        announced: the counts that every page has received; None if a page has not, which keeps the previous ones
        """
        numbers = {tables.CONNECTIONS: connections, tables.CHANGES_TOLD: changes_told, tables.BROADCAST_AT: at}
        if announced is not None:
            numbers |= {tables.ANNOUNCED: announced.count, tables.ANNOUNCED_NAMED: announced.all_named}
        self._note(numbers)

    def _note(self, numbers: Mapping[str, int], values: Mapping[str, Any] | None = None, **condition: Any) -> None:
        numbered = {f":{name}": {"N": str(value)} for name, value in numbers.items()}
        with translated("UpdateItem"):
            self.client.update_item(
                TableName=self.table,
                Key={tables.ID: {"S": tables.ONLINE}},
                UpdateExpression="SET " + ", ".join(f"{name} = :{name}" for name in numbers),
                ExpressionAttributeValues={**numbered, **(values or {})},
                **condition,
            )
