"""What the fake DynamoDB knows of a broadcast in segments: its updates of the row, and the segments of a scan."""

from __future__ import annotations

import re
import zlib
from typing import Any

from router.contract import tables

Row = dict[str, Any]

_ADD = re.compile(r"ADD (?P<parts>parts\w+) :parts(?P<numbers>(?:, \w+ :\w+)*)")
_CONDITION = re.compile(
    r"begunAt = :round(?P<running> AND broadcastAt > :now)? AND "
    r"\(attribute_not_exists\((?P<parts>\w+)\) OR NOT contains\((?P=parts), :part\)\)"
)


def removed(row: Row, expression: str) -> str:
    """Carry out the REMOVE at the end of an expression, and return the rest."""
    rest, _, names = expression.partition(" REMOVE ")
    assert names in {"", ", ".join(tables.OF_A_SEGMENTED_ROUND)}
    for name in names.split(", "):
        row.pop(name, None)
    return rest


def is_update(expression: str) -> bool:
    """Return True for the update of a part."""
    return bool(_ADD.fullmatch(expression))


def updated(row: Row, expression: str, condition: str, values: Row) -> Row | None:
    """Return the row as a part updates it, None if the condition fails."""
    update, only = _ADD.fullmatch(expression), _CONDITION.fullmatch(condition)
    assert update
    assert only
    assert only["parts"] == update["parts"]
    running = not only["running"] or int(row.get("broadcastAt", {"N": "0"})["N"]) > int(values[":now"]["N"])
    parts: list[str] = row.get(only["parts"], {"SS": []})["SS"]
    if row.get("begunAt") != values[":round"] or not running or values[":part"]["S"] in parts:
        return None
    row = {**row, only["parts"]: {"SS": [*parts, *values[":parts"]["SS"]]}}
    for added in filter(None, update["numbers"].split(", ")):
        name, value = added.split(" ")
        row[name] = {"N": str(int(row.get(name, {"N": "0"})["N"]) + int(values[value]["N"]))}
    return row


def is_of(key: str, request: dict[str, Any]) -> bool:
    """Return True if an item is in the segment of a scan."""
    return zlib.crc32(key.encode()) % int(request.get("TotalSegments", 1)) == int(request.get("Segment", 0))
