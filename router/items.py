"""The rows of the two tables: their keys, attributes and lives, written once.

ConnectionIDs   connectionId (key, S), connectedAt (N, epoch seconds), expiresAt (N, TTL)
VisitorCounts   id (key, S) is one of
    visitorCount        currentCount (N)
    visit#<visit id>    arrivedAt (N, epoch seconds), expiresAt (N, TTL), uncounted (S, the visit id; gone once counted)
    day#<YYYY-MM-DD>    visits (N), by the UTC day of arrivedAt
    online              connections (N, found by the last broadcast), announced (N, the count every page was told)
    salt#<YYYY-MM-DD>   salt (S, hexadecimal), expiresAt (N, TTL): of one UTC day (`salt`)
    limit#<hash>        taken (N), expiresAt (N, TTL): what one client had in one window of time (`limits`);
                        network<hash> (N): of an IPv6 block, what each of its networks had of that
    backup              tableId (S, names this table in its backups), writtenAt (N, epoch seconds)
    badge               shown (N, the count that badge.svg shows), writtenAt (N, epoch seconds)
The sparse index UncountedVisits (key ``uncounted``, keys only) lists the visits still to be counted.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

VISITOR_COUNT = "visitorCount"
ONLINE = "online"
BADGE = "badge"
BACKUP = "backup"
UNCOUNTED_INDEX = "UncountedVisits"
_VISIT = "visit#"
_DAY = "day#"
_SALT = "salt#"
_LIMIT = "limit#"

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


def visit_key(visit_id: str) -> str:
    return _VISIT + visit_id


def visit_id_of(key: str) -> str | None:
    """The visit id in a row's key, None if the row is not a visit."""
    return key.removeprefix(_VISIT) if key.startswith(_VISIT) and key != _VISIT else None


def day_key(visit: Visit, now: int) -> str:
    """The day row a visit belongs to; a visit that does not say when it came belongs to the day it is counted."""
    moment = now if visit.arrived_at is None else visit.arrived_at
    return _DAY + datetime.fromtimestamp(moment, UTC).date().isoformat()


def salt_key(day: str) -> str:
    return _SALT + day


def limit_key(hash_: str) -> str:
    return _LIMIT + hash_


def network_attribute(hash_: str) -> str:
    """Short, since a row has one for each network: with 200 of them two that collide are one in 10^14."""
    return "network" + hash_[:16]


def end_of_day(now: int) -> int:
    """Epoch seconds of the next UTC midnight."""
    return (now // DAY_SECONDS + 1) * DAY_SECONDS


def last_day_keys(now: int, days: int) -> list[str]:
    """The rows of the last `days` UTC days, today's the last."""
    return day_keys(now, days - 1, -1)


def day_keys(now: int, first: int, last: int) -> list[str]:
    """The rows of the UTC days from so many days ago to so many days ago; `last` itself is not among them."""
    today = datetime.fromtimestamp(now, UTC).date()
    return [_DAY + (today - timedelta(days=back)).isoformat() for back in range(first, last, -1)]


def day_of(key: str) -> str:
    return key.removeprefix(_DAY)


def seconds_from(text: object) -> int | None:
    """Epoch seconds from a DynamoDB number, None unless it is a time a calendar knows."""
    if not isinstance(text, str):
        return None
    try:
        seconds = int(text)
    except ValueError:
        return None
    return seconds if 0 < seconds <= _LAST_SECOND else None
