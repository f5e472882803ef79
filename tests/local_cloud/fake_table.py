"""DynamoDB's visits table, as far as it is read and written here: small pages, and what happens in between."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from local_cloud.visits_file import Row

PAGE = 2


class FakeTable:
    """meanwhile: runs after every page of a scan."""

    def __init__(self, *rows: Row, meanwhile: Callable[[FakeTable], None] = lambda _table: None) -> None:
        self.rows = {row["id"]["S"]: row for row in rows}
        self.written: list[str] = []
        self.refusals = 0
        self._meanwhile = meanwhile

    def get_item(self, *, TableName: str, Key: Any, ConsistentRead: bool) -> dict[str, Any]:  # noqa: N803, ARG002
        assert ConsistentRead
        row = self.rows.get(Key["id"]["S"])
        return {"Item": dict(row)} if row else {}

    def scan(self, *, TableName: str, ConsistentRead: bool, ExclusiveStartKey: Any = None) -> dict[str, Any]:  # noqa: N803, ARG002
        assert ConsistentRead
        keys = sorted(self.rows)
        start = keys.index(ExclusiveStartKey["id"]["S"]) + 1 if ExclusiveStartKey else 0
        page = keys[start : start + PAGE]
        items = [dict(self.rows[key]) for key in page]
        more = {"LastEvaluatedKey": {"id": {"S": page[-1]}}} if start + PAGE < len(keys) else {}
        self._meanwhile(self)
        return {"Items": items, **more}

    def batch_write_item(self, *, RequestItems: Any) -> dict[str, Any]:  # noqa: N803
        ((table, requests),) = RequestItems.items()
        assert len(requests) <= 25
        taken = requests[: len(requests) - self.refusals] if self.refusals else requests
        self.refusals = 0
        for request in taken:
            row = request["PutRequest"]["Item"]
            self.rows[row["id"]["S"]] = row
            self.written.append(row["id"]["S"])
        left = requests[len(taken) :]
        return {"UnprocessedItems": {table: left} if left else {}}

    def fold(self, visit: str) -> None:
        """What the router does in one transaction: counts the visit and takes its mark away."""
        row = dict(self.rows[f"visit#{visit}"])
        if row.pop("uncounted", None):
            self.rows[f"visit#{visit}"] = row
            before = int(self.rows.get("visitorCount", {"currentCount": {"N": "0"}})["currentCount"]["N"])
            self.rows["visitorCount"] = {"id": {"S": "visitorCount"}, "currentCount": {"N": str(before + 1)}}


def visit(name: str, *, uncounted: bool = False) -> Row:
    return {"id": {"S": f"visit#{name}"}, **({"uncounted": {"S": name}} if uncounted else {})}


def count(number: int) -> Row:
    return {"id": {"S": "visitorCount"}, "currentCount": {"N": str(number)}}
