"""What the router writes into buckets: badge.svg, and the daily backups of the count."""

from __future__ import annotations

BADGE_KEY = "badge.svg"
"""In the site bucket."""

BACKUP_FOLDER = "backups"
"""In the artifact bucket."""

COUNT_FORMAT, COUNT_VERSION = "cloud-resume count", 1
"""Of the files that `count export` writes, and of a backup: deployment/counter/count_file.py describes them."""


def backup_key(table_id: str) -> str:
    """Where the backup of a table lies; with ``*`` for the id, the pattern of all of them."""
    return f"{BACKUP_FOLDER}/{table_id}/count.json"
