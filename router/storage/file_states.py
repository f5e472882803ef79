"""The requests about the files that the router writes: what they contain, and when they were written."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from router import items
from router.contract import tables
from router.storage.rows import Row, batch_get, counts, keys_of, number
from router.storage.translation import translated

if TYPE_CHECKING:
    from mypy_boto3_dynamodb.client import DynamoDBClient


@dataclass(frozen=True, slots=True)
class FileStates:
    """The states of badge.svg, count.json and the backup. Every method raises StoreError when DynamoDB fails.

    visits: the name of the table
    """

    client: DynamoDBClient
    visits: str

    def badge(self) -> tuple[items.Totals, items.Badge]:
        """Return the counts and the state of badge.svg and count.json."""
        totals, badge = self._with_counts(tables.BADGE)
        return totals, items.Badge(badge.get(tables.DIGEST, {}).get("S", ""), number(badge, tables.WRITTEN_AT) or 0)

    def backup(self) -> tuple[items.Totals, items.Backup]:
        """Return the counts and the state of their last backup."""
        totals, backup = self._with_counts(tables.BACKUP)
        known = items.Backup(backup.get(tables.TABLE_ID, {}).get("S", ""), number(backup, tables.WRITTEN_AT) or 0)
        return totals, known

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

    def record_badge(self, digest: str, now: int) -> None:
        """Store the digest of badge.svg and count.json, and the time of the write."""
        with translated("UpdateItem"):
            self.client.update_item(
                TableName=self.visits,
                Key={tables.ID: {"S": tables.BADGE}},
                UpdateExpression=f"SET {tables.DIGEST} = :digest, {tables.WRITTEN_AT} = :now",
                ExpressionAttributeValues={":digest": {"S": digest}, ":now": {"N": str(now)}},
            )

    def _with_counts(self, key: str) -> tuple[items.Totals, Row]:
        """Return the counts and the item with this key."""
        found = batch_get(self.client, {self.visits: keys_of([tables.VISITOR_COUNT, key])})[self.visits]
        rows = {row[tables.ID]["S"]: row for row in found}
        count, named = counts(rows.get(tables.VISITOR_COUNT, {}))
        return items.Totals(count, None, 0, named), rows.get(key, {})
