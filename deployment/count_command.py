"""`count`: what each of its actions asks, does and says."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from deployment.count import CountTable, set_count
from deployment.count_file import HIGHEST, Counted, add_counted, export, read_file
from deployment.stack import Say
from deployment.stack_outputs import read_outputs
from deployment.target import Target
from errors import CloudError, UsageError
from settings import Settings
from template_gen import names

Agree = Callable[[str], bool]
"""Asks a question that is answered with yes or no. Nobody to answer is no."""


@dataclass(frozen=True)
class CountPlace:
    """Where the count is: in the stack's table, or in one that is named."""

    settings: Settings
    target: Target
    named: str | None = None
    with_rows: bool = False

    def table(self) -> CountTable:
        """Raises StackError when no table is named and there is no stack."""
        name = self.named or read_outputs(self.settings, self.target)[names.VISITOR_COUNTS_TABLE]
        return CountTable(name, self.target)

    def bucket(self) -> str:
        """Where the backups are, "" where there is no such bucket."""
        # Imported here: it knows the artifact stack, and so the templates, which no other action owes.
        from deployment.backups import backup_bucket

        return backup_bucket(self.settings, self.target)


def run(action: str, value: str | None, place: CountPlace, say: Say, agree: Agree | None) -> None:
    """agree: None when nobody is to be asked. Raises UsageError for a value that does not go with the action."""
    if place.named and action not in ("show", "export"):
        raise UsageError("count --table", f"goes with show and export, not with {action}", "leave it out")
    if value is not None and action in ("show", "backups"):
        raise UsageError(f"count {action}", f"takes no {value!r}", "leave it out")
    if action == "show":
        say(f"{place.table().count():,}")
    elif action == "set":
        _set(_number(value), place.table(), say, agree)
    elif action == "export":
        _export(_path(action, value), place, say)
    elif action == "backups":
        _list_backups(place, say)
    elif action == "restore":
        _restore(value, place, say, agree)
    else:
        _import(_path(action, value), place.table(), say, agree)


def _set(wanted: int, table: CountTable, say: Say, agree: Agree | None) -> None:
    shown = table.count()
    if wanted == shown:
        say(f"the count is {shown:,} already: nothing was changed")
        return
    _require(agree, f"The count is {shown:,}; make it {wanted:,}?", "count set")
    after = set_count(table, wanted, shown)
    meanwhile = f", with {after - wanted:,} counted meanwhile" if after != wanted else ""
    say(f"the count was {shown:,} and is {after:,}{meanwhile}; every open page is told")


def _export(path: Path, place: CountPlace, say: Say) -> None:
    counted = export(place.table(), path, with_rows=place.with_rows, now=datetime.now(UTC))
    rows = f", {len(counted.rows):,} remembered visits" if place.with_rows else ""
    say(f"wrote {path}: a count of {counted.count:,}, {_days(counted)}{rows}")


def _import(path: Path, table: CountTable, say: Say, agree: Agree | None) -> None:
    counted = read_file(path)
    before = table.count()
    _require(agree, _question(counted, path, before), "count import")
    if not add_counted(table, counted, datetime.now(UTC)):
        say(f"{path} was imported before: nothing was changed, the count is {before:,}")
        return
    say(f"the count was {before:,} and is {table.count():,}; {_days(counted)} with it")


def _list_backups(place: CountPlace, say: Say) -> None:
    from deployment.backups import backup_lines, backups, none_yet, own_id

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


def _restore(wanted: str | None, place: CountPlace, say: Say, agree: Agree | None) -> None:
    from deployment.backups import backups, own_id, require_only, to_restore

    table, bucket = place.table(), place.bucket()
    backup = to_restore(backups(bucket, place.target, say), own_id(table), wanted, bucket)
    require_only(table, backup)
    before = table.count()
    what = f"{backup.counted.count:,} visits and {_days(backup.counted)} of the backup of {backup.written}"
    _require(agree, f"Add {what} to the count, which is {before:,}?", "count restore")
    if not add_counted(table, backup.counted, datetime.now(UTC)):
        say(f"the backup of {backup.written} was restored before: nothing was changed, the count is {before:,}")
        return
    say(f"the count was {before:,} and is {table.count():,}; {_days(backup.counted)} with it")


def _question(counted: Counted, path: Path, before: int) -> str:
    rows = f" and {len(counted.rows):,} remembered visits" if counted.rows else ""
    return f"Add {counted.count:,} visits, {_days(counted)}{rows} of {path} to the count, which is {before:,}?"


def _require(agree: Agree | None, question: str, where: str) -> None:
    if agree is not None and not agree(question):
        raise UsageError(where, "not confirmed, so nothing was changed", "answer y, or add --yes")


def _number(value: str | None) -> int:
    text = (value or "").replace(",", "").replace("_", "")
    if not (text.isascii() and text.isdecimal()) or int(text) > HIGHEST:
        raise UsageError(
            f"count set {value or ''}".rstrip(), "needs a whole number from 0 up", "python3 build.py count set 1234"
        )
    return int(text)


def _path(action: str, value: str | None) -> Path:
    if not value:
        raise UsageError(f"count {action}", "needs the name of a file", f"python3 build.py count {action} visits.json")
    return Path(value)


def _days(counted: Counted) -> str:
    return "1 day" if len(counted.days) == 1 else f"{len(counted.days):,} days"
