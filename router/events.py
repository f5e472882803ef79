"""The events of the router. `parse` converts Lambda's raw event into one of the types below; it never raises.

Supported formats: the Lambda proxy event of API Gateway WebSocket APIs, batches of DynamoDB Streams records, scheduled
events of EventBridge rules and of EventBridge Scheduler, CloudWatch alarms, and what the router sends itself. Any other
event becomes `Unknown`.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from router.contract import headers, ticks
from router.contract.log_values import Source
from router.parts import Segment, segment_of
from router.records import StreamBatch, batch_of, keys_of

_FRAME_BYTES = 32 * 1024
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
    """A message from a page. The body is ignored: the reply is always the count.

    frames: the number of messages that are billed, of 32 KB each
    """

    connection_id: str
    frames: int = 1


@dataclass(frozen=True, slots=True)
class Sweep:
    """A scheduled event."""


@dataclass(frozen=True, slots=True)
class Tick:
    """The scheduled event of every minute (`contract.ticks`)."""


@dataclass(frozen=True, slots=True)
class Alarm:
    """A CloudWatch alarm that changed its state. is_on: it is in ALARM, and not OK again."""

    name: str
    is_on: bool


@dataclass(frozen=True, slots=True)
class Unknown:
    """An event in an unknown format.

    source: the presumed sender, which determines the format of the response
    keys: the keys at the top level, without their values
    """

    source: Source
    keys: tuple[str, ...]


Event = Connect | Disconnect | Message | StreamBatch | Sweep | Tick | Alarm | Segment | Unknown


def parse(raw: Any) -> Event:
    """Return the typed event; `Unknown` for any other input."""
    match raw:
        case {"requestContext": dict()}:
            return _websocket(raw)
        case {"Records": list() as records}:
            return batch_of(records)
        case {"router.segment": dict() as part}:
            return segment_of(part) or Unknown(Source.OTHER, keys_of(raw))
        case _:
            return _notice(raw) or Unknown(Source.OTHER, keys_of(raw))


def _notice(raw: Any) -> Sweep | Tick | Alarm | None:
    """Return an event of a schedule or of an alarm."""
    match raw:
        case {"source": str() as source, "detail-type": "Scheduled Event"} if source in _SCHEDULERS:
            return Sweep()
        case {"detail-type": ticks.DETAIL_TYPE}:
            return Tick()
        case {
            "source": "aws.cloudwatch",
            "alarmData": {"alarmName": str() as name, "state": {"value": "ALARM" | "OK" as value}},
        }:
            return Alarm(name, is_on=value == "ALARM")
        case _:
            return None


def _websocket(raw: dict[str, Any]) -> Event:
    match raw["requestContext"]:
        case {"eventType": "CONNECT", "connectionId": str() as connection_id} if _is_id(connection_id):
            return _connect(connection_id, raw)
        case {"eventType": "DISCONNECT", "connectionId": str() as connection_id} if _is_id(connection_id):
            return Disconnect(connection_id)
        case {"eventType": "MESSAGE", "connectionId": str() as connection_id} if _is_id(connection_id):
            return Message(connection_id, _frames(raw))
        case _:
            return Unknown(Source.WEBSOCKET, keys_of(raw))


def _frames(raw: dict[str, Any]) -> int:
    body = raw.get("body")
    return 1 + len(body.encode(errors="replace")) // _FRAME_BYTES if isinstance(body, str) else 1


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
