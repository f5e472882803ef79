"""The rows of the two tables: keys, attributes and the index. Times are epoch seconds.

ConnectionIDs   connectionId (key, S), connectedAt (N), expiresAt (N, TTL)
VisitorCounts   id (key, S) is one of
    visitorCount        currentCount (N)
    visit#<visit id>    arrivedAt (N), expiresAt (N, TTL), uncounted (S, the visit id; removed once counted)
    day#<YYYY-MM-DD>    visits (N), by the UTC day of arrivedAt
    online              connections (N, found by the last broadcast), announced (N, the count that every page has)
    salt#<YYYY-MM-DD>   salt (S, hexadecimal), expiresAt (N, TTL): of one UTC day (router/visitors/salt.py)
    limit#<hash>        taken (N), expiresAt (N, TTL): what one client had in one window of time
                        (router/counting/limits.py); network<hash> (N): of an IPv6 block, what each of
                        its networks had of that
    backup              tableId (S, identifies this table in its backups), writtenAt (N)
    badge               shown (N, the count that badge.svg shows), writtenAt (N)
    import#<id>#<part>  importedAt (N), count (N): marks an import as done; only deployment/counter/count_file.py
                        uses it
The sparse index UncountedVisits (key ``uncounted``, keys only) lists the visits still to be counted.
"""

from __future__ import annotations

from typing import Any

# Of both tables: the attribute with the time to live
EXPIRES_AT = "expiresAt"

# ConnectionIDs
CONNECTION_ID = "connectionId"
CONNECTED_AT = "connectedAt"

# VisitorCounts: the key, rows of which there is one, and the prefixes of the keys of the others
ID = "id"
VISITOR_COUNT = "visitorCount"
ONLINE = "online"
BADGE = "badge"
BACKUP = "backup"
VISIT_PREFIX = "visit#"
DAY_PREFIX = "day#"
SALT_PREFIX = "salt#"
LIMIT_PREFIX = "limit#"
IMPORT_PREFIX = "import#"

# VisitorCounts: attributes
CURRENT_COUNT = "currentCount"
ARRIVED_AT = "arrivedAt"
UNCOUNTED = "uncounted"
VISITS = "visits"
CONNECTIONS = "connections"
ANNOUNCED = "announced"
SALT = "salt"
TAKEN = "taken"
NETWORK_PREFIX = "network"
TABLE_ID = "tableId"
WRITTEN_AT = "writtenAt"
SHOWN = "shown"
IMPORTED_AT = "importedAt"
IMPORTED_COUNT = "count"

UNCOUNTED_INDEX = "UncountedVisits"


def visit_key(visit_id: str) -> str:
    return VISIT_PREFIX + visit_id


def visit_id_of(key: str) -> str | None:
    """The visit id in a row's key, None if the row is not a visit."""
    return key.removeprefix(VISIT_PREFIX) if key.startswith(VISIT_PREFIX) and key != VISIT_PREFIX else None


def day_key(day: str) -> str:
    """day: YYYY-MM-DD."""
    return DAY_PREFIX + day


def day_of(key: str) -> str:
    """The day in the key of a day's row."""
    return key.removeprefix(DAY_PREFIX)


def addition(table: str, key: str, attribute: str, number: int) -> Any:
    """The action of a VisitorCounts transaction that adds `number` to a row; where there is no row, to 0."""
    return {
        "Update": {
            "TableName": table,
            "Key": {ID: {"S": key}},
            "UpdateExpression": "ADD #number :more",
            "ExpressionAttributeNames": {"#number": attribute},
            "ExpressionAttributeValues": {":more": {"N": str(number)}},
        }
    }
