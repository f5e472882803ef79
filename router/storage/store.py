"""The seam to DynamoDB: every request the router makes, each a method; AWS's errors leave it as the StoreError tree."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from router import items
from router.contract import tables
from router.errors import StoreBusyError, StoreError
from router.storage import transaction
from router.storage.translation import false_if_refused, reasons, translated

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from mypy_boto3_dynamodb.client import DynamoDBClient

_NOT_THERE = f"attribute_not_exists({tables.ID})"
_READ_TRIES = 5
_SALT = re.compile(r"(?:[0-9a-f]{2}){16,64}")
_DAYS_AT_ONCE = 100  # BatchGetItem's limit
_GAP_DAYS = 1000
_DELETES_AT_ONCE = 25  # BatchWriteItem's limit


@dataclass(frozen=True, slots=True)
class Store:
    """Times are epoch seconds. Every method raises StoreError: StoreBusyError if trying again may help."""

    client: DynamoDBClient
    connections: str
    visits: str

    def remember_connection(self, connection_id: str, now: int) -> None:
        item = {
            tables.CONNECTION_ID: {"S": connection_id},
            tables.CONNECTED_AT: {"N": str(now)},
            tables.EXPIRES_AT: {"N": str(now + items.CONNECTION_LIFE_SECONDS)},
        }
        with translated("PutItem"):
            self.client.put_item(TableName=self.connections, Item=item)

    def forget_connection(self, connection_id: str) -> None:
        with translated("DeleteItem"):
            self.client.delete_item(TableName=self.connections, Key={tables.CONNECTION_ID: {"S": connection_id}})

    def forget_connections(self, connection_ids: Sequence[str]) -> None:
        """Best effort: what DynamoDB leaves unprocessed is found again by the next broadcast or sweep."""
        for start in range(0, len(connection_ids), _DELETES_AT_ONCE):
            some = connection_ids[start : start + _DELETES_AT_ONCE]
            with translated("BatchWriteItem"):
                self.client.batch_write_item(
                    RequestItems={
                        self.connections: [
                            {"DeleteRequest": {"Key": {tables.CONNECTION_ID: {"S": id_}}}} for id_ in some
                        ]
                    }
                )

    def connection_pages(self) -> Iterator[list[items.Connection]]:
        """Consistent, because the connection of the visit that is being told was written a moment ago."""
        request = {
            "TableName": self.connections,
            "ProjectionExpression": f"{tables.CONNECTION_ID}, {tables.CONNECTED_AT}",
        }
        for rows in self._pages({**request, "ConsistentRead": True}):
            yield [
                items.Connection(row[tables.CONNECTION_ID]["S"], _int(row, tables.CONNECTED_AT) or 0) for row in rows
            ]

    def expired_connection_pages(self, now: int) -> Iterator[list[str]]:
        """Connections past their life that the TTL, up to 48 hours late, has not deleted yet."""
        request = {
            "TableName": self.connections,
            "ProjectionExpression": tables.CONNECTION_ID,
            "FilterExpression": f"{tables.EXPIRES_AT} < :now",
            "ExpressionAttributeValues": {":now": {"N": str(now)}},
        }
        for rows in self._pages(request):
            yield [row[tables.CONNECTION_ID]["S"] for row in rows]

    def record_visit(self, visit_id: str, now: int, lifetime_seconds: int) -> bool:
        """Whether the visit is new. A visit known already is left as it is."""
        item = {
            tables.ID: {"S": tables.visit_key(visit_id)},
            tables.ARRIVED_AT: {"N": str(now)},
            tables.UNCOUNTED: {"S": visit_id},
            tables.EXPIRES_AT: {"N": str(now + lifetime_seconds)},
        }
        try:
            return self._put_new(item)
        except StoreBusyError as error:
            # Only a fold has a visit's row in a transaction, and only one that is there: the visit is known.
            if error.code == "TransactionConflictException":
                return False
            raise

    def knows_visit(self, visit_id: str) -> bool:
        return bool(self._read([tables.visit_key(visit_id)]))

    def daily_salt(self, day: str, proposed: bytes, expires_at: int) -> bytes:
        """The salt of that day: the one that is there, or else the proposed one, which then is there for everybody."""
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
            raise StoreError("BatchGetItem", "salt", "the row of today's salt holds none: delete it")
        return bytes.fromhex(salt)

    def take(self, key: str, at_most: int, expires_at: int, *, part: tuple[str, int] | None = None) -> bool:
        """Adds one to what was taken, unless that is at_most already. A lost answer may take one more.

        part: an attribute that counts a part of it, and how many that may have; one more of both is taken, or of none.
        """
        request: dict[str, Any] = {
            "TableName": self.visits,
            "Key": {tables.ID: {"S": key}},
            "UpdateExpression": f"ADD {tables.TAKEN} :one SET {tables.EXPIRES_AT} = :expires",
            "ConditionExpression": f"(attribute_not_exists({tables.TAKEN}) OR {tables.TAKEN} < :most)",
            "ExpressionAttributeValues": {
                ":one": {"N": "1"},
                ":expires": {"N": str(expires_at)},
                ":most": {"N": str(at_most)},
            },
        }
        if part:
            name, part_at_most = part
            request["UpdateExpression"] = f"ADD {tables.TAKEN} :one, #part :one SET {tables.EXPIRES_AT} = :expires"
            request["ConditionExpression"] += " AND (attribute_not_exists(#part) OR #part < :mostOfPart)"
            request["ExpressionAttributeValues"][":mostOfPart"] = {"N": str(part_at_most)}
            request["ExpressionAttributeNames"] = {"#part": name}
        try:
            with translated("UpdateItem"):
                self.client.update_item(**request)
        except StoreError as error:
            return false_if_refused(error)
        return True

    def count(self, visits: Sequence[items.Visit], now: int) -> transaction.Attempt:
        """One transaction; the caller keeps to `transaction.groups`.

        No ClientRequestToken is given: botocore makes a fresh one per call and keeps it for its own retries of the
        same bytes, so a retry after a lost answer succeeds. A token of our own would outlive the request, and a later
        try without the visits found repeated would be refused as IdempotentParameterMismatch.
        """
        try:
            with translated("TransactWriteItems"):
                self.client.transact_write_items(TransactItems=transaction.actions(self.visits, visits, now))
        except StoreBusyError:
            return transaction.Attempt(applied=False, busy=True)
        except StoreError as error:
            if error.code == "TransactionCanceledException":
                return transaction.read_refusal(reasons(error.__cause__), visits, now)
            raise
        return transaction.Attempt(applied=True)

    def uncounted_pages(self) -> Iterator[list[items.Visit]]:
        """Visits that still have their mark, each page small enough for one transaction.

        The index holds keys only and lags a little, so the rows themselves are read for the mark and `arrivedAt`.
        """
        request = {"TableName": self.visits, "IndexName": tables.UNCOUNTED_INDEX, "Limit": transaction.VISITS_AT_MOST}
        for rows in self._pages(request):
            visits = []
            for row in self._read([row[tables.ID]["S"] for row in rows]):
                visit_id = tables.visit_id_of(row[tables.ID]["S"])
                if visit_id is not None and tables.UNCOUNTED in row:
                    visits.append(items.Visit(visit_id, items.seconds_from(row.get(tables.ARRIVED_AT, {}).get("N"))))
            yield visits

    def totals(self) -> items.Totals:
        """One consistent read, so that a page is never told less than what a broadcast said before."""
        rows = {row[tables.ID]["S"]: row for row in self._read([tables.VISITOR_COUNT, tables.ONLINE])}
        online = rows.get(tables.ONLINE, {})
        return items.Totals(
            count=_int(rows.get(tables.VISITOR_COUNT, {}), tables.CURRENT_COUNT) or 0,
            online=_int(online, tables.CONNECTIONS),
            announced=_int(online, tables.ANNOUNCED) or 0,
        )

    def last_days(self, now: int, days: int) -> list[int]:
        """Visits of the last days, today's the last. What is read may lag a little: it is history."""
        keys = items.last_day_keys(now, days)
        rows = {row[tables.ID]["S"]: _int(row, tables.VISITS) or 0 for row in self._read(keys, consistent=False)}
        return [rows.get(key, 0) for key in keys]

    def badge(self) -> tuple[int, items.Badge]:
        """The count, and what badge.svg shows of it."""
        rows = {row[tables.ID]["S"]: row for row in self._read([tables.VISITOR_COUNT, tables.BADGE])}
        badge = rows.get(tables.BADGE, {})
        count = _int(rows.get(tables.VISITOR_COUNT, {}), tables.CURRENT_COUNT) or 0
        return count, items.Badge(shown=_int(badge, tables.SHOWN), written_at=_int(badge, tables.WRITTEN_AT) or 0)

    def backup(self) -> tuple[int, items.Backup]:
        """The count, and what is known of its last copy."""
        rows = {row[tables.ID]["S"]: row for row in self._read([tables.VISITOR_COUNT, tables.BACKUP])}
        backup = rows.get(tables.BACKUP, {})
        count = _int(rows.get(tables.VISITOR_COUNT, {}), tables.CURRENT_COUNT) or 0
        known = items.Backup(backup.get(tables.TABLE_ID, {}).get("S", ""), _int(backup, tables.WRITTEN_AT) or 0)
        return count, known

    def history(self, now: int) -> dict[str, int]:
        """Visits by day, of every day that had some, back to a gap of a thousand days without one."""
        days: dict[str, int] = {}
        first = empty = 0
        while empty < _GAP_DAYS:
            keys = items.day_keys(now, first + _DAYS_AT_ONCE - 1, first - 1)
            found = {tables.day_of(row[tables.ID]["S"]): _int(row, tables.VISITS) or 0 for row in self._read(keys)}
            days |= {day: visits for day, visits in found.items() if visits > 0}
            first += _DAYS_AT_ONCE
            empty = 0 if found else empty + _DAYS_AT_ONCE
        return days

    def name_table(self, proposed: str) -> str:
        """The id of this table: the one that it has, or else the proposed one, which then is it."""
        with translated("UpdateItem"):
            answer = self.client.update_item(
                TableName=self.visits,
                Key={tables.ID: {"S": tables.BACKUP}},
                UpdateExpression=f"SET {tables.TABLE_ID} = if_not_exists({tables.TABLE_ID}, :proposed)",
                ExpressionAttributeValues={":proposed": {"S": proposed}},
                ReturnValues="ALL_NEW",
            )
        return answer["Attributes"][tables.TABLE_ID]["S"]

    def note_backup(self, now: int) -> None:
        with translated("UpdateItem"):
            self.client.update_item(
                TableName=self.visits,
                Key={tables.ID: {"S": tables.BACKUP}},
                UpdateExpression=f"SET {tables.WRITTEN_AT} = :now",
                ExpressionAttributeValues={":now": {"N": str(now)}},
            )

    def note_badge(self, shown: int, now: int) -> None:
        with translated("UpdateItem"):
            self.client.update_item(
                TableName=self.visits,
                Key={tables.ID: {"S": tables.BADGE}},
                UpdateExpression=f"SET {tables.SHOWN} = :shown, {tables.WRITTEN_AT} = :now",
                ExpressionAttributeValues={":shown": {"N": str(shown)}, ":now": {"N": str(now)}},
            )

    def note_broadcast(self, connections: int, announced: int | None) -> None:
        """announced: the count every page was told, None to leave the last one: some page still waits for this one."""
        expression, values = f"SET {tables.CONNECTIONS} = :connections", {":connections": {"N": str(connections)}}
        if announced is not None:
            expression, values = (
                f"{expression}, {tables.ANNOUNCED} = :announced",
                {**values, ":announced": {"N": str(announced)}},
            )
        with translated("UpdateItem"):
            self.client.update_item(
                TableName=self.visits,
                Key={tables.ID: {"S": tables.ONLINE}},
                UpdateExpression=expression,
                ExpressionAttributeValues=values,
            )

    def _put_new(self, item: dict[str, Any]) -> bool:
        """Whether the row was not there yet and now is."""
        try:
            with translated("PutItem"):
                self.client.put_item(
                    TableName=self.visits, Item=item, ConditionExpression=f"attribute_not_exists({tables.ID})"
                )
        except StoreError as error:
            return false_if_refused(error)
        return True

    def _pages(self, request: dict[str, Any]) -> Iterator[list[dict[str, Any]]]:
        while True:
            with translated("Scan"):
                page = self.client.scan(**request)
            yield page["Items"]
            if not page.get("LastEvaluatedKey"):
                return
            request = {**request, "ExclusiveStartKey": page["LastEvaluatedKey"]}

    def _read(self, keys: Sequence[str], *, consistent: bool = True) -> list[dict[str, Any]]:
        """Rows of the visits table, in any order; absent ones are left out. At most 100 keys."""
        rows: list[dict[str, Any]] = []
        wanted: Any = {self.visits: {"Keys": [{tables.ID: {"S": key}} for key in keys], "ConsistentRead": consistent}}
        for _ in range(_READ_TRIES if keys else 0):
            with translated("BatchGetItem"):
                answer = self.client.batch_get_item(RequestItems=wanted)
            rows += answer["Responses"].get(self.visits, [])
            wanted = answer.get("UnprocessedKeys")
            if not wanted:
                return rows
        if keys:
            raise StoreBusyError("BatchGetItem", "UnprocessedKeys")
        return rows


def _int(row: dict[str, Any], attribute: str) -> int | None:
    number = row.get(attribute, {}).get("N")
    return None if number is None else int(number)
