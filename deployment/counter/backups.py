"""The daily backups of the count (router/counting/backup.py): listing them, and selecting one to restore.

They are in the artifact bucket, one object per table, whose earlier backups are versions of the object. A backup of the
present table is never restored into it, because its visits are already in the count.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from typing import Any

from console import Say
from deployment.aws.errors import translated
from deployment.aws.target import Target
from deployment.counter.count import CountTable
from deployment.counter.count_file import CountFile, parse
from deployment.package.artifacts import artifact_stack
from errors import UsageError
from router.contract import files, tables
from settings import Settings
from template_gen import names

PREFIX = f"{files.BACKUP_FOLDER}/"
PARALLEL_READS = 8
_TIME = re.compile(r"\d{4}-\d\d-\d\d")
LIST = "python3 build.py count backups"


@dataclass(frozen=True)
class Backup:
    """A backup. written: its time, such as 2026-11-24T06:40:00Z."""

    key: str
    written: str
    counted: CountFile


def backup_bucket(settings: Settings, target: Target) -> str:
    """Return the name of the bucket with the backups, "" if there is none. Raises CloudError."""
    return artifact_stack(settings, target).read().outputs.get(names.ARTIFACT_BUCKET_NAME, "")


def backups(bucket: str, target: Target, say: Say) -> list[Backup]:
    """Return all versions of all backups, the newest last. Prints and skips invalid files. Raises CloudError."""
    if not bucket:
        return []
    found: list[Backup] = []
    with ThreadPoolExecutor(PARALLEL_READS) as threads:
        for one in threads.map(lambda version: _read(bucket, version, target), list(_versions(bucket, target))):
            if isinstance(one, Backup):
                found.append(one)
            else:
                say(f"skipped: {one.where} {one.what}")
    return sorted(found, key=lambda backup: (backup.written, backup.key))


def backup_lines(found: Sequence[Backup], own: str) -> list[str]:
    """Return the lines of a table of backups. own: the id of the present table, "" if there is none."""
    lines = [f"{'written':<20}  {'count':>13}  {'days':>5}  backup"]
    for one in found:
        note = "  this table's own" if one.counted.id == own else ""
        lines.append(f"{one.written:<20}  {one.counted.count:>13,}  {len(one.counted.days):>5,}  {one.key}{note}")
    return lines


def none_yet(bucket: str) -> str:
    """Return the reason why there are no backups."""
    return (
        f"there are no backups in the artifact bucket, {bucket}"
        if bucket
        else "there are no backups, as there is no artifact bucket yet"
    )


def own_id(table: CountTable) -> str:
    """Return the id of this table in its backups, "" before the first one. Raises CloudError."""
    name: str = table.get(tables.BACKUP).get(tables.TABLE_ID, {}).get("S", "")
    return name


def require_time_or_key(wanted: str | None) -> None:
    """Raise UsageError if no backup can have this time or key."""
    if wanted and not (_TIME.match(wanted) or wanted.startswith(PREFIX)):
        raise UsageError(
            f"count restore {wanted}",
            f"is neither a date such as 2026-11-24, nor a time, nor a key that begins with {PREFIX}",
            f"list the backups: {LIST}",
        )


def to_restore(found: Sequence[Backup], own: str, wanted: str | None, bucket: str) -> Backup:
    """Return the backup selected by `wanted`, a key or the prefix of a time; None selects the newest.

    own: the id of the present table, whose backups are excluded. Raises UsageError when none or several match.
    """
    if not found:
        raise UsageError(
            "count restore",
            none_yet(bucket),
            "the router writes one a day, once a visit has been counted; to import a file: "
            "python3 build.py count import FILE",
        )
    meant = [one for one in found if wanted is None or _is_meant(one, wanted)]
    if not meant:
        raise UsageError(f"count restore {wanted}", "no backup has this time or key", f"list them: {LIST}")
    others = [one for one in meant if one.counted.id != own]
    if not others:
        raise _own_error(meant[-1], only=wanted is None)
    if wanted is not None and wanted != others[-1].key and len({(one.key, one.written) for one in others}) > 1:
        raise _unclear_error(wanted, others)
    return others[-1]


def require_only(table: CountTable, backup: Backup) -> None:
    """Raise UsageError if another backup of the same table has been restored, as both contain the same visits."""
    before = table.get(f"{tables.IMPORT_PREFIX}{backup.counted.id}#0").get("count", {}).get("N", "")
    if before and int(before) != backup.counted.count:
        raise UsageError(
            "count restore",
            f"another backup of the same table, with a count of {int(before):,}, has already been restored, and both "
            "contain the same visits",
            f"to change the count by {backup.counted.count - int(before):+,}: python3 build.py count set N",
        )


def _is_meant(backup: Backup, wanted: str) -> bool:
    a_date = len("2026-11-24")
    return backup.key == wanted or (len(wanted) >= a_date and backup.written.startswith(wanted))


def _own_error(newest: Backup, *, only: bool) -> UsageError:
    which = "the only backup, of" if only else "the backup of"
    return UsageError(
        "count restore",
        f"{which} {newest.written} with a count of {newest.counted.count:,}, is of the present table, so its visits "
        "are already in the count",
        f"to reset the count to that number: python3 build.py count set {newest.counted.count}",
    )


def _unclear_error(wanted: str, others: Sequence[Backup]) -> UsageError:
    listed = ", ".join(f"{one.written} ({one.counted.count:,}, {one.key})" for one in others)
    return UsageError(
        f"count restore {wanted}",
        f"matches {len(others)} backups: {listed}",
        f"give the whole time of one: python3 build.py count restore {others[0].written}",
    )


def _versions(bucket: str, target: Target) -> Iterator[dict[str, Any]]:
    with translated(f"artifact bucket {bucket}"):
        pages = target.client("s3").get_paginator("list_object_versions").paginate(Bucket=bucket, Prefix=PREFIX)
        for page in pages:
            yield from (one for one in page.get("Versions", []) if one["Key"].endswith(".json"))


def _read(bucket: str, version: dict[str, Any], target: Target) -> Backup | UsageError:
    key, written = version["Key"], f"{version['LastModified']:%Y-%m-%dT%H:%M:%SZ}"
    where = f"artifact bucket {bucket}, {key} of {written}"
    with translated(where):
        got = target.client("s3").get_object(Bucket=bucket, Key=key, VersionId=version["VersionId"])
        text = got["Body"].read().decode("utf-8", "replace")
    try:
        counted = parse(text, where)
    except UsageError as refused:
        return refused
    return Backup(key, counted.exported_at or written, counted)
