"""The copies of the count that the router makes once a day (router/backup.py), and which of them to restore.

They lie in the artifact bucket, one object for each table that there was. The present table's own is never restored
into it: what it holds is in the count already.
"""

from __future__ import annotations

from dataclasses import dataclass

from deployment.artifacts import artifact_stack
from deployment.aws_errors import translated
from deployment.bucket import read_bucket
from deployment.count import CountTable
from deployment.count_file import Counted, parse
from deployment.progress import silent
from deployment.target import Target
from errors import UsageError
from router.contract import files, tables
from settings import Settings
from template_gen import names

PREFIX = f"{files.BACKUP_FOLDER}/"


@dataclass(frozen=True)
class Backup:
    """written: when, as the file says it."""

    key: str
    written: str
    counted: Counted


def backup_bucket(settings: Settings, target: Target) -> str:
    """The bucket's name, "" where there is none."""
    return artifact_stack(settings, target, silent).read().outputs.get(names.ARTIFACT_BUCKET_NAME, "")


def backups(bucket: str, target: Target) -> list[Backup]:
    """The newest of every table, the newest of all last."""
    keys = [key for key in read_bucket(bucket, target, PREFIX) if key.endswith(".json")] if bucket else []
    return sorted((_read(bucket, key, target) for key in keys), key=lambda backup: backup.written)


def to_restore(table: CountTable, settings: Settings, target: Target) -> Backup:
    """The newest that is not the table's own. Raises UsageError when there is none."""
    bucket = backup_bucket(settings, target)
    found = backups(bucket, target)
    own = table.get(tables.BACKUP).get(tables.TABLE_ID, {}).get("S", "")
    others = [backup for backup in found if backup.counted.id != own]
    if others:
        return others[-1]
    if found:
        raise UsageError(
            "count restore",
            f"the only backup, of {found[-1].written} with a count of {found[-1].counted.count:,}, is of this very "
            "table, so its visits are in the count already",
            f"to go back to that number: python3 build.py count set {found[-1].counted.count}",
        )
    raise UsageError(
        "count restore",
        f"there is no backup in the bucket {bucket}" if bucket else "there is no artifact bucket to find a backup in",
        "the router writes one a day, once a visit was counted; a file of your own: python3 build.py count import FILE",
    )


def _read(bucket: str, key: str, target: Target) -> Backup:
    where = f"bucket {bucket}, {key}"
    with translated(where):
        text = target.client("s3").get_object(Bucket=bucket, Key=key)["Body"].read().decode("utf-8", "replace")
    counted = parse(text, where)
    return Backup(key, counted.exported_at, counted)
