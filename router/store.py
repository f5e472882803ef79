"""The seam to DynamoDB: every request the router makes, each a method; AWS's errors leave it as the StoreError tree."""

from __future__ import annotations

from contextlib import contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from botocore.exceptions import BotoCoreError, ClientError, HTTPClientError

from router import items, transaction
from router.errors import StoreBusyError, StoreError, StoreRejectedError

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from mypy_boto3_dynamodb.client import DynamoDBClient

_BUSY = frozenset(
    {
        "InternalServerError",
        "LimitExceededException",
        "ProvisionedThroughputExceededException",
        "RequestLimitExceeded",
        "ServiceUnavailable",
        "ThrottlingException",
        "TransactionConflictException",
        "TransactionInProgressException",
    }
)
# Their texts name a role, an action and a table, which is what the owner needs and nothing of a visitor.
_EXPLAINED = frozenset({"AccessDeniedException", "ResourceNotFoundException"})
_SERVER_ERROR = 500
_READ_TRIES = 5
_DELETES_AT_ONCE = 25  # BatchWriteItem's limit


@dataclass(frozen=True, slots=True)
class Store:
    """Times are epoch seconds. Every method raises StoreError: StoreBusyError if trying again may help."""

    client: DynamoDBClient
    connections: str
    visits: str

    def remember_connection(self, connection_id: str, now: int) -> None:
        item = {
            "connectionId": {"S": connection_id},
            "connectedAt": {"N": str(now)},
            "expiresAt": {"N": str(now + items.CONNECTION_LIFE_SECONDS)},
        }
        with _translated("PutItem"):
            self.client.put_item(TableName=self.connections, Item=item)

    def forget_connection(self, connection_id: str) -> None:
        with _translated("DeleteItem"):
            self.client.delete_item(TableName=self.connections, Key={"connectionId": {"S": connection_id}})

    def forget_connections(self, connection_ids: Sequence[str]) -> None:
        """Best effort: what DynamoDB leaves unprocessed is found again by the next broadcast or sweep."""
        for start in range(0, len(connection_ids), _DELETES_AT_ONCE):
            some = connection_ids[start : start + _DELETES_AT_ONCE]
            with _translated("BatchWriteItem"):
                self.client.batch_write_item(
                    RequestItems={
                        self.connections: [{"DeleteRequest": {"Key": {"connectionId": {"S": id_}}}} for id_ in some]
                    }
                )

    def connection_pages(self) -> Iterator[list[items.Connection]]:
        """Consistent, because the connection of the visit that is being told was written a moment ago."""
        request = {"TableName": self.connections, "ProjectionExpression": "connectionId, connectedAt"}
        for rows in self._pages({**request, "ConsistentRead": True}):
            yield [items.Connection(row["connectionId"]["S"], _int(row, "connectedAt") or 0) for row in rows]

    def expired_connection_pages(self, now: int) -> Iterator[list[str]]:
        """Connections past their life that the TTL, up to 48 hours late, has not deleted yet."""
        request = {
            "TableName": self.connections,
            "ProjectionExpression": "connectionId",
            "FilterExpression": "expiresAt < :now",
            "ExpressionAttributeValues": {":now": {"N": str(now)}},
        }
        for rows in self._pages(request):
            yield [row["connectionId"]["S"] for row in rows]

    def record_visit(self, visit_id: str, now: int, lifetime_seconds: int) -> bool:
        """Whether the visit is new. A visit known already is left as it is."""
        item = {
            "id": {"S": items.visit_key(visit_id)},
            "arrivedAt": {"N": str(now)},
            "uncounted": {"S": visit_id},
            "expiresAt": {"N": str(now + lifetime_seconds)},
        }
        try:
            with _translated("PutItem"):
                self.client.put_item(TableName=self.visits, Item=item, ConditionExpression="attribute_not_exists(id)")
        except StoreError as error:
            if error.code == "ConditionalCheckFailedException":
                return False
            raise
        return True

    def count(self, visits: Sequence[items.Visit], now: int) -> transaction.Attempt:
        """One transaction; the caller keeps to `transaction.groups`.

        No ClientRequestToken is given: botocore makes a fresh one per call and keeps it for its own retries of the
        same bytes, so a retry after a lost answer succeeds. A token of our own would outlive the request, and a later
        try without the visits found repeated would be refused as IdempotentParameterMismatch.
        """
        try:
            with _translated("TransactWriteItems"):
                self.client.transact_write_items(TransactItems=transaction.actions(self.visits, visits, now))
        except StoreBusyError:
            return transaction.Attempt(applied=False, busy=True)
        except StoreError as error:
            refusal = error.__cause__
            if error.code == "TransactionCanceledException" and isinstance(refusal, ClientError):
                return transaction.read_refusal(_reasons(refusal), visits, now)
            raise
        return transaction.Attempt(applied=True)

    def uncounted_pages(self) -> Iterator[list[items.Visit]]:
        """Visits that still have their mark, each page small enough for one transaction.

        The index holds keys only and lags a little, so the rows themselves are read for the mark and `arrivedAt`.
        """
        request = {"TableName": self.visits, "IndexName": items.UNCOUNTED_INDEX, "Limit": transaction.VISITS_AT_MOST}
        for rows in self._pages(request):
            visits = []
            for row in self._read([row["id"]["S"] for row in rows]):
                visit_id = items.visit_id_of(row["id"]["S"])
                if visit_id is not None and "uncounted" in row:
                    visits.append(items.Visit(visit_id, items.seconds_from(row.get("arrivedAt", {}).get("N"))))
            yield visits

    def totals(self) -> items.Totals:
        """One consistent read, so that a page is never told less than what a broadcast said before."""
        rows = {row["id"]["S"]: row for row in self._read([items.VISITOR_COUNT, items.ONLINE])}
        online = rows.get(items.ONLINE, {})
        return items.Totals(
            count=_int(rows.get(items.VISITOR_COUNT, {}), "currentCount") or 0,
            online=_int(online, "connections"),
            announced=_int(online, "announced") or 0,
        )

    def last_days(self, now: int, days: int) -> list[int]:
        """Visits of the last days, today's the last. What is read may lag a little: it is history."""
        keys = items.last_day_keys(now, days)
        rows = {row["id"]["S"]: _int(row, "visits") or 0 for row in self._read(keys, consistent=False)}
        return [rows.get(key, 0) for key in keys]

    def badge(self) -> tuple[int, items.Badge]:
        """The count, and what badge.svg shows of it."""
        rows = {row["id"]["S"]: row for row in self._read([items.VISITOR_COUNT, items.BADGE])}
        badge = rows.get(items.BADGE, {})
        count = _int(rows.get(items.VISITOR_COUNT, {}), "currentCount") or 0
        return count, items.Badge(shown=_int(badge, "shown"), written_at=_int(badge, "writtenAt") or 0)

    def note_badge(self, shown: int, now: int) -> None:
        with _translated("UpdateItem"):
            self.client.update_item(
                TableName=self.visits,
                Key={"id": {"S": items.BADGE}},
                UpdateExpression="SET shown = :shown, writtenAt = :now",
                ExpressionAttributeValues={":shown": {"N": str(shown)}, ":now": {"N": str(now)}},
            )

    def note_broadcast(self, connections: int, announced: int | None) -> None:
        """announced: the count every page was told, None to leave the last one: some page still waits for this one."""
        expression, values = "SET connections = :connections", {":connections": {"N": str(connections)}}
        if announced is not None:
            expression, values = (
                f"{expression}, announced = :announced",
                {**values, ":announced": {"N": str(announced)}},
            )
        with _translated("UpdateItem"):
            self.client.update_item(
                TableName=self.visits,
                Key={"id": {"S": items.ONLINE}},
                UpdateExpression=expression,
                ExpressionAttributeValues=values,
            )

    def _pages(self, request: dict[str, Any]) -> Iterator[list[dict[str, Any]]]:
        while True:
            with _translated("Scan"):
                page = self.client.scan(**request)
            yield page["Items"]
            if not page.get("LastEvaluatedKey"):
                return
            request = {**request, "ExclusiveStartKey": page["LastEvaluatedKey"]}

    def _read(self, keys: Sequence[str], *, consistent: bool = True) -> list[dict[str, Any]]:
        """Rows of the visits table, in any order; absent ones are left out. At most 100 keys."""
        rows: list[dict[str, Any]] = []
        wanted: Any = {self.visits: {"Keys": [{"id": {"S": key}} for key in keys], "ConsistentRead": consistent}}
        for _ in range(_READ_TRIES if keys else 0):
            with _translated("BatchGetItem"):
                answer = self.client.batch_get_item(RequestItems=wanted)
            rows += answer["Responses"].get(self.visits, [])
            wanted = answer.get("UnprocessedKeys")
            if not wanted:
                return rows
        if keys:
            raise StoreBusyError("BatchGetItem", "UnprocessedKeys")
        return rows


@contextmanager
def _translated(operation: str) -> Iterator[None]:
    try:
        yield
    except ClientError as error:
        code = error.response.get("Error", {}).get("Code", "")
        status = error.response.get("ResponseMetadata", {}).get("HTTPStatusCode", 0)
        detail = error.response.get("Error", {}).get("Message", "") if code in _EXPLAINED else ""
        busy = code in _BUSY or status >= _SERVER_ERROR
        kind = StoreBusyError if busy else StoreRejectedError if code == "ValidationException" else StoreError
        raise kind(operation, code, detail) from error
    except HTTPClientError as error:  # timeouts, resets, no connection: the request may or may not have been applied
        raise StoreBusyError(operation, type(error).__name__) from error
    except BotoCoreError as error:
        raise StoreError(operation, type(error).__name__) from error


def _reasons(error: ClientError) -> list[str]:
    # Modelled for this one exception only, so the type of the generic response does not know it.
    response: dict[str, Any] = {**error.response}
    return [reason.get("Code", "None") for reason in response.get("CancellationReasons", [])]


def _int(row: dict[str, Any], attribute: str) -> int | None:
    number = row.get(attribute, {}).get("N")
    return None if number is None else int(number)
