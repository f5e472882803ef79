"""Verbs for the visitor count and its history."""

from __future__ import annotations

from cli.context import Context, can_print
from cli.declaration import Verbs, argument, path, switch
from cli.options import ACCOUNT, JSON, YES
from cli.places import OUTPUT

VERBS = Verbs()
STATS_PAGE = OUTPUT / "stats.html"
COUNT = VERBS.group("count", "Show, set, export, import or restore the visitor count.", default="show")
TABLE = argument("--table", metavar="NAME", help="the table to read, such as one retained by `destroy`")


@COUNT(*ACCOUNT, TABLE)
def show(context: Context) -> None:
    """Show the visitor count."""
    context.say(f"{context.count_place().table().count():,}")


@COUNT(*ACCOUNT, YES, argument("number", metavar="N", help="the new count"))
def set_(context: Context) -> None:
    """Set the visitor count. Visits counted in the meantime are added."""
    from deployment.counter.command import number, set_to

    set_to(number(context.arguments.number), context.count_place().table(), context.say, context.confirm)


@COUNT(
    *ACCOUNT,
    TABLE,
    switch("--rows", "include the visits on record, so that an open tab is not counted again"),
    argument("file", type=path, metavar="FILE", help="the file to write"),
)
def export(context: Context) -> None:
    """Write the count and its history to a file."""
    from deployment.counter.command import export_to
    from deployment.counter.count_file import require_new

    require_new(context.arguments.file)
    export_to(context.arguments.file, context.count_place(), context.say, with_rows=context.arguments.rows)


@COUNT(*ACCOUNT, YES, argument("file", type=path, metavar="FILE", help="a file written by `count export`"))
def import_(context: Context) -> None:
    """Add an exported count and its history. Importing the same file again changes nothing."""
    from deployment.counter.command import add
    from deployment.counter.count_file import read_file

    counted = read_file(context.arguments.file)
    add(counted, context.arguments.file, context.count_place().table(), context.say, context.confirm)


@COUNT(*ACCOUNT)
def backups(context: Context) -> None:
    """List the daily backups of the count: date, count, number of days, key."""
    from deployment.counter.command import list_backups

    list_backups(context.count_place(), context.say)


@COUNT(
    *ACCOUNT,
    YES,
    argument("backup", nargs="?", metavar="BACKUP", help="its date, time or key (default: the newest)"),
)
def restore(context: Context) -> None:
    """Add the count and history of a daily backup, after the table has been lost."""
    from deployment.counter.backups import require_time_or_key
    from deployment.counter.command import restore as restore_backup

    require_time_or_key(context.arguments.backup)
    restore_backup(context.arguments.backup, context.count_place(), context.say, context.confirm)


@VERBS(
    *ACCOUNT,
    JSON,
    argument("--days", type=int, default=30, metavar="N", help="the number of days up to today (30)"),
    argument(
        "--html",
        type=path,
        nargs="?",
        const=STATS_PAGE,
        metavar="FILE",
        help="write a page instead, with what was not counted and why (output/stats.html)",
    ),
)
def stats(context: Context) -> None:
    """Plot the visits per day. Days are in UTC."""
    from deployment.counter.command import write_stats
    from deployment.counter.stats import print_stats, require_days

    arguments = context.arguments
    require_days(arguments.days)
    if arguments.html:
        write_stats(arguments.html, arguments.days, context.count_place(), context.say)
        return
    table = context.count_place().table()
    print_stats(table, arguments.days, context.say, as_json=arguments.json, blocks=can_print("█▏"))
