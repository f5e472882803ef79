"""The visits per day, which are in two places: recent days in the item of the count and in those of names, all others
in an item each. The visits of a day are the sum of both, so a day may be moved at any time.

A move is one transaction for a day. It removes a number on the condition that it is still the number that was read, and
adds it in the other place, so whatever happens meanwhile, no visit is lost and none is counted twice.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from router import items
from router.contract import tables
from router.errors import StoreBusyError, StoreError
from router.storage.rows import Row, number, read_rows
from router.storage.translation import translated

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from mypy_boto3_dynamodb.client import DynamoDBClient

_DAYS_PER_READ = 100  # the limit of BatchGetItem
_MAX_GAP_DAYS = 1000
_READ_ATTEMPTS = 3
_NUMBERS_PER_MOVE = 90  # below the 100 actions of a transaction
_STALE_DAYS = 2


@dataclass(frozen=True, slots=True)
class Days:
    """The visits per day. Every method raises StoreError when DynamoDB fails.

    visits: the name of the table
    """

    client: DynamoDBClient
    visits: str

    def history(self, now: int) -> dict[str, int]:
        """Return the visits of all days with visits, by date, back to a gap of 1000 days without any.

        The two places are not read at one moment. A day that is moved meanwhile changes the attributes of the count,
        and all is read again; visits of today change them too, which does no harm.
        """
        today = items.utc_day(now).isoformat()
        recent = self._recent()
        for _ in range(_READ_ATTEMPTS):
            total, before = Counter(self._archive(now)), recent
            recent = self._recent()
            if {**recent, today: 0} == {**before, today: 0}:
                break
        total.update(before)
        return {day: visits for day, visits in total.items() if visits > 0}

    def settle(self, now: int, names: Iterable[str]) -> bool:
        """Move every day to its place, and return True; return False if a day is left, whose numbers have just changed.

        Days that are no longer recent get an item of their own. Recent days that have one, written by an earlier
        release, go to the items of the count and of names.
        """
        rows, today = self._holders(names), items.utc_day(now)
        old = {day for row in rows.values() for day in tables.recent_days(row) if not tables.is_recent(day, today)}
        moves = [_archived(self.visits, day, rows) for day in sorted(old)]
        recent = read_rows(self.client, self.visits, items.last_day_keys(now, tables.RECENT_DAYS))
        moves += [_collected(self.visits, row) for row in recent.values() if _numbers(row)]
        if move := _without_stale_visit(self.visits, rows.get(tables.VISITOR_COUNT, {}), now):
            moves.append(move)
        moved = [self._move(actions) for actions in moves]
        return all(moved)

    def _recent(self) -> dict[str, int]:
        return tables.recent_days(self._holders(()).get(tables.VISITOR_COUNT, {}))

    def _archive(self, now: int) -> dict[str, int]:
        days: dict[str, int] = {}
        first = empty_days = 0
        while empty_days < _MAX_GAP_DAYS:
            keys = items.day_keys(now, first + _DAYS_PER_READ - 1, first - 1)
            rows = read_rows(self.client, self.visits, keys)
            days |= {tables.day_of(key): number(row, tables.VISITS) or 0 for key, row in rows.items()}
            first += _DAYS_PER_READ
            empty_days = 0 if rows else empty_days + _DAYS_PER_READ
        return days

    def _holders(self, names: Iterable[str]) -> dict[str, Row]:
        """Return the items that have days as attributes, by key."""
        keys = [tables.VISITOR_COUNT, *map(tables.history_key, names)]
        return read_rows(self.client, self.visits, keys)

    def _move(self, actions: Sequence[Any]) -> bool:
        """Execute a move and return True; return False if it was cancelled, or may not have been applied."""
        try:
            with translated("TransactWriteItems"):
                self.client.transact_write_items(TransactItems=actions)
        except StoreBusyError:
            return False
        except StoreError as error:
            if error.code == "TransactionCanceledException":
                return False
            raise
        return True


def _without_stale_visit(table: str, row: Row, now: int) -> list[Any]:
    """Return the action that removes the id of the last visit if there was none for two days: it identifies a tab."""
    last, days = row.get(tables.LAST_VISIT), tables.recent_days(row)
    if not last or days.keys() & {tables.day_of(key) for key in items.last_day_keys(now, _STALE_DAYS)}:
        return []
    return [_removal(table, tables.VISITOR_COUNT, {tables.LAST_VISIT: last})]


def _archived(table: str, day: str, rows: Mapping[str, Row]) -> list[Any]:
    """Return the actions that move a day into its own item."""
    attribute = tables.day_key(day)
    found = {key: row[attribute] for key, row in rows.items() if attribute in row}
    more = {_archive_attribute(key): int(value["N"]) for key, value in found.items()}
    site = more.pop(tables.VISITS, 0)
    return [
        *(_removal(table, key, {attribute: value}) for key, value in found.items()),
        tables.addition(table, attribute, tables.VISITS, site, more),
    ]


def _collected(table: str, row: Row) -> list[Any]:
    """Return the actions that move a day from its own item to those of the count and of names."""
    key, numbers = row[tables.ID]["S"], _numbers(row)
    additions = ((_holder(attribute), int(value["N"])) for attribute, value in numbers.items())
    return [
        _removal(table, key, numbers),
        *(_kept_addition(table, holder, key, visits) for holder, visits in additions),
    ]


def _kept_addition(table: str, holder: str, attribute: str, visits: int) -> Any:
    """Return the action that adds to a day and leaves `lastVisit` as it is, because the count does not change."""
    return {
        "Update": {
            "TableName": table,
            "Key": {tables.ID: {"S": holder}},
            "UpdateExpression": "ADD #number :more",
            "ExpressionAttributeNames": {"#number": attribute},
            "ExpressionAttributeValues": {":more": {"N": str(visits)}},
        }
    }


def _removal(table: str, key: str, values: Mapping[str, Any]) -> Any:
    """Return the action that removes attributes, on the condition that they have these values."""
    names = dict(enumerate(values))
    return {
        "Update": {
            "TableName": table,
            "Key": {tables.ID: {"S": key}},
            "UpdateExpression": "REMOVE " + ", ".join(f"#was{at}" for at in names),
            "ConditionExpression": " AND ".join(f"#was{at} = :was{at}" for at in names),
            "ExpressionAttributeNames": {f"#was{at}": name for at, name in names.items()},
            "ExpressionAttributeValues": {f":was{at}": values[name] for at, name in names.items()},
        }
    }


def _numbers(row: Row) -> dict[str, Any]:
    """Return the numbers of a day's own item. Whatever is no number must be repaired manually."""
    found = [
        (attribute, value)
        for attribute, value in row.items()
        if "N" in value and (attribute == tables.VISITS or attribute.startswith(tables.NAMED_PREFIX))
    ]
    return dict(found[:_NUMBERS_PER_MOVE])


def _archive_attribute(holder: str) -> str:
    name = holder.partition("#")[2]
    return tables.named_attribute(name) if name else tables.VISITS


def _holder(attribute: str) -> str:
    name = attribute.partition("#")[2]
    return tables.history_key(name) if name else tables.VISITOR_COUNT
