"""The requests to the VisitorCounts table, one method each. AWS errors are raised as StoreError."""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

from router import items
from router.contract import budget, tables
from router.errors import StoreBusyError, StoreError
from router.storage import transaction
from router.storage.broadcasts import Broadcasts
from router.storage.budgets import Budgets, account_of
from router.storage.connections import Connections, sender_of
from router.storage.file_states import FileStates
from router.storage.limit_part import Part
from router.storage.rows import Row, batch_get, by_key, keys_of, number, numbers, read_rows, scan, text
from router.storage.segments import Segments
from router.storage.translation import cancellation_reasons, false_if_condition_failed, translated

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

    from mypy_boto3_dynamodb.client import DynamoDBClient

    from router.storage.days import Days

_SALT = re.compile(r"(?:[0-9a-f]{2}){16,64}")


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
    def days(self) -> Days:
        """The visits per day. Imported here, because only the sweep uses them."""
        from router.storage.days import Days

        return Days(self.client, self.visits)

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

    def budgets(self, now: int) -> Budgets:
        """Return the rows of the budget."""
        return Budgets(self.client, self.visits, now)

    def through(self, wrap: Callable[[DynamoDBClient], DynamoDBClient]) -> Store:
        """Return the same store over a wrapped client."""
        client = wrap(self.client)
        return replace(self, client=client, connections=replace(self.connections, client=client))

    @classmethod
    def of(cls, client: DynamoDBClient, connections: str, visits: str) -> Store:
        """Return a store for the tables with these names."""
        return cls(client, visits, Connections(client, connections))

    def record_visit(self, visit_id: str, now: int, lifetime_seconds: int) -> bool:
        """Store a visit, marked for the stream to count, and return True; return False if it exists. Raises StoreError.

        A transaction that is using the item may be one of `count_directly`, which may yet be cancelled: StoreBusyError.
        """
        return self._put_new(transaction.visit_item(visit_id, now, lifetime_seconds, marked=True))

    def count_directly(self, visits: Sequence[items.Visit], now: int, lifetime_seconds: int) -> transaction.Attempt:
        """Store the new visits of a page as counted, and count them, in one transaction. Never raises StoreError.

        `busy` means that nothing is known, not even that it was not applied: `record_visit` then finds the visits or
        stores them. If this request arrives after that, it is cancelled.
        """
        actions = transaction.direct_actions(self.visits, visits, now, lifetime_seconds)
        try:
            with translated("TransactWriteItems"):
                self.client.transact_write_items(TransactItems=actions)
        except StoreError as error:
            if error.code == "TransactionCanceledException":
                return transaction.read_direct_cancellation(cancellation_reasons(error.__cause__), visits)
            return transaction.Attempt(applied=False, busy=True)
        return transaction.Attempt(applied=True)

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
        salt = text(rows.get(key, {}), tables.SALT)
        if not _SALT.fullmatch(salt):
            raise StoreError("BatchGetItem", "salt", "the item of today's salt has no valid salt: delete the item")
        return bytes.fromhex(salt)

    def take(self, key: str, limit: int, expires_at: int, number: int = 1, part: Part | None = None) -> bool:
        """Add a number of requests to a counter and return True; return False if that would exceed its limit.

        A retry after a lost response may add them twice.

        part: a second counter in the same item, and its limit; both are added to, or neither
        """
        request: dict[str, Any] = {
            "TableName": self.visits,
            "Key": {tables.ID: {"S": key}},
            "UpdateExpression": f"ADD {tables.TAKEN} :number SET {tables.EXPIRES_AT} = :expires",
            "ConditionExpression": f"(attribute_not_exists({tables.TAKEN}) OR {tables.TAKEN} < :most)",
            "ExpressionAttributeValues": {
                ":number": {"N": str(number)},
                ":expires": {"N": str(expires_at)},
                ":most": {"N": str(limit - number + 1)},
            },
        }
        if part:
            part.add_to(request)
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
            for key, row in self._read([row[tables.ID]["S"] for row in rows]).items():
                visit_id = tables.visit_id_of(key)
                if visit_id is not None and tables.UNCOUNTED in row:
                    visits.append(_visit(visit_id, row))
            yield visits

    def note_presence(self) -> None:
        """Note that a connection has closed, or opened without a new visit. A retry may note it twice."""
        with translated("UpdateItem"):
            self.client.update_item(
                TableName=self.visits,
                Key={tables.ID: {"S": tables.PRESENCE}},
                UpdateExpression=f"ADD {tables.CHANGES} :one",
                ExpressionAttributeValues={":one": {"N": "1"}},
            )

    def read_for_reply(self, connection_id: str, month: str = "") -> items.ForReply:
        """Return a connection, the numbers of the site and who is here. The read is consistent.

        Two tables take one request.

        month: whose budget to read with them; empty for none
        """
        connections, budgets = self.connections.table, [budget.row_key(month)] if month else []
        found = batch_get(
            self.client,
            {
                self.visits: keys_of([tables.VISITOR_COUNT, tables.ONLINE, *budgets]),
                connections: {"Keys": [{tables.CONNECTION_ID: {"S": connection_id}}], "ConsistentRead": True},
            },
        )
        rows = by_key(found[self.visits])
        return items.ForReply(
            sender_of(next(iter(found[connections]), {})),
            numbers(rows.get(tables.VISITOR_COUNT, {})),
            number(rows.get(tables.ONLINE, {}), tables.CONNECTIONS),
            account_of(rows.get(budgets[0], {})) if budgets else None,
        )

    def numbers(self, name: str = "") -> items.Numbers:
        """Return the numbers of the site, or of the pages with a name. The read is consistent."""
        history = [tables.history_key(name)] if name else []
        rows = self._read([tables.VISITOR_COUNT, *history])
        count = rows.get(tables.VISITOR_COUNT, {})
        return numbers(count) if not name else numbers(count, name, rows.get(history[0], {}))

    def uncounted(self, visit_id: str) -> items.Visit | None:
        """Return a visit that is marked as uncounted, None if it has been counted or does not exist."""
        row = self._read([key := tables.visit_key(visit_id)]).get(key, {})
        return _visit(visit_id, row) if tables.UNCOUNTED in row else None

    def _put_new(self, item: dict[str, Any]) -> bool:
        """Store a new item and return True; return False if an item with its key exists."""
        try:
            with translated("PutItem"):
                self.client.put_item(TableName=self.visits, Item=item, ConditionExpression=transaction.IS_NEW)
        except StoreError as error:
            return false_if_condition_failed(error)
        return True

    def _read(self, keys: Sequence[str]) -> dict[str, Row]:
        return read_rows(self.client, self.visits, keys)


def _visit(visit_id: str, row: Row) -> items.Visit:
    return items.Visit(visit_id, items.parse_epoch_seconds(row.get(tables.ARRIVED_AT, {}).get("N")))
