"""The items of the two tables as Python values, and their keys. Attribute names are in `contract.tables`."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime, timedelta
from typing import TYPE_CHECKING

from router.contract import tables

if TYPE_CHECKING:
    from collections.abc import Mapping

DAY_SECONDS = 24 * 60 * 60
UNTOLD = -1
# API Gateway closes a WebSocket after two hours. The ten minutes allow for clock differences and a late $disconnect.
CONNECTION_LIFE_SECONDS = 2 * 60 * 60 + 10 * 60
# Without microseconds, because the float 253402300799.999999 would be rounded up to the year 10000.
_LAST_SECOND = int(datetime.max.replace(microsecond=0, tzinfo=UTC).timestamp())


@dataclass(frozen=True, slots=True)
class Visit:
    """A visit to count. `arrived_at` is in epoch seconds, None if the item has no valid time."""

    id: str
    arrived_at: int | None

    @property
    def name(self) -> str:
        """The name of the pages for which it is counted, empty if it is counted for the site."""
        return tables.name_of(self.id)


@dataclass(frozen=True, slots=True)
class Connection:
    """An open WebSocket.

    connected_at: in epoch seconds, 0 if the item has no time
    name: the name of its page, empty without one
    visit: the id of its visit, empty if it is not counted
    """

    id: str
    connected_at: int
    name: str = ""
    visit: str = ""


@dataclass(frozen=True, slots=True)
class Sender:
    """The connection of a message. `visit_id` is None if it is not counted, `name` empty if its page has none."""

    visit_id: str | None = None
    name: str = ""


@dataclass(frozen=True, slots=True)
class Badge:
    """The state of badge.svg and count.json.

    `digest` identifies their content and `written_at` is in epoch seconds; empty and 0 if they were never written.
    """

    digest: str
    written_at: int


@dataclass(frozen=True, slots=True)
class Backup:
    """The state of the last backup. `table_id` is empty and `written_at` (epoch seconds) 0 if there is none."""

    table_id: str
    written_at: int


NEVER_WRITTEN = Badge("", 0)


@dataclass(frozen=True, slots=True)
class Counts:
    """What the item of the count contains.

    named: the count of each name
    last_visit: the id of the visit that was added last; empty if several were added at once
    """

    count: int
    named: Mapping[str, int] = field(default_factory=dict)
    last_visit: str = ""

    @property
    def all_named(self) -> int:
        """The sum of the counts of all names. They only grow, so it identifies them."""
        return sum(self.named.values())


@dataclass(frozen=True, slots=True)
class Totals:
    """The numbers sent to pages.

    online: the number of open connections, None before the first broadcast
    announced: the last count that was broadcast to every page
    named: the count of each name
    announced_named: the sum of the counts of all names that were broadcast to every page
    changes: how many connections have closed, or opened without a new visit
    changes_told: how many of them every page has been told, UNTOLD if a page missed the last broadcast
    broadcast_at: the end of the last broadcast, in epoch seconds; in the future while one runs
    begun_at: the beginning of the last broadcast, in epoch milliseconds
    badge: the state of badge.svg and count.json
    last_visit: the id of the visit that was counted last, empty if several were counted at once
    """

    count: int
    online: int | None
    announced: int
    named: Mapping[str, int] = field(default_factory=dict)
    announced_named: int = 0
    changes: int = 0
    changes_told: int = 0
    broadcast_at: int = 0
    begun_at: int = 0
    badge: Badge = NEVER_WRITTEN
    last_visit: str = ""

    def of(self, name: str) -> int:
        """Return the count of a name, or that of the site without one."""
        return self.named.get(name, 0) if name else self.count

    @property
    def is_announced(self) -> bool:
        """True if every page has the counts."""
        return (self.count, self.all_named) == (self.announced, self.announced_named)

    @property
    def all_named(self) -> int:
        """The sum of the counts of all names, as of `Counts`."""
        return sum(self.named.values())

    def updated(self, counts: Counts) -> Totals:
        """Return these totals with other counts."""
        return replace(self, count=counts.count, named=counts.named, last_visit=counts.last_visit)


@dataclass(frozen=True, slots=True)
class Numbers:
    """The numbers in the reply to a page: of the site, which are of one moment, or of the pages with a name.

    days: the visits of recent days, by date; days without visits may be missing
    last_visit: the id of the visit that was counted with the last change, empty if that was another change
    """

    count: int
    days: Mapping[str, int]
    last_visit: str = ""


@dataclass(frozen=True, slots=True)
class ForReply:
    """What is known when a page asks for the count.

    numbers: of the site
    online: the number of open connections, None before the first broadcast
    """

    sender: Sender
    numbers: Numbers
    online: int | None


def day_key(visit: Visit, now: int) -> str:
    """Return the key of a visit's day. A visit without a time belongs to the day on which it is counted."""
    moment = now if visit.arrived_at is None else visit.arrived_at
    return tables.day_key(utc_day(moment).isoformat())


def utc_day(now: int) -> date:
    """Return the UTC day of a time."""
    return datetime.fromtimestamp(now, UTC).date()


def salt_key(day: str) -> str:
    """Return the key of a day's salt. day: YYYY-MM-DD, UTC."""
    return tables.SALT_PREFIX + day


def limit_key(hash_: str) -> str:
    """Return the key of a limit's item. hash_: the salted hash of the address or network, and of the period."""
    return tables.LIMIT_PREFIX + hash_


def network_attribute(hash_: str) -> str:
    """Return the attribute name of a network in a limit item.

    The hash is shortened, since an item has one attribute per network. With 200 networks the probability of a collision
    is about 1 in 10^15.
    """
    return tables.NETWORK_PREFIX + hash_[:16]


def end_of_day(now: int) -> int:
    """Return the epoch seconds of the next UTC midnight."""
    return (now // DAY_SECONDS + 1) * DAY_SECONDS


def last_day_keys(now: int, days: int) -> list[str]:
    """Return the keys of the last `days` UTC days, ending with today."""
    return day_keys(now, days - 1, -1)


def day_keys(now: int, first: int, last: int) -> list[str]:
    """Return the keys of the UTC days from `first` days ago down to, but not including, `last` days ago."""
    today = utc_day(now)
    return [tables.day_key((today - timedelta(days=back)).isoformat()) for back in range(first, last, -1)]


def parse_epoch_seconds(text: object) -> int | None:
    """Return a DynamoDB number as epoch seconds, None if it is not a time that `datetime` can represent."""
    if not isinstance(text, str):
        return None
    try:
        seconds = int(text)
    except ValueError:
        return None
    return seconds if 0 < seconds <= _LAST_SECOND else None
