"""The files that the router writes to buckets: the badge, count.json, and the daily backups of the count."""

from __future__ import annotations

BADGE_KEY = "badge.svg"
"""The key of the badge in the site bucket."""

COUNT_KEY = "count.json"
"""The key of the count for programs in the site bucket."""

SITE_KEYS = (BADGE_KEY, COUNT_KEY)
"""The keys in the site bucket that belong to the router and not to the files of the site."""

BACKUP_FOLDER = "backups"
"""The key prefix of the backups in the artifact bucket."""

COUNT_FORMAT, COUNT_VERSIONS = "cloud-resume count", (1, 2)
"""The format of backups and of files written by `count export`, described in deployment/counter/count_file.py."""


def count_version(*, has_names: bool) -> int:
    """Return the version of a file: 2 with names, which earlier releases cannot read, and otherwise 1."""
    return 2 if has_names else 1


def backup_key(table_id: str) -> str:
    """Return the key of the backup of a table. With the id ``*`` it is the pattern of all backups."""
    return f"{BACKUP_FOLDER}/{table_id}/count.json"
