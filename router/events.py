"""What arrives, as values: `parse` turns Lambda's raw event into one of the types below. Pure, and it never raises.

Sources of the shapes: API Gateway's Lambda proxy event for WebSocket APIs, the DynamoDB Streams record as Lambda hands
it over, EventBridge's scheduled event (of a rule, and of EventBridge Scheduler). What has none of these shapes becomes
`Unknown`; what a stream batch holds besides visits and counts is either known and passed over, or counted as unknown.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Literal

from router import items
from router.contract import headers, tables
from router.contract.log_events import Source

_SHOWN_KEYS = 20
_SHOWN_KEY_CHARACTERS = 64
_SCHEDULERS = frozenset({"aws.events", "aws.scheduler"})
_ORIGIN_VERIFY = headers.ORIGIN_VERIFY.lower()


@dataclass(frozen=True, slots=True)
class Connect:
    """visit: the query parameter as sent, None if absent. origins: every Origin header's value.

    counted: False if the page asked not to be (``count=no``). source_address: whom API Gateway saw. forwarded_for: the
    addresses of that header, in order. origin_secrets: what came in the header of `viewer`.
    """

    connection_id: str
    visit: str | None
    origins: tuple[str, ...]
    counted: bool = True
    user_agent: str = ""
    source_address: str = ""
    forwarded_for: tuple[str, ...] = ()
    origin_secrets: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Disconnect:
    connection_id: str


@dataclass(frozen=True, slots=True)
class Message:
    """Any message. Its body is never looked at: whatever a page says, it is told the count."""

    connection_id: str


@dataclass(frozen=True, slots=True)
class VisitInserted:
    """sequence: the record's place in its shard, which names it in `batchItemFailures`."""

    sequence: str
    visit: items.Visit


@dataclass(frozen=True, slots=True)
class StreamBatch:
    """visits: in stream order, repeats possible. The others are numbers of records: counts say that the count moved,
    passed are known and of no interest."""

    visits: tuple[VisitInserted, ...] = ()
    counts: int = 0
    passed: int = 0
    unknown: int = 0
    unknown_keys: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Sweep:
    pass


@dataclass(frozen=True, slots=True)
class Unknown:
    """source: who seems to have sent it, which decides the answer. keys: at the top level, never their values."""

    source: Source
    keys: tuple[str, ...]


Event = Connect | Disconnect | Message | StreamBatch | Sweep | Unknown


def parse(raw: Any) -> Event:
    match raw:
        case {"requestContext": dict()}:
            return _websocket(raw)
        case {"Records": list() as records}:
            return _batch(records)
        case {"source": str() as source, "detail-type": "Scheduled Event"} if source in _SCHEDULERS:
            return Sweep()
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
    """API Gateway's are Base64. One that UTF-8 cannot write (half a character) could not be told anything."""
    return bool(connection_id) and connection_id.isascii()


def _connect(connection_id: str, raw: dict[str, Any]) -> Connect:
    return Connect(
        connection_id,
        _visit_parameter(raw),
        _header(raw, "origin"),
        counted=_parameter(raw, "count") != "no",
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
            return ""  # there, and no visit id


def _parameter(raw: dict[str, Any], name: str) -> object:
    """A query parameter, None if absent."""
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
    """Every value of a header, in order, whichever of the two header maps has it and however its name is written."""
    values: dict[str, None] = {}
    for field in ("multiValueHeaders", "headers"):
        found = raw.get(field)
        for name, value in found.items() if isinstance(found, dict) else ():
            if isinstance(name, str) and name.lower() == wanted:
                values.update(dict.fromkeys(map(str, value if isinstance(value, list) else [value])))
    return tuple(values)


def _batch(records: list[Any]) -> StreamBatch:
    visits: list[VisitInserted] = []
    numbers = {"count": 0, "passed": 0, "unknown": 0}
    keys: set[str] = set()
    for record in records:
        match _record(record):
            case VisitInserted() as visit:
                visits.append(visit)
            case kind:
                numbers[kind] += 1
                keys.update(_keys(record) if kind == "unknown" else ())
    unknown_keys = tuple(sorted(keys)[:_SHOWN_KEYS])
    return StreamBatch(tuple(visits), numbers["count"], numbers["passed"], numbers["unknown"], unknown_keys)


def _record(record: object) -> VisitInserted | Literal["count", "passed", "unknown"]:
    """A record without a sequence number is unknown: it could not be named as failed. The sweep counts its visit."""
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
) -> VisitInserted | Literal["count", "passed", "unknown"]:
    visit_id = tables.visit_id_of(key)
    match name, change.get("NewImage"):
        case "INSERT", {tables.UNCOUNTED: {"S": str()}} as image if visit_id is not None:
            return VisitInserted(sequence, items.Visit(visit_id, _number(image, tables.ARRIVED_AT)))
        case "INSERT" | "MODIFY", _ if key == tables.VISITOR_COUNT:
            return "count"
        case _:
            return "passed"


def _number(image: Any, name: str) -> int | None:
    match image.get(name):
        case {"N": text}:
            return items.seconds_from(text)
        case _:
            return None


def _keys(raw: object) -> tuple[str, ...]:
    if not isinstance(raw, dict):
        return ()
    return tuple(sorted(str(key)[:_SHOWN_KEY_CHARACTERS] for key in raw)[:_SHOWN_KEYS])
