"""The requests about the backup of the count: its id, and when it was written."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from router import items
from router.contract import tables
from router.storage.rows import counts, number, read_rows, text
from router.storage.translation import translated

if TYPE_CHECKING:
    from mypy_boto3_dynamodb.client import DynamoDBClient


@dataclass(frozen=True, slots=True)
class FileStates:
    """The state of the backup. Every method raises StoreError when DynamoDB fails.

    visits: the name of the table
    """

    client: DynamoDBClient
    visits: str

    def backup(self) -> tuple[items.Totals, items.Backup]:
        """Return the counts and the state of their last backup."""
        rows = read_rows(self.client, self.visits, [tables.VISITOR_COUNT, tables.BACKUP])
        current, backup = counts(rows.get(tables.VISITOR_COUNT, {})), rows.get(tables.BACKUP, {})
        known = items.Backup(text(backup, tables.TABLE_ID), number(backup, tables.WRITTEN_AT) or 0)
        return items.Totals(current.count, None, 0, current.named), known

    def assign_table_id(self, proposed: str) -> str:
        """Return the stored id of the table. If there is none, store the proposed one and return it."""
        with translated("UpdateItem"):
            answer = self.client.update_item(
                TableName=self.visits,
                Key={tables.ID: {"S": tables.BACKUP}},
                UpdateExpression=f"SET {tables.TABLE_ID} = if_not_exists({tables.TABLE_ID}, :proposed)",
                ExpressionAttributeValues={":proposed": {"S": proposed}},
                ReturnValues="ALL_NEW",
            )
        return answer["Attributes"][tables.TABLE_ID]["S"]

    def record_backup(self, now: int) -> None:
        """Store the time of a backup."""
        with translated("UpdateItem"):
            self.client.update_item(
                TableName=self.visits,
                Key={tables.ID: {"S": tables.BACKUP}},
                UpdateExpression=f"SET {tables.WRITTEN_AT} = :now",
                ExpressionAttributeValues={":now": {"N": str(now)}},
            )
