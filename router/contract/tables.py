"""The items of the two tables: keys, attributes and the index. Times are in epoch seconds.

ConnectionIDs   connectionId (key, S), connectedAt (N), expiresAt (N, TTL), visit (S, the id of its visit;
                absent if it is not counted), pageName (S, the name of its page; absent without one)
VisitorCounts   id (key, S) is one of
    visitorCount        currentCount (N), visits#<name> (N, of the pages with this name), day#<YYYY-MM-DD> (N, the
                        visits of this UTC day, of the last RECENT_DAYS days), lastVisit (S, the id of the visit that
                        $connect has counted with the last change of the count; absent after any other change)
    visit#<visit id>    arrivedAt (N), expiresAt (N, TTL), uncounted (S, the visit id; removed once counted)
    named#<visit id>#<name>  the same for a visit to the pages with this name, which is counted for the name only; the
                        visit to the site has its own item. uncounted is <visit id>#<name>
    history#<name>      day#<YYYY-MM-DD> (N): the visits of the last days to the pages with this name
    day#<YYYY-MM-DD>    visits, visits#<name> (N), by the UTC day of arrivedAt: the archive of older days. The visits of
                        a day are the sum of this item and of the attribute of that name
    online              connections (N, of the last broadcast), announced (N, the count that every page has),
                        announcedNamed (N, the sum of the counts of all names that every page has), changesTold (N, the
                        changes that every page has been told of, -1 if a page missed the last broadcast), broadcastAt
                        (N, its end; in the future while one runs: its latest end), begunAt (N, its beginning, in
                        milliseconds); digest (S, of what badge.svg and count.json show), writtenAt (N, when they were
                        written); of a broadcast in segments partsClaimed, partsReported (SS), segmentsEnded,
                        foundSoFar, missedSoFar, leftSoFar (N) (router/storage/segments.py)
    presence            changes (N): how many connections have closed, or opened without a new visit
    salt#<YYYY-MM-DD>   salt (S, hexadecimal), expiresAt (N, TTL): the salt of a UTC day (router/visitors/salt.py)
    limit#<hash>        taken (N), expiresAt (N, TTL): the requests of one client in one time window
                        (router/counting/limits.py); network<hash> (N): in the item of an IPv6 block, the
                        requests of one of its networks
    backup              tableId (S, identifies this table in its backups), writtenAt (N)
    budget#<month>      the budget of a month (`contract.budget`): spent (N, nanodollars), step (N, last acted upon),
                        told (N, the worst step that the owner was told of since it was open), alarm (S, the name of a
                        CloudWatch alarm that is on), alarmedAt (N, when an alarm last came on or off), expiresAt
                        (N, TTL)
    import#<id>#<part>  importedAt (N), count (N): marks an import as complete; only used by
                        deployment/counter/count_file.py
The sparse index UncountedVisits (key ``uncounted``, keys only) lists the visits that are not counted yet.
"""

from __future__ import annotations

from datetime import date, timedelta
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Mapping

# Both tables: the TTL attribute
EXPIRES_AT = "expiresAt"

# ConnectionIDs
CONNECTION_ID = "connectionId"
CONNECTED_AT = "connectedAt"
VISIT = "visit"
PAGE_NAME = "pageName"
NAME_PATTERN = (
    "[a-z0-9-]{1,32}"  # of its values, as in settings/counting.py and visitor-count.js (a test compares them)
)

# VisitorCounts: the key attribute, the keys of single items, and the key prefixes of the other items
ID = "id"
VISITOR_COUNT = "visitorCount"
ONLINE = "online"
PRESENCE = "presence"
BACKUP = "backup"
VISIT_PREFIX = "visit#"
NAMED_VISIT_PREFIX = "named#"  # another, because releases without names count every visit# for the site
VISIT_PREFIXES = (VISIT_PREFIX, NAMED_VISIT_PREFIX)
DAY_PREFIX = "day#"  # of items, and of attributes
HISTORY_PREFIX = "history#"
SALT_PREFIX = "salt#"
LIMIT_PREFIX = "limit#"
IMPORT_PREFIX = "import#"

