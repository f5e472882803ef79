"""The table with the visitor count: reading and changing it while visits are being counted.

Every change adds a difference in a transaction, so that a concurrent visit is not lost. botocore sends a client request
token with each transaction, so its retries do not add twice. The router receives the new count from the stream and
broadcasts it to the open pages, as after a visit.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from botocore.exceptions import ClientError

from deployment.aws.errors import error_code, translated
from deployment.aws.target import Target
from errors import CloudError
from router.contract import tables

TRIES = 8
PAUSE_SECONDS = 0.05
NOT_THERE = f"attribute_not_exists({tables.ID})"
"""The condition for inserting a new row."""

Row = dict[str, Any]
"""An item in DynamoDB's JSON."""


class AlreadyAppliedError(Exception):
    """A condition of the transaction failed: it has been applied before."""


@dataclass(frozen=True)
class CountTable:
    """The table of visits. Every method raises CloudError when a request fails."""

    name: str
    target: Target
    sleep: Callable[[float], None] = time.sleep

    def count(self) -> int:
        """Return the visitor count."""
        row = self.get(tables.VISITOR_COUNT)
        return int(row.get(tables.CURRENT_COUNT, {"N": "0"})["N"])

    def get(self, key: str) -> Row:
        """Return the row with the given id, empty if it does not exist."""
        with self._translated():
            answer = self._client.get_item(TableName=self.name, Key={tables.ID: {"S": key}}, ConsistentRead=True)
        row: Row = answer.get("Item", {})
        return row

    def days(self, dates: Sequence[str]) -> dict[str, int]:
        """Return date -> visits for those of `dates` (YYYY-MM-DD) that have visits on record.

        The visits of a day are the sum of its row and of the attribute of the count (router/contract/tables.py). The
        router moves a day from one to the other at most twice, so both are read again if one was moved meanwhile.
        """
        before = tables.recent_days(self.get(tables.VISITOR_COUNT))
        for _ in range(TRIES):
            found = self._archived(dates)
            after = tables.recent_days(self.get(tables.VISITOR_COUNT))
            if after.keys() == before.keys():
                break
            before = after
        return {date: found.get(date, 0) + after.get(date, 0) for date in dates if date in found or date in after}

    def _archived(self, dates: Sequence[str]) -> dict[str, int]:
        """Return date -> visits in the rows of days."""
        found: dict[str, int] = {}
        for start in range(0, len(dates), 100):
            keys = [{tables.ID: {"S": tables.day_key(date)}} for date in dates[start : start + 100]]
            wanted: Any = {self.name: {"Keys": keys}}
            while wanted:
                with self._translated():
                    answer = self._client.batch_get_item(RequestItems=wanted)
                for row in answer["Responses"].get(self.name, []):
                    found[tables.day_of(row[tables.ID]["S"])] = int(row.get(tables.VISITS, {"N": "0"})["N"])
                wanted = answer.get("UnprocessedKeys")
        return found

    def rows(self) -> list[Row]:
        """Return a consistent snapshot of all rows: the scan is repeated until the count does not change during it.

        Visits are counted in transactions, so no visit was counted while the row of the count did not change. Raises
        CloudError, also if the count changed during every attempt.
        """
        before = self.get(tables.VISITOR_COUNT)
        for attempt in range(TRIES):
            rows = self._scan()
            after = self.get(tables.VISITOR_COUNT)
            if after == before:
                return rows
            before = after
            self.sleep(PAUSE_SECONDS * 2**attempt)
        raise CloudError(
            f"table {self.name}", "visits were counted during every attempt to read it", "run the same command again"
        )

    def add(
        self,
        more: int,
        days: Mapping[str, int] | None = None,
        mark: Row | None = None,
        names: Mapping[str, int] | None = None,
    ) -> None:
        """Add to the count, the days and the counts of names, and insert `mark`, in one transaction. At most 98 days.

        Raises AlreadyAppliedError when a row with the id of `mark` exists.
        """
        today = datetime.now(UTC).date()
        recent = {
            tables.day_key(date): number for date, number in (days or {}).items() if tables.is_recent(date, today)
        }
        actions = [
            tables.addition(self.name, tables.day_key(date), tables.VISITS, number)
            for date, number in (days or {}).items()
            if not tables.is_recent(date, today)
        ]
        others = {**recent, **{tables.named_attribute(name): number for name, number in (names or {}).items()}}
        if more or others:
            actions.append(tables.addition(self.name, tables.VISITOR_COUNT, tables.CURRENT_COUNT, more, others))
        if mark:
            put = {"TableName": self.name, "Item": mark, "ConditionExpression": NOT_THERE}
            actions.append({"Put": put})
        if actions:
            self.transact(actions)

    def transact(self, actions: Sequence[Any]) -> None:
        """Execute a transaction; retry if it conflicts with another one.

        Raises AlreadyAppliedError when one of its conditions does not hold.
        """
        attempt = 0
        while not self._transacted(actions, last=attempt == TRIES - 1):
            self.sleep(PAUSE_SECONDS * 2**attempt)
            attempt += 1

    def _transacted(self, actions: Sequence[Any], *, last: bool) -> bool:
        """Execute a transaction once. Return False if it conflicts with another one and may be retried."""
        try:
            with self._translated():
                self._client.transact_write_items(TransactItems=list(actions))
        except CloudError as exc:
            reasons = _reasons(exc)
            if "ConditionalCheckFailed" in reasons:
                raise AlreadyAppliedError from exc
            if "TransactionConflict" not in reasons or last:
                raise
            return False
        return True

    def put_new(self, row: Row) -> bool:
        """Insert a row unless its id exists. Return True if it was inserted. Raises CloudError."""
        try:
            with self._translated():
                self._client.put_item(
                    TableName=self.name, Item=row, ConditionExpression=f"attribute_not_exists({tables.ID})"
                )
        except CloudError as exc:
            cause = exc.__cause__
            if isinstance(cause, ClientError) and error_code(cause) == "ConditionalCheckFailedException":
                return False
            raise
        return True

    def delete(self, *keys: str) -> None:
        """Delete the rows with the given ids."""
        for key in keys:
            with self._translated():
                self._client.delete_item(TableName=self.name, Key={tables.ID: {"S": key}})

    @property
    def _client(self) -> Any:
        return self.target.client("dynamodb")

    def _scan(self) -> list[Row]:
        with self._translated():
            pages = self._client.get_paginator("scan").paginate(TableName=self.name, ConsistentRead=True)
            return [row for page in pages for row in page["Items"]]

    def _translated(self) -> Any:
        return translated(f"table {self.name}")


def set_count(table: CountTable, wanted: int, shown: int) -> int:
    """Add the difference between `wanted` and `shown`, the count that the user saw, and return the new count.

    Visits counted since then are included in it.
    """
    table.add(wanted - shown)
    return table.count()


def _reasons(error: CloudError) -> list[str]:
    cause = error.__cause__
    if not isinstance(cause, ClientError):
        return []
    response: dict[str, Any] = {**cause.response}
    return [reason.get("Code", "None") for reason in response.get("CancellationReasons", [])]
