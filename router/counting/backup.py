"""The daily backup of the count, in the versioned artifact bucket, which outlives a deletion of the table.

The sweep writes `backups/<table id>/count.json`, in the format of `count export` without `source`. The count is read
before the days, so the days can include later visits. Previous backups are earlier versions of the same object,
retained according to the lifecycle rule of the bucket; the latest version is retained indefinitely. The table id is a
random id, stored in the table: a table restored from a backup of DynamoDB keeps its id, while a new table gets a new
one and cannot overwrite the backups of its predecessor.

A backup contains no visitor data. Backups are best effort: an error is logged, and the next sweep retries.
"""

from __future__ import annotations

import json
from datetime import UTC, datetime
from typing import TYPE_CHECKING

from router import items
from router.contract import files
from router.contract.log_events import BackupFailed, BackupWritten

if TYPE_CHECKING:
    from collections.abc import Mapping

    from router.dependencies import Invocation
    from router.items import Totals

EVERY_SECONDS = items.DAY_SECONDS
ID_BYTES = 16


def encode(table_id: str, now: int, totals: Totals, days: Mapping[str, int]) -> bytes:
    """Return the backup in the format of deployment/counter/count_file.py.

    The table id is the id of the file, so that an import of the same table is applied once.
    """
    content = {
        "format": files.COUNT_FORMAT,
        "version": files.count_version(has_names=bool(totals.named)),
        "id": table_id,
        "exportedAt": f"{datetime.fromtimestamp(now, UTC):%Y-%m-%dT%H:%M:%SZ}",
        "count": totals.count,
        "days": dict(sorted(days.items())),
        **({"names": dict(sorted(totals.named.items()))} if totals.named else {}),
    }
    return (json.dumps(content, indent=2) + "\n").encode()


def refresh(invocation: Invocation) -> None:
    """Write the backup if the last one is at least a day old. Never raises."""
    if not invocation.configuration.backup_bucket or not invocation.deadline.allows():
        return
    try:
        _refresh(invocation)
    except Exception as error:  # noqa: BLE001 - a backup must not affect counting
        invocation.log.failure(BackupFailed, error)


def _refresh(invocation: Invocation) -> None:
    now, (totals, last) = invocation.now(), invocation.store.files.backup()
    if not totals.count or now - last.written_at < EVERY_SECONDS:
        return
    table_id = last.table_id or invocation.store.files.assign_table_id(invocation.dependencies.entropy(ID_BYTES).hex())
    days = invocation.store.days.history(now)
    invocation.dependencies.backups.put(
        files.backup_key(table_id),
        encode(table_id, now, totals, days),
        content_type="application/json",
        cache_control="no-store",
    )
    invocation.store.files.record_backup(now)
    invocation.log.event(BackupWritten(totals.count, len(days)))
