"""The requests that read the state of the broadcasts, and begin and record one. AWS errors are raised as StoreError."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from router import items
from router.contract import tables
from router.errors import StoreError
from router.storage.rows import counts, number, read_rows, text
from router.storage.translation import false_if_condition_failed, translated

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from mypy_boto3_dynamodb.client import DynamoDBClient

    from router.items import Badge, Counts, Totals

_NONE_SINCE = " AND ".join(
    f"(attribute_not_exists({attribute}) OR {attribute} = :{was})"
    for attribute, was in ((tables.BROADCAST_AT, "was"), (tables.BEGUN_AT, "wasBegun"))
)

_STILL_LAST = f"(attribute_not_exists({tables.BEGUN_AT}) OR {tables.BEGUN_AT} = :round)"


@dataclass(frozen=True, slots=True)
class Broadcasts:
    """The state of the broadcasts. Times are in epoch seconds. Every method raises StoreError when DynamoDB fails."""

    client: DynamoDBClient
    table: str

    def totals(self, known: Counts | None = None) -> Totals:
        """Return the counts, the state of the last broadcast, and that of the files.

        The read is consistent, so that a page never receives a lower count than in an earlier broadcast.

        known: the counts, if the caller knows them: then they are not read
        """
        keys = [tables.ONLINE, tables.PRESENCE, *([] if known else [tables.VISITOR_COUNT])]
        rows = read_rows(self.client, self.table, keys)
        online = rows.get(tables.ONLINE, {})
        current = known or counts(rows.get(tables.VISITOR_COUNT, {}))
        return items.Totals(
            count=current.count,
            online=number(online, tables.CONNECTIONS),
            announced=number(online, tables.ANNOUNCED) or 0,
            named=current.named,
            announced_named=number(online, tables.ANNOUNCED_NAMED) or 0,
            changes=number(rows.get(tables.PRESENCE, {}), tables.CHANGES) or 0,
            changes_told=number(online, tables.CHANGES_TOLD) or 0,
            broadcast_at=number(online, tables.BROADCAST_AT) or 0,
            begun_at=number(online, tables.BEGUN_AT) or 0,
            badge=items.Badge(text(online, tables.DIGEST), number(online, tables.WRITTEN_AT) or 0),
            last_visit=current.last_visit,
        )

    def counts(self) -> Counts:
        """Return the counts. The read is consistent."""
        return counts(read_rows(self.client, self.table, [tables.VISITOR_COUNT]).get(tables.VISITOR_COUNT, {}))

    def begin(self, before: Totals, at_milliseconds: int, until: int, *, in_segments: bool = False) -> bool:
        """Mark a broadcast as running until a time, and return True; return False if another has begun since `before`.

        The beginning is part of the condition: a whole broadcast fits in one second.

        in_segments: forget the last one in segments; who is here is told only if this one ends
        """
        begun: dict[str, int | str] = {tables.BROADCAST_AT: until, tables.BEGUN_AT: at_milliseconds}
        removed: Sequence[str] = ()
        if in_segments:
            begun[tables.CHANGES_TOLD], removed = items.UNTOLD, tables.OF_A_SEGMENTED_ROUND
        was = {":was": {"N": str(before.broadcast_at)}, ":wasBegun": {"N": str(before.begun_at)}}
        try:
            self._set(begun, was, removed, ConditionExpression=_NONE_SINCE)
        except StoreError as error:
            return false_if_condition_failed(error)
        return True

    def end(self, at: int, a_round: int) -> None:
        """Mark a broadcast that failed as ended, and who is here as untold, so that the tick repeats it.

        a_round: the beginning of the broadcast. If another one has begun meanwhile, nothing is stored.
        """
        self._set_if_last({tables.BROADCAST_AT: at, tables.CHANGES_TOLD: items.UNTOLD}, a_round)

    def record(  # noqa: PLR0913 - the result of a broadcast
        self,
        connections: int,
        changes_told: int,
        at: int,
        announced: Totals | Counts | None,
        badge: Badge | None = None,
        *,
        a_round: int = 0,
    ) -> None:
        """Store the result of a broadcast that ends. If another one has begun meanwhile, only the files are stored.

        announced: the counts that every page has received; None if a page has not, which keeps the previous ones
        badge: the state of the files, if they have been written
        a_round: the beginning of the broadcast, in epoch milliseconds
        """
        numbers = {tables.CONNECTIONS: connections, tables.CHANGES_TOLD: changes_told, tables.BROADCAST_AT: at}
        if announced is not None:
            numbers |= {tables.ANNOUNCED: announced.count, tables.ANNOUNCED_NAMED: announced.all_named}
        if not self._set_if_last({**numbers, **_of_badge(badge)}, a_round) and badge:
            self.record_badge(badge)

    def record_badge(self, badge: Badge) -> None:
        """Store the state of the files when no broadcast ends."""
        self._set(_of_badge(badge))

    def _set_if_last(self, values: Mapping[str, int | str], a_round: int) -> bool:
        """Set attributes and return True; return False if another broadcast has begun than that of `a_round`."""
        try:
            self._set(values, {":round": {"N": str(a_round)}}, ConditionExpression=_STILL_LAST)
        except StoreError as error:
            return false_if_condition_failed(error)
        return True

    def _set(
        self,
        values: Mapping[str, int | str],
        others: Mapping[str, Any] | None = None,
        removed: Sequence[str] = (),
        **condition: Any,
    ) -> None:
        typed = {f":{name}": {"S" if isinstance(value, str) else "N": str(value)} for name, value in values.items()}
        expression = "SET " + ", ".join(f"{name} = :{name}" for name in values)
        with translated("UpdateItem"):
            self.client.update_item(
                TableName=self.table,
                Key={tables.ID: {"S": tables.ONLINE}},
                UpdateExpression=expression + (f" REMOVE {', '.join(removed)}" if removed else ""),
                ExpressionAttributeValues={**typed, **(others or {})},
                **condition,
            )


def _of_badge(badge: Badge | None) -> dict[str, int | str]:
    return {tables.DIGEST: badge.digest, tables.WRITTEN_AT: badge.written_at} if badge else {}
