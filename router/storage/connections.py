"""The requests to the ConnectionIDs table. AWS errors are raised as StoreError."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from router import items
from router.contract import tables
from router.storage.rows import Row, number, scan
from router.storage.translation import translated

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from mypy_boto3_dynamodb.client import DynamoDBClient
    from mypy_boto3_dynamodb.type_defs import WriteRequestTypeDef

_DELETES_PER_REQUEST = 25  # the limit of BatchWriteItem
OF_A_CONNECTION = f"{tables.CONNECTION_ID}, {tables.CONNECTED_AT}, {tables.PAGE_NAME}, {tables.VISIT}"
NOBODY = items.Sender()


def sender_of(row: Row) -> items.Sender:
    """Return the sender of a message from the item of its connection, which is empty if it is not stored."""
    return items.Sender(row.get(tables.VISIT, {}).get("S"), row.get(tables.PAGE_NAME, {}).get("S", ""))


def connection_of(row: Row) -> items.Connection:
    """Return the connection in a row that was read with OF_A_CONNECTION."""
    return items.Connection(
        row[tables.CONNECTION_ID]["S"],
        number(row, tables.CONNECTED_AT) or 0,
        row[tables.PAGE_NAME]["S"] if tables.PAGE_NAME in row else "",
        row[tables.VISIT]["S"] if tables.VISIT in row else "",
    )


@dataclass(frozen=True, slots=True)
class Connections:
    """The open connections. Times are in epoch seconds. Every method raises StoreError when DynamoDB fails."""

    client: DynamoDBClient
    table: str

    def add(self, connection_id: str, now: int, sender: items.Sender = NOBODY) -> None:
        """Store a connection."""
        item = {
            tables.CONNECTION_ID: {"S": connection_id},
            tables.CONNECTED_AT: {"N": str(now)},
            tables.EXPIRES_AT: {"N": str(now + items.CONNECTION_LIFE_SECONDS)},
            **({tables.VISIT: {"S": sender.visit_id}} if sender.visit_id else {}),
            **({tables.PAGE_NAME: {"S": sender.name}} if sender.name else {}),
        }
        with translated("PutItem"):
            self.client.put_item(TableName=self.table, Item=item)

    def delete(self, connection_id: str) -> None:
        """Delete a connection, if it is stored."""
        with translated("DeleteItem"):
            self.client.delete_item(TableName=self.table, Key={tables.CONNECTION_ID: {"S": connection_id}})

    def delete_all(self, connection_ids: Sequence[str]) -> None:
        """Delete connections. Best effort: the next broadcast or sweep finds those that DynamoDB left unprocessed."""
        for start in range(0, len(connection_ids), _DELETES_PER_REQUEST):
            batch = connection_ids[start : start + _DELETES_PER_REQUEST]
            deletes: list[WriteRequestTypeDef] = [
                {"DeleteRequest": {"Key": {tables.CONNECTION_ID: {"S": id_}}}} for id_ in batch
            ]
            with translated("BatchWriteItem"):
                self.client.batch_write_item(RequestItems={self.table: deletes})

    def pages(self) -> Iterator[list[items.Connection]]:
        """Yield all connections in pages.

        The read is consistent, because the connection of the visit that is being broadcast has just been written.
        """
        request = {
            "TableName": self.table,
            "ProjectionExpression": OF_A_CONNECTION,
            "ConsistentRead": True,
        }
        for rows in scan(self.client, request):
            yield [connection_of(row) for row in rows]

    def number(self) -> int:
        """Return the number of connections. The read is eventually consistent, at half a read unit for 40 of them."""
        total, request = 0, {"TableName": self.table, "Select": "COUNT"}
        while True:
            with translated("Scan"):
                page = self.client.scan(**request)  # type: ignore[arg-type]
            total += page["Count"]
            if not page.get("LastEvaluatedKey"):
                return total
            request = {**request, "ExclusiveStartKey": page["LastEvaluatedKey"]}  # type: ignore[dict-item]

    def is_anybody_left(self) -> bool:
        """Return True if a connection is stored. The read is consistent, or it could find the one deleted last.

        A page may be empty though others follow.
        """
        request = {
            "TableName": self.table,
            "ProjectionExpression": tables.CONNECTION_ID,
            "ConsistentRead": True,
            "Limit": 1,
        }
        return any(scan(self.client, request))

    def expired_pages(self, now: int) -> Iterator[list[str]]:
        """Yield the ids of expired connections in pages. The TTL can take up to 48 hours to delete them."""
        request = {
            "TableName": self.table,
            "ProjectionExpression": tables.CONNECTION_ID,
            "FilterExpression": f"{tables.EXPIRES_AT} < :now",
            "ExpressionAttributeValues": {":now": {"N": str(now)}},
        }
        for rows in scan(self.client, request):
            yield [row[tables.CONNECTION_ID]["S"] for row in rows]
