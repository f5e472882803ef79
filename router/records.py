"""The records of DynamoDB Streams. Pure.

Records other than new visits, counts and presence are ignored, and records in an unknown format are counted.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Literal

from router import items
from router.contract import tables

_MAX_KEYS = 20
_MAX_KEY_LENGTH = 64


@dataclass(frozen=True, slots=True)
class VisitInserted:
    """A stream record of a new visit. `sequence` is its sequence number, which identifies it in `batchItemFailures`."""

    sequence: str
    visit: items.Visit


@dataclass(frozen=True, slots=True)
class CountChanged:
    """A stream record of a changed count. `counts` is None if they are not in it, in the known format."""

    counts: items.Counts | None


@dataclass(frozen=True, slots=True)
class StreamBatch:
    """A batch of DynamoDB Streams records.

    visits: in stream order; a visit can occur more than once
    counts: the number of records that report a changed count
    newest: the counts in the last of them; None without one, or if it is in an unknown format
    changes: the number of records that report a connection that has closed or returned
    ignored: the number of known records without further use
    unknown: the number of records in an unknown format
    unknown_keys: the keys of the unknown records
    """

    visits: tuple[VisitInserted, ...] = ()
    counts: int = 0
    newest: items.Counts | None = None
    changes: int = 0
    ignored: int = 0
    unknown: int = 0
    unknown_keys: tuple[str, ...] = ()


def batch_of(records: list[Any]) -> StreamBatch:
    """Return the batch with these records."""
    visits: list[VisitInserted] = []
    counts: list[items.Counts | None] = []
    numbers = {"change": 0, "ignored": 0, "unknown": 0}
    keys: set[str] = set()
    for record in records:
        match _record(record):
            case VisitInserted() as visit:
                visits.append(visit)
            case CountChanged(changed):
                counts.append(changed)
            case kind:
                numbers[kind] += 1
                keys.update(keys_of(record) if kind == "unknown" else ())
    return StreamBatch(
        tuple(visits),
        len(counts),
        counts[-1] if counts else None,
        numbers["change"],
        numbers["ignored"],
        numbers["unknown"],
        tuple(sorted(keys)[:_MAX_KEYS]),
    )


def _record(record: object) -> VisitInserted | CountChanged | Literal["change", "ignored", "unknown"]:
    """Classify a stream record.

    A record without a sequence number is unknown, because it could not be reported as failed. The sweep counts its
    visit.
    """
    match record:
        case {
            "eventSource": "aws:dynamodb",
            "eventName": "INSERT" | "MODIFY" | "REMOVE" as name,
            "dynamodb": {"SequenceNumber": str() as sequence, "Keys": {tables.ID: {"S": str() as key}}} as change,
        } if sequence:
            return _change(name, key, sequence, change)
        case _:
            return "unknown"


def _change(
    name: str, key: str, sequence: str, change: dict[str, Any]
) -> VisitInserted | CountChanged | Literal["change", "ignored", "unknown"]:
    visit_id = tables.visit_id_of(key)
    match name, change.get("NewImage"):
        case "INSERT", {tables.UNCOUNTED: {"S": str()}} as image if visit_id is not None:
            return VisitInserted(sequence, items.Visit(visit_id, _number(image, tables.ARRIVED_AT)))
        case "INSERT" | "MODIFY", image if key == tables.VISITOR_COUNT:
            return CountChanged(_counts(image))
        case "INSERT" | "MODIFY", _ if key == tables.PRESENCE:
            return "change"
        case _:
            return "ignored"


def _counts(image: Any) -> items.Counts | None:
    """Return the counts in the image of their item, None if they are not whole numbers."""
    try:
        named = {
            name.removeprefix(tables.NAMED_PREFIX): int(value["N"])
            for name, value in image.items()
            if name.startswith(tables.NAMED_PREFIX)
        }
        last = image.get(tables.LAST_VISIT, {}).get("S", "")
        return items.Counts(int(image[tables.CURRENT_COUNT]["N"]), named, last if isinstance(last, str) else "")
    except (AttributeError, KeyError, TypeError, ValueError):
        return None


def _number(image: Any, name: str) -> int | None:
    match image.get(name):
        case {"N": text}:
            return items.parse_epoch_seconds(text)
        case _:
            return None


def keys_of(raw: object) -> tuple[str, ...]:
    """Return the keys of a JSON object, as far as they are logged."""
    if not isinstance(raw, dict):
        return ()
    return tuple(sorted(str(key)[:_MAX_KEY_LENGTH] for key in raw)[:_MAX_KEYS])
