"""The count, copied once a day to where no deletion of the table reaches: the versioned bucket of the artifacts.

The sweep writes `backups/<id of the table>/count.json`, which is a file of `count export` without its `source`. Its
number is read first and its days after that, so they may hold what was counted meanwhile. Earlier ones are versions of
the same object, kept as long as the bucket keeps versions; the newest stays for good, also when nobody writes any more.
The table's id is a random one in a row of its own: a table that is restored to an earlier moment brings it along and is
known for the same; one that is made anew has another, and cannot write over what its predecessor left.

Nothing in it is a visitor's. It is best effort: what goes wrong is logged, and the next sweep tries again.
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

EVERY_SECONDS = items.DAY_SECONDS
ID_BYTES = 16


def encode(table_id: str, now: int, count: int, days: Mapping[str, int]) -> bytes:
    """As deployment/counter/count_file.py reads it. The table's id names it, so that one table is restored once."""
    content = {
        "format": files.COUNT_FORMAT,
        "version": files.COUNT_VERSION,
        "id": table_id,
        "exportedAt": f"{datetime.fromtimestamp(now, UTC):%Y-%m-%dT%H:%M:%SZ}",
        "count": count,
        "days": dict(sorted(days.items())),
    }
    return (json.dumps(content, indent=2) + "\n").encode()


def refresh(invocation: Invocation) -> None:
    """Writes the copy if the last one is a day old. Never raises."""
    if not invocation.configuration.backup_bucket or not invocation.deadline.leaves():
        return
    try:
        _refresh(invocation)
    except Exception as error:  # noqa: BLE001 - whatever it is, visits are counted and told without it
        invocation.log.failure(BackupFailed, error)


def _refresh(invocation: Invocation) -> None:
    now, (count, last) = invocation.now(), invocation.store.backup()
    if not count or now - last.written_at < EVERY_SECONDS:
        return
    table_id = last.table_id or invocation.store.name_table(invocation.dependencies.entropy(ID_BYTES).hex())
    days = invocation.store.history(now)
    invocation.dependencies.backups.put(
        files.backup_key(table_id),
        encode(table_id, now, count, days),
        content_type="application/json",
        cache_control="no-store",
    )
    invocation.store.note_backup(now)
    invocation.log.event(BackupWritten(count, len(days)))
