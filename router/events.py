"""The events of the router. `parse` converts Lambda's raw event into one of the types below; it never raises.

Supported formats: the Lambda proxy event of API Gateway WebSocket APIs, batches of DynamoDB Streams records, and
scheduled events of EventBridge rules and of EventBridge Scheduler, and what the router sends itself. Any other becomes
`Unknown`. In a stream
batch, records other than visits, counts and presence are ignored, and records in an unknown format are counted.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Literal

from router import items
from router.contract import headers, tables, ticks
from router.contract.log_values import Source
from router.parts import Segment, segment_of

_MAX_KEYS = 20
_MAX_KEY_LENGTH = 64
_SCHEDULERS = frozenset({"aws.events", "aws.scheduler"})
_ORIGIN_VERIFY = headers.ORIGIN_VERIFY.lower()


@dataclass(frozen=True, slots=True)
class Connect:
    """A WebSocket handshake.

    visit: the query parameter as sent, None if absent
    origins: the values of all Origin headers
    counted: False if the page requested not to be counted (``count=no``)
    name: the query parameter as sent, empty if absent
    source_address: the client address that API Gateway reports
    forwarded_for: the addresses of the X-Forwarded-For header, in order
    origin_secrets: the values of the X-Origin-Verify header (`visitors.viewer`)
    """

    connection_id: str
    visit: str | None
    origins: tuple[str, ...]
    counted: bool = True
    name: str = ""
    user_agent: str = ""
    source_address: str = ""
    forwarded_for: tuple[str, ...] = ()
    origin_secrets: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Disconnect:
    """A closed WebSocket."""

    connection_id: str


@dataclass(frozen=True, slots=True)
class Message:
    """A message from a page. The body is ignored: the reply is always the count."""

    connection_id: str


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


@dataclass(frozen=True, slots=True)
class Sweep:
    """A scheduled event."""


@dataclass(frozen=True, slots=True)
class Tick:
    """The scheduled event of every minute (`contract.ticks`)."""


@dataclass(frozen=True, slots=True)
class Unknown:
    """An event in an unknown format.

    source: the presumed sender, which determines the format of the response
    keys: the keys at the top level, without their values
    """

    source: Source
    keys: tuple[str, ...]


Event = Connect | Disconnect | Message | StreamBatch | Sweep | Tick | Segment | Unknown


def parse(raw: Any) -> Event:
    """Return the typed event; `Unknown` for any other input."""
    match raw:
        case {"requestContext": dict()}:
            return _websocket(raw)
        case {"Records": list() as records}:
            return _batch(records)
        case {"source": str() as source, "detail-type": "Scheduled Event"} if source in _SCHEDULERS:
            return Sweep()
        case {"detail-type": ticks.DETAIL_TYPE}:
            return Tick()
        case {"router.segment": dict() as part}:
            return segment_of(part) or Unknown(Source.OTHER, _keys(raw))
        case _:
            return Unknown(Source.OTHER, _keys(raw))


def _websocket(raw: dict[str, Any]) -> Event:
    match raw["requestContext"]:
        case {"eventType": "CONNECT", "connectionId": str() as connection_id} if _is_id(connection_id):
            return _connect(connection_id, raw)
        case {"eventType": "DISCONNECT", "connectionId": str() as connection_id} if _is_id(connection_id):
            return Disconnect(connection_id)
        case {"eventType": "MESSAGE", "connectionId": str() as connection_id} if _is_id(connection_id):
            return Message(connection_id)
        case _:
            return Unknown(Source.WEBSOCKET, _keys(raw))


def _is_id(connection_id: str) -> bool:
    """Return True for ASCII text, since API Gateway's ids are Base64. A lone surrogate could not be sent in a URL."""
    return bool(connection_id) and connection_id.isascii()


def _connect(connection_id: str, raw: dict[str, Any]) -> Connect:
    return Connect(
        connection_id,
        _visit_parameter(raw),
        _header(raw, "origin"),
        counted=_parameter(raw, "count") != "no",
        name=str(_parameter(raw, "name") or ""),
        user_agent=" ".join(_header(raw, "user-agent")),
        source_address=_source_address(raw),
        forwarded_for=tuple(hop.strip() for value in _header(raw, "x-forwarded-for") for hop in value.split(",")),
        origin_secrets=_header(raw, _ORIGIN_VERIFY),
    )


def _visit_parameter(raw: dict[str, Any]) -> str | None:
    match _parameter(raw, "visit"):
        case str() as visit:
            return visit
        case None:
            return None
        case _:
            return ""  # present, but not a valid id


def _parameter(raw: dict[str, Any], name: str) -> object:
    """Return a query parameter, None if it is absent."""
    match raw.get("queryStringParameters"):
        case dict() as parameters:
            return parameters[name] or "" if name in parameters else None
        case _:
            return None


def _source_address(raw: dict[str, Any]) -> str:
    match raw["requestContext"]:
        case {"identity": {"sourceIp": str() as address}}:
            return address
        case _:
            return ""


def _header(raw: dict[str, Any], wanted: str) -> tuple[str, ...]:
    """Return all values of a header, in order, from both header maps. Names are case-insensitive."""
    values: dict[str, None] = {}
    for field in ("multiValueHeaders", "headers"):
        found = raw.get(field)
        for name, value in found.items() if isinstance(found, dict) else ():
            if isinstance(name, str) and name.lower() == wanted:
                values.update(dict.fromkeys(map(str, value if isinstance(value, list) else [value])))
    return tuple(values)


def _batch(records: list[Any]) -> StreamBatch:
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
                keys.update(_keys(record) if kind == "unknown" else ())
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


def _keys(raw: object) -> tuple[str, ...]:
    if not isinstance(raw, dict):
        return ()
    return tuple(sorted(str(key)[:_MAX_KEY_LENGTH] for key in raw)[:_MAX_KEYS])