# VisitorCounts: attributes
CURRENT_COUNT = "currentCount"
ARRIVED_AT = "arrivedAt"
UNCOUNTED = "uncounted"
LAST_VISIT = "lastVisit"
VISITS = "visits"
CONNECTIONS = "connections"
ANNOUNCED = "announced"
ANNOUNCED_NAMED = "announcedNamed"
NAMED_PREFIX = "visits#"
CHANGES = "changes"
CHANGES_TOLD = "changesTold"
BROADCAST_AT = "broadcastAt"
BEGUN_AT = "begunAt"
PARTS_CLAIMED = "partsClaimed"
PARTS_REPORTED = "partsReported"
SEGMENTS_ENDED = "segmentsEnded"
FOUND = "foundSoFar"
MISSED = "missedSoFar"
LEFT = "leftSoFar"
OF_A_SEGMENTED_ROUND = (PARTS_CLAIMED, PARTS_REPORTED, SEGMENTS_ENDED, FOUND, MISSED, LEFT)
"""Removed when the next broadcast in segments begins."""
SALT = "salt"
TAKEN = "taken"
NETWORK_PREFIX = "network"
TABLE_ID = "tableId"
WRITTEN_AT = "writtenAt"
DIGEST = "digest"
IMPORTED_AT = "importedAt"
IMPORTED_COUNT = "count"

UNCOUNTED_INDEX = "UncountedVisits"

RECENT_DAYS = 30
"""The days of which the numbers are in the items `visitorCount` and `history#<name>`, ending with today: those that a
page shows. With them, `visitorCount` is smaller than 1 KB, the size of a write unit."""

_REMOVE_LAST = " REMOVE #last"


def visit_key(visit_id: str) -> str:
    """Return the key of a visit, to the site or to a name."""
    return (NAMED_VISIT_PREFIX if name_of(visit_id) else VISIT_PREFIX) + visit_id


def visit_id_of(key: str) -> str | None:
    """Return the visit id in a key, None if it is not the key of a visit."""
    visit_id = key.partition("#")[2]
    return visit_id if visit_id and visit_key(visit_id) == key else None


def named_visit(visit_id: str, name: str) -> str:
    """Return the id of a visit to the pages with a name. Other ids do not contain ``#``."""
    return f"{visit_id}#{name}"


def name_of(visit_id: str) -> str:
    """Return the name in the id of a visit, empty if it is a visit to the site."""
    return visit_id.partition("#")[2]


def named_attribute(name: str) -> str:
    """Return the attribute with the number of visits to the pages with a name."""
    return NAMED_PREFIX + name


def history_key(name: str) -> str:
    """Return the key of the last days of the pages with a name."""
    return HISTORY_PREFIX + name


def day_key(day: str) -> str:
    """Return the key of a day's item, and the attribute of a recent day. day: YYYY-MM-DD."""
    return DAY_PREFIX + day


def day_of(key: str) -> str:
    """Return the day in the key of a day's item, or in the attribute."""
    return key.removeprefix(DAY_PREFIX)


def is_recent(day: str, today: date) -> bool:
    """Return True if the visits of a day are added to an attribute, False if they are added to the day's item.

    day: YYYY-MM-DD. today: the UTC day. Tomorrow is recent: clocks differ.
    """
    return (today - timedelta(days=RECENT_DAYS - 1)).isoformat() <= day <= (today + timedelta(days=1)).isoformat()


def recent_days(row: Mapping[str, Any]) -> dict[str, int]:
    """Return the visits of the days that an item has as attributes, by date."""
    return {day_of(name): int(value["N"]) for name, value in row.items() if name.startswith(DAY_PREFIX)}


def addition(table: str, key: str, attribute: str, number: int, more: Mapping[str, int] | None = None) -> Any:
    """Return the action of a transaction that adds `number` to an attribute.

    A missing item or attribute counts as 0. A change of the count also removes `lastVisit`.

    more: numbers to add to further attributes
    """
    others = dict(enumerate((more or {}).items()))
    action: dict[str, Any] = {
        "TableName": table,
        "Key": {ID: {"S": key}},
        "UpdateExpression": ", ".join(["ADD #number :more", *(f"#other{at} :other{at}" for at in others)]),
        "ExpressionAttributeNames": {
            "#number": attribute,
            **{f"#other{at}": other for at, (other, _) in others.items()},
        },
        "ExpressionAttributeValues": {
            ":more": {"N": str(number)},
            **{f":other{at}": {"N": str(extra)} for at, (_, extra) in others.items()},
        },
    }
    if key == VISITOR_COUNT:
        action["UpdateExpression"] += _REMOVE_LAST
        action["ExpressionAttributeNames"]["#last"] = LAST_VISIT
    return {"Update": action}


def with_last_visit(action: Any, visit_id: str) -> Any:
    """Return an addition to the count that sets `lastVisit` instead of removing it."""
    update = action["Update"]
    expression = update["UpdateExpression"].replace(_REMOVE_LAST, " SET #last = :last")
    values = {**update["ExpressionAttributeValues"], ":last": {"S": visit_id}}
    return {"Update": {**update, "UpdateExpression": expression, "ExpressionAttributeValues": values}}
