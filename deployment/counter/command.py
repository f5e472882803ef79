"""The actions of the verb `count`."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from console import Say
from deployment.aws.target import Target
from deployment.counter.count import CountTable, set_count
from deployment.counter.count_file import HIGHEST, CountFile, add_count, export
from deployment.stack.outputs import read_outputs
from deployment.stack.required_output import required
from errors import CloudError, UsageError
from files import write_atomically
from settings import Settings
from template_gen import names

Confirm = Callable[[str], bool]
"""Asks a yes or no question; returns False if standard input is closed."""


@dataclass(frozen=True)
class CountPlace:
    """The location of the count: the stack's table, or the table `named`."""

    settings: Settings
    target: Target
    named: str | None = None

    def table(self) -> CountTable:
        """Return the table. Raises StackError when no table is given and the stack does not exist."""
        name = self.named or required(read_outputs(self.settings, self.target), names.VISITOR_COUNTS_TABLE)
        return CountTable(name, self.target)

    def log_group(self) -> str:
        """Return the name of the router's log group. Raises StackError when the stack does not exist."""
        return required(read_outputs(self.settings, self.target), names.ROUTER_LOG_GROUP)

    def bucket(self) -> str:
        """Return the name of the bucket with the backups, "" if there is none."""
        # Imported here: it imports the templates, which the other actions do not need.
        from deployment.counter.backups import backup_bucket

        return backup_bucket(self.settings, self.target)


def number(text: str) -> int:
    """Parse a count such as 1,234. Raises UsageError when it is invalid."""
    digits = text.replace(",", "").replace("_", "")
    if not (digits.isascii() and digits.isdecimal()) or int(digits) > HIGHEST:
        raise UsageError(
            f"count set {text}",
            "is not a whole number from 0 up",
            "give a number, such as python3 build.py count set 1234",
        )
    return int(digits)


def set_to(wanted: int, table: CountTable, say: Say, confirm: Confirm) -> None:
    """Set the count after confirmation. Raises UsageError when it is not confirmed."""
    shown = table.count()
    if wanted == shown:
        say(f"the count is already {shown:,}: nothing was changed")
        return
    _require(confirm, f"The count is {shown:,}; set it to {wanted:,}?", "count set")
    after = set_count(table, wanted, shown)
    meanwhile = f", including {after - wanted:,} counted in the meantime" if after != wanted else ""
    say(f"the count was {shown:,} and is now {after:,}{meanwhile}; open pages are notified")


def export_to(path: Path, place: CountPlace, say: Say, *, with_rows: bool) -> None:
    """Export the count to a file. with_rows: include the visits on record.

    Raises UsageError when the file exists, and OutputError when it cannot be written.
    """
    counted = export(place.table(), path, with_rows=with_rows, now=datetime.now(UTC))
    rows = f", {len(counted.rows):,} visits on record" if with_rows else ""
    say(f"wrote {path}: a count of {counted.count:,}, {_days(counted)}{rows}")


def write_stats(path: Path, days: int, place: CountPlace, say: Say) -> None:
    """Write the statistics of the last `days` days as a page. Raises OutputError when it cannot be written."""
    # Imported here: no other action needs them.
    from deployment.counter.filtered import read_filtered
    from deployment.counter.stats import read_stats, summary
    from deployment.counter.stats_page import page

    now = datetime.now(UTC)
    stats = read_stats(place.table(), days, now.date())
    known = list(stats.days)[-place.settings.logs.retention_days :]
    filtered = read_filtered(place.log_group(), place.target, known)
    content = page(stats, filtered, where=place.settings.stack.name, written=f"{now:%Y-%m-%d %H:%M} UTC")
    write_atomically(path, content)
    say(f"wrote {path}: {summary(stats)}")


def add(counted: CountFile, path: Path, table: CountTable, say: Say, confirm: Confirm) -> None:
    """Add a count, exported to `path`, after confirmation. Raises UsageError when it is not confirmed."""
    before = table.count()
    _require(confirm, _question(counted, path, before), "count import")
    if not add_count(table, counted, datetime.now(UTC)):
        say(f"{path} has already been imported: nothing was changed, the count is {before:,}")
        return
    say(f"the count was {before:,} and is now {table.count():,}; {_days(counted)} of history added")


def list_backups(place: CountPlace, say: Say) -> None:
    """Print the backups that can be restored."""
    from deployment.counter.backups import backup_lines, backups, none_yet, own_id

    bucket = place.bucket()
    found = backups(bucket, place.target, say)
    if not found:
        say(f"{none_yet(bucket)}: the router writes one a day, once a visit has been counted")
        return
    own = ""
    with suppress(CloudError):  # after `destroy`, there may be no table, but its backups can be restored
        own = own_id(place.table())
    say("\n".join(backup_lines(found, own)))
    if others := [one for one in found if one.counted.id != own]:
        say(f"to add one to the count, for example the newest: python3 build.py count restore {others[-1].written}")


def restore(wanted: str | None, place: CountPlace, say: Say, confirm: Confirm) -> None:
    """Add a backup to the count after confirmation. wanted: a key or the prefix of a time; None for the newest.

    Raises UsageError when it is not confirmed, and when none or several backups match.
    """
    from deployment.counter.backups import backups, own_id, require_only, to_restore

    table, bucket = place.table(), place.bucket()
    backup = to_restore(backups(bucket, place.target, say), own_id(table), wanted, bucket)
    require_only(table, backup)
    before = table.count()
    what = f"{backup.counted.count:,} visits and {_days(backup.counted)} from the backup of {backup.written}"
    _require(confirm, f"Add {what} to the count of {before:,}?", "count restore")
    if not add_count(table, backup.counted, datetime.now(UTC)):
        say(f"the backup of {backup.written} has already been restored: nothing was changed, the count is {before:,}")
        return
    say(f"the count was {before:,} and is now {table.count():,}; {_days(backup.counted)} of history added")


def _question(counted: CountFile, path: Path, before: int) -> str:
    rows = f" and {len(counted.rows):,} visits on record" if counted.rows else ""
    return f"Add {counted.count:,} visits, {_days(counted)}{rows} from {path} to the count of {before:,}?"


def _require(confirm: Confirm, question: str, where: str) -> None:
    if not confirm(question):
        raise UsageError(where, "not confirmed, so nothing was changed", "answer y, or add --yes")


def _days(counted: CountFile) -> str:
    return "1 day" if len(counted.days) == 1 else f"{len(counted.days):,} days"
