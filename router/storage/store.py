"""The requests to the VisitorCounts table, one method each. AWS errors are raised as StoreError."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from router import items
from router.contract import tables
from router.errors import StoreBusyError, StoreError
from router.storage import transaction
from router.storage.broadcasts import Broadcasts
from router.storage.connections import Connections
from router.storage.file_states import FileStates
from router.storage.rows import Row, batch_get, keys_of, number, scan
from router.storage.segments import Segments
from router.storage.translation import cancellation_reasons, false_if_condition_failed, translated

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from mypy_boto3_dynamodb.client import DynamoDBClient

_IS_NEW = f"attribute_not_exists({tables.ID})"
_SALT = re.compile(r"(?:[0-9a-f]{2}){16,64}")
_DAYS_PER_READ = 100  # the limit of BatchGetItem
_MAX_GAP_DAYS = 1000


@dataclass(frozen=True, slots=True)
class Store:
    """The visits, the count and the other items of the table. Times are in epoch seconds.

    Every method raises StoreError when DynamoDB fails: StoreBusyError if a retry may succeed.

    visits: the name of the table
    connections: the requests to the other table
    """

    client: DynamoDBClient
    visits: str
    connections: Connections

    @property
    def files(self) -> FileStates:
        """The states of the files that the router writes."""
        return FileStates(self.client, self.visits)

    @property
    def broadcasts(self) -> Broadcasts:
        """The state of the broadcasts."""
        return Broadcasts(self.client, self.visits)

    @property
    def segments(self) -> Segments:
        """The segments of a broadcast by several functions."""
        return Segments(self.client, self.visits, self.connections.table)

    @classmethod
    def of(cls, client: DynamoDBClient, connections: str, visits: str) -> Store:
        """Return a store for the tables with these names."""
        return cls(client, visits, Connections(client, connections))

    def record_visit(self, visit_id: str, now: int, lifetime_seconds: int) -> bool:
        """Store a visit and return True; return False, and leave it unchanged, if it exists. Raises StoreError."""
        item = {
            tables.ID: {"S": tables.visit_key(visit_id)},
            tables.ARRIVED_AT: {"N": str(now)},
            tables.UNCOUNTED: {"S": visit_id},
            tables.EXPIRES_AT: {"N": str(now + lifetime_seconds)},
        }
        try:
            return self._put_new(item)
        except StoreBusyError as error:
            # Only `count` uses the item of a visit in a transaction, and only an existing one: the visit is known.
            if error.code == "TransactionConflictException":
                return False
            raise

    def has_visit(self, visit_id: str) -> bool:
        """Return True if the visit is stored."""
        return bool(self._read([tables.visit_key(visit_id)]))

    def daily_salt(self, day: str, proposed: bytes, expires_at: int) -> bytes:
        """Return the stored salt of a day, or store the proposed one and return it. Raises StoreError."""
        key = items.salt_key(day)
        rows = self._read([key])
        if not rows:
            row = {
                tables.ID: {"S": key},
                tables.SALT: {"S": proposed.hex()},
                tables.EXPIRES_AT: {"N": str(expires_at)},
            }
            if self._put_new(row):
                return proposed
            rows = self._read([key])
        salt = rows[0].get(tables.SALT, {}).get("S", "") if rows else ""
        if not _SALT.fullmatch(salt):
            raise StoreError("BatchGetItem", "salt", "the item of today's salt has no valid salt: delete the item")
        return bytes.fromhex(salt)

    def take(self, key: str, limit: int, expires_at: int, *, part: tuple[str, int] | None = None) -> bool:
        """Increment a counter and return True; return False if it has reached its limit.

        A retry after a lost response may increment it twice.

        part: the attribute of a second counter in the same item, and its limit; both are incremented, or neither
        """
        request: dict[str, Any] = {
            "TableName": self.visits,
            "Key": {tables.ID: {"S": key}},
            "UpdateExpression": f"ADD {tables.TAKEN} :one SET {tables.EXPIRES_AT} = :expires",
            "ConditionExpression": f"(attribute_not_exists({tables.TAKEN}) OR {tables.TAKEN} < :most)",
            "ExpressionAttributeValues": {
                ":one": {"N": "1"},
                ":expires": {"N": str(expires_at)},
                ":most": {"N": str(limit)},
            },
        }
        if part:
            name, part_limit = part
            request["UpdateExpression"] = f"ADD {tables.TAKEN} :one, #part :one SET {tables.EXPIRES_AT} = :expires"
            request["ConditionExpression"] += " AND (attribute_not_exists(#part) OR #part < :mostOfPart)"
            request["ExpressionAttributeValues"][":mostOfPart"] = {"N": str(part_limit)}
            request["ExpressionAttributeNames"] = {"#part": name}
        try:
            with translated("UpdateItem"):
                self.client.update_item(**request)
        except StoreError as error:
            return false_if_condition_failed(error)
        return True

    def count(self, visits: Sequence[items.Visit], now: int) -> transaction.Attempt:
        """Count visits in one transaction. The visits must be a group of `transaction.groups`. Raises StoreError.

        The client generates the ClientRequestToken: it uses a new one per call and the same one for a retry, so a retry
        after a lost response succeeds. With one token for several calls, a call without the repeated visits would fail
        with IdempotentParameterMismatch.
        """
        try:
            with translated("TransactWriteItems"):
                self.client.transact_write_items(TransactItems=transaction.actions(self.visits, visits, now))
        except StoreBusyError:
            return transaction.Attempt(applied=False, busy=True)
        except StoreError as error:
            if error.code == "TransactionCanceledException":
                return transaction.read_cancellation(cancellation_reasons(error.__cause__), visits, now)
            raise
        return transaction.Attempt(applied=True)

    def uncounted_pages(self) -> Iterator[list[items.Visit]]:
        """Yield the visits that are marked as uncounted, in pages that fit one transaction.

        The index is eventually consistent and contains only keys, so the items are read for the mark and `arrivedAt`.
        """
        request = {"TableName": self.visits, "IndexName": tables.UNCOUNTED_INDEX, "Limit": transaction.MAX_VISITS}
        for rows in scan(self.client, request):
            visits = []
            for row in self._read([row[tables.ID]["S"] for row in rows]):
                visit_id = tables.visit_id_of(row[tables.ID]["S"])
                if visit_id is not None and tables.UNCOUNTED in row:
                    visits.append(_visit(visit_id, row))
            yield visits

    def totals(self) -> items.Totals:
        """Return the counts and the state of the last broadcast."""
        return self.broadcasts.totals()

    def note_presence(self) -> None:
        """Note that a connection has closed, or opened without a new visit. A retry may note it twice."""
        with translated("UpdateItem"):
            self.client.update_item(
                TableName=self.visits,
                Key={tables.ID: {"S": tables.PRESENCE}},
                UpdateExpression=f"ADD {tables.CHANGES} :one",
                ExpressionAttributeValues={":one": {"N": "1"}},
            )

    def numbers(self, now: int, name: str = "") -> items.Numbers:
        """Return the numbers of a reply as they are now. The read is consistent, but not of one moment."""
        today = items.last_day_keys(now, 1)[0]
        rows = self._rows([tables.VISITOR_COUNT, tables.ONLINE, today])
        count = tables.named_attribute(name) if name else tables.CURRENT_COUNT
        return items.Numbers(
            count=number(rows.get(tables.VISITOR_COUNT, {}), count) or 0,
            online=number(rows.get(tables.ONLINE, {}), tables.CONNECTIONS),
            today=number(rows.get(today, {}), _of_a_day(name)) or 0,
        )

    def past_days(self, now: int, days: int, connection_id: str) -> tuple[list[int], items.Sender]:
        """Return a connection, and its visits of the days before today, the oldest first.

        The read of the days is eventually consistent. Two tables take one request.
        """
        keys = items.day_keys(now, days, 0)
        connections = self.connections.table
        found = batch_get(
            self.client,
            {
                self.visits: keys_of(keys, consistent=False),
                connections: {"Keys": [{tables.CONNECTION_ID: {"S": connection_id}}], "ConsistentRead": True},
            },
        )
        row = next(iter(found[connections]), {})
        sender = items.Sender(row.get(tables.VISIT, {}).get("S"), row.get(tables.PAGE_NAME, {}).get("S", ""))
        visits = {day[tables.ID]["S"]: number(day, _of_a_day(sender.name)) or 0 for day in found[self.visits]}
        return [visits.get(key, 0) for key in keys], sender

    def uncounted(self, visit_id: str) -> items.Visit | None:
        """Return a visit that is marked as uncounted, None if it has been counted or does not exist."""
        rows = self._read([tables.visit_key(visit_id)])
        return next((_visit(visit_id, row) for row in rows if tables.UNCOUNTED in row), None)

    def history(self, now: int) -> dict[str, int]:
        """Return the visits of all days with visits, by date, back to a gap of 1000 days without any."""
        days: dict[str, int] = {}
        first = empty_days = 0
        while empty_days < _MAX_GAP_DAYS:
            keys = items.day_keys(now, first + _DAYS_PER_READ - 1, first - 1)
            found = {tables.day_of(row[tables.ID]["S"]): number(row, tables.VISITS) or 0 for row in self._read(keys)}
            days |= {day: visits for day, visits in found.items() if visits > 0}
            first += _DAYS_PER_READ
            empty_days = 0 if found else empty_days + _DAYS_PER_READ
        return days

    def _put_new(self, item: dict[str, Any]) -> bool:
        """Store a new item and return True; return False if an item with its key exists."""
        try:
            with translated("PutItem"):
                self.client.put_item(TableName=self.visits, Item=item, ConditionExpression=_IS_NEW)
        except StoreError as error:
            return false_if_condition_failed(error)
        return True

    def _rows(self, keys: Sequence[str]) -> dict[str, Row]:
        return {row[tables.ID]["S"]: row for row in self._read(keys)}

    def _read(self, keys: Sequence[str], *, consistent: bool = True) -> list[Row]:
        """Return the items with these keys, in any order and without missing ones. At most 100 keys."""
        if not keys:
            return []
        return batch_get(self.client, {self.visits: keys_of(keys, consistent=consistent)})[self.visits]


def _of_a_day(name: str) -> str:
    return tables.named_attribute(name) if name else tables.VISITS


def _visit(visit_id: str, row: Row) -> items.Visit:
    return items.Visit(visit_id, items.parse_epoch_seconds(row.get(tables.ARRIVED_AT, {}).get("N")))
