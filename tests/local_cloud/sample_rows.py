"""Rows of the visits table."""

from __future__ import annotations

from local_cloud.visits.rows import Row


def visit(name: str, *, uncounted: bool = False) -> Row:
    return {"id": {"S": f"visit#{name}"}, **({"uncounted": {"S": name}} if uncounted else {})}


def count(number: int) -> Row:
    return {"id": {"S": "visitorCount"}, "currentCount": {"N": str(number)}}
