"""What the rows of the two tables say, as values; their keys and attributes stand in `contract.tables`."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from router.contract import tables

DAY_SECONDS = 24 * 60 * 60
# API Gateway closes a WebSocket after two hours; ten minutes cover clocks and a $disconnect that comes late or never.
CONNECTION_LIFE_SECONDS = 2 * 60 * 60 + 10 * 60
_LAST_SECOND = int(datetime.max.replace(tzinfo=UTC).timestamp())


@dataclass(frozen=True, slots=True)
class Visit:
    """A visit to count. arrived_at: epoch seconds, None where the row does not say."""

    id: str
    arrived_at: int | None


@dataclass(frozen=True, slots=True)
class Connection:
    """An open WebSocket. connected_at: epoch seconds, 0 where the row does not say."""

    id: str
    connected_at: int


@dataclass(frozen=True, slots=True)
class Badge:
    """What badge.svg shows. shown: None if it was never written. written_at: epoch seconds, 0 likewise."""

    shown: int | None
    written_at: int


@dataclass(frozen=True, slots=True)
class Backup:
    """The last copy of the count. table_id: empty if there was none. written_at: epoch seconds, 0 likewise."""

    table_id: str
    written_at: int


@dataclass(frozen=True, slots=True)
class Totals:
    """What a page is told. online: None if no broadcast has looked yet. announced: the count every page was told."""

    count: int
    online: int | None
    announced: int


def day_key(visit: Visit, now: int) -> str:
    """The day row a visit belongs to; a visit that does not say when it came belongs to the day it is counted."""
    moment = now if visit.arrived_at is None else visit.arrived_at
    return tables.day_key(datetime.fromtimestamp(moment, UTC).date().isoformat())


def salt_key(day: str) -> str:
    return tables.SALT_PREFIX + day


def limit_key(hash_: str) -> str:
    return tables.LIMIT_PREFIX + hash_


def network_attribute(hash_: str) -> str:
    """Short, since a row has one for each network: with 200 of them two that collide are one in 10^14."""
    return tables.NETWORK_PREFIX + hash_[:16]


def end_of_day(now: int) -> int:
    """Epoch seconds of the next UTC midnight."""
    return (now // DAY_SECONDS + 1) * DAY_SECONDS


def last_day_keys(now: int, days: int) -> list[str]:
    """The rows of the last `days` UTC days, today's the last."""
    return day_keys(now, days - 1, -1)


def day_keys(now: int, first: int, last: int) -> list[str]:
    """The rows of the UTC days from so many days ago to so many days ago; `last` itself is not among them."""
    today = datetime.fromtimestamp(now, UTC).date()
    return [tables.day_key((today - timedelta(days=back)).isoformat()) for back in range(first, last, -1)]


def seconds_from(text: object) -> int | None:
    """Epoch seconds from a DynamoDB number, None unless it is a time a calendar knows."""
    if not isinstance(text, str):
        return None
    try:
        seconds = int(text)
    except ValueError:
        return None
    return seconds if 0 < seconds <= _LAST_SECOND else None
