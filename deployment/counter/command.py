"""The actions of `count`: what each asks, does and prints."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from deployment.aws.target import Target
from deployment.counter.count import CountTable, set_count
from deployment.counter.count_file import HIGHEST, CountFile, add_count, export, read_file
from deployment.stack.outputs import read_outputs
from deployment.stack.stack import Say
from errors import CloudError, UsageError
from settings import Settings
from template_gen import names

Confirm = Callable[[str], bool]
"""Asks a question of yes or no. Nobody to answer is no."""


@dataclass(frozen=True)
class CountPlace:
    """Where the count is: in the stack's table, or in one that is named."""

    settings: Settings
    target: Target
    named: str | None = None

    def table(self) -> CountTable:
        """Raises StackError when no table is named and there is no stack."""
        name = self.named or read_outputs(self.settings, self.target)[names.VISITOR_COUNTS_TABLE]
        return CountTable(name, self.target)

    def bucket(self) -> str:
        """Where the backups are, "" where there is no such bucket."""
        # Imported here: it knows the artifact stack, and so the templates, which no other action owes.
        from deployment.counter.backups import backup_bucket

        return backup_bucket(self.settings, self.target)


def number(text: str) -> int:
    """A count as a person writes it, such as 1,234. Raises UsageError."""
    digits = text.replace(",", "").replace("_", "")
    if not (digits.isascii() and digits.isdecimal()) or int(digits) > HIGHEST:
        raise UsageError(f"count set {text}", "needs a whole number from 0 up", "python3 build.py count set 1234")
    return int(digits)


def set_to(wanted: int, table: CountTable, say: Say, confirm: Confirm) -> None:
    """Raises UsageError when it is not confirmed."""
    shown = table.count()
    if wanted == shown:
        say(f"the count is {shown:,} already: nothing was changed")
        return
    _require(confirm, f"The count is {shown:,}; make it {wanted:,}?", "count set")
    after = set_count(table, wanted, shown)
    meanwhile = f", with {after - wanted:,} counted meanwhile" if after != wanted else ""
    say(f"the count was {shown:,} and is {after:,}{meanwhile}; every open page is notified")


def export_to(path: Path, place: CountPlace, say: Say, *, with_rows: bool) -> None:
    """with_rows: the remembered visits too. Raises OutputError when the file cannot be written."""
    counted = export(place.table(), path, with_rows=with_rows, now=datetime.now(UTC))
    rows = f", {len(counted.rows):,} remembered visits" if with_rows else ""
    say(f"wrote {path}: a count of {counted.count:,}, {_days(counted)}{rows}")


def import_from(path: Path, table: CountTable, say: Say, confirm: Confirm) -> None:
    """Raises UsageError for a file that is none of ours, and when it is not confirmed."""
    counted = read_file(path)
    before = table.count()
    _require(confirm, _question(counted, path, before), "count import")
    if not add_count(table, counted, datetime.now(UTC)):
        say(f"{path} was imported before: nothing was changed, the count is {before:,}")
        return
    say(f"the count was {before:,} and is {table.count():,}; {_days(counted)} with it")


def list_backups(place: CountPlace, say: Say) -> None:
    """Prints what can be restored."""
    from deployment.counter.backups import backup_lines, backups, none_yet, own_id

    bucket = place.bucket()
    found = backups(bucket, place.target, say)
    if not found:
        say(f"{none_yet(bucket)}: the router writes one a day, once a visit was counted")
        return
    own = ""
    with suppress(CloudError):  # after `destroy` there is no table, and that is when they matter
        own = own_id(place.table())
    say("\n".join(backup_lines(found, own)))
    if others := [one for one in found if one.counted.id != own]:
        say(f"to add one to the count, such as the newest: python3 build.py count restore {others[-1].written}")


def restore(wanted: str | None, place: CountPlace, say: Say, confirm: Confirm) -> None:
    """Adds the backup that `wanted` names: a key, or the beginning of a time; None for the newest.

    Raises UsageError when it is not confirmed, and for a name that fits none or several.
    """
    from deployment.counter.backups import backups, own_id, require_only, to_restore

    table, bucket = place.table(), place.bucket()
    backup = to_restore(backups(bucket, place.target, say), own_id(table), wanted, bucket)
    require_only(table, backup)
    before = table.count()
    what = f"{backup.counted.count:,} visits and {_days(backup.counted)} of the backup of {backup.written}"
    _require(confirm, f"Add {what} to the count, which is {before:,}?", "count restore")
    if not add_count(table, backup.counted, datetime.now(UTC)):
        say(f"the backup of {backup.written} was restored before: nothing was changed, the count is {before:,}")
        return
    say(f"the count was {before:,} and is {table.count():,}; {_days(backup.counted)} with it")


def _question(counted: CountFile, path: Path, before: int) -> str:
    rows = f" and {len(counted.rows):,} remembered visits" if counted.rows else ""
    return f"Add {counted.count:,} visits, {_days(counted)}{rows} of {path} to the count, which is {before:,}?"


def _require(confirm: Confirm, question: str, where: str) -> None:
    if not confirm(question):
        raise UsageError(where, "not confirmed, so nothing was changed", "answer y, or add --yes")


def _days(counted: CountFile) -> str:
    return "1 day" if len(counted.days) == 1 else f"{len(counted.days):,} days"
