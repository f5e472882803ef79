"""The requests of a broadcast in segments: a page of a segment, and what the parts of a round claim and report.

A part is one invocation for a segment, named by the segment and its number within it. AWS errors are raised as
StoreError.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from router.contract import tables
from router.errors import StoreError
from router.storage.connections import OF_A_CONNECTION, connection_of
from router.storage.rows import number
from router.storage.translation import false_if_condition_failed, translated

if TYPE_CHECKING:
    from mypy_boto3_dynamodb.client import DynamoDBClient

    from router.items import Connection


@dataclass(frozen=True, slots=True)
class Told:
    """Numbers of connections. found: open ones. missed: without the message. left: of those, for lack of time."""

    found: int = 0
    missed: int = 0
    left: int = 0

    def plus(self, other: Told) -> Told:
        """Return the sum."""
        return Told(self.found + other.found, self.missed + other.missed, self.left + other.left)


@dataclass(frozen=True, slots=True)
class Segments:
    """The segments of a round. A round is identified by its beginning, in epoch milliseconds."""

    client: DynamoDBClient
    visits: str
    connections: str

    def page(self, index: int, total: int, after: str, limit: int) -> tuple[list[Connection], str]:
        """Return the connections of a segment after one with an id, and the id to go on after; empty at the end.

        The read is consistent. `limit` is the number of connections at most.
        """
        request: dict[str, Any] = {
            "TableName": self.connections,
            "ProjectionExpression": OF_A_CONNECTION,
            "ConsistentRead": True,
            "Segment": index,
            "TotalSegments": total,
            "Limit": limit,
        }
        if after:
            request["ExclusiveStartKey"] = {tables.CONNECTION_ID: {"S": after}}
        with translated("Scan"):
            page = self.client.scan(**request)
        last = page.get("LastEvaluatedKey") or {}
        return [connection_of(row) for row in page["Items"]], last.get(tables.CONNECTION_ID, {}).get("S", "")

    def claim(self, a_round: int, part: str, now: int) -> bool:
        """Return True for the first that claims a part of the running round. Lambda may deliver an event twice."""
        expression = f"ADD {tables.PARTS_CLAIMED} :parts"
        running = f"{tables.BEGUN_AT} = :round AND {tables.BROADCAST_AT} > :now"
        return self._update(a_round, part, expression, running, tables.PARTS_CLAIMED, {":now": now}) is not None

    def report(self, a_round: int, part: str, told: Told, *, ended: bool) -> tuple[int, Told] | None:
        """Add what a part has told. Return the number of segments that have ended, and the sum of all parts.

        Return None if the part has reported before, or another round has begun.

        ended: True if it is the last part of its segment
        """
        numbers = {":found": told.found, ":missed": told.missed, ":left": told.left, ":ended": int(ended)}
        names = (tables.FOUND, tables.MISSED, tables.LEFT, tables.SEGMENTS_ENDED)
        added = ", ".join(f"{name} {value}" for name, value in zip(names, numbers, strict=True))
        expression = f"ADD {tables.PARTS_REPORTED} :parts, {added}"
        running = f"{tables.BEGUN_AT} = :round"
        row = self._update(a_round, part, expression, running, tables.PARTS_REPORTED, numbers)
        if row is None:
            return None
        found, missed, left, segments = (number(row, name) or 0 for name in names)
        return segments, Told(found, missed, left)

    def _update(  # noqa: PLR0913, PLR0917 - the parts of an update
        self, a_round: int, part: str, expression: str, condition: str, parts: str, numbers: dict[str, int]
    ) -> dict[str, Any] | None:
        """Add to the row on condition that `parts` does not contain the part; return it, None if it does."""
        values: dict[str, Any] = {name: {"N": str(value)} for name, value in numbers.items()}
        try:
            with translated("UpdateItem"):
                answer = self.client.update_item(
                    TableName=self.visits,
                    Key={tables.ID: {"S": tables.ONLINE}},
                    UpdateExpression=expression,
                    ConditionExpression=f"{condition} AND {_is_not_in(parts)}",
                    ExpressionAttributeValues={
                        ":round": {"N": str(a_round)},
                        ":part": {"S": part},
                        ":parts": {"SS": [part]},
                        **values,
                    },
                    ReturnValues="ALL_NEW",
                )
        except StoreError as error:
            false_if_condition_failed(error)
            return None
        return dict(answer["Attributes"])


def _is_not_in(parts: str) -> str:
    return f"(attribute_not_exists({parts}) OR NOT contains({parts}, :part))"
