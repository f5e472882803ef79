"""Visits per day, as bars in a terminal or as JSON."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from shutil import get_terminal_size

from deployment.counter.count import CountTable
from deployment.stack.stack import Say
from errors import UsageError

BLOCKS = " ▏▎▍▌▋▊▉█"
"""Eighths of a character's width."""

NARROWEST_BAR = 10
WIDEST = 120
MOST_DAYS = 3660


@dataclass(frozen=True)
class Stats:
    """total: of all time, which is more than the days hold where a count was set or imported."""

    total: int
    days: Mapping[str, int]

    @property
    def shown(self) -> int:
        return sum(self.days.values())


def read_stats(table: CountTable, days: int, today: date) -> Stats:
    """The last `days` days up to `today` (UTC), oldest first, each with its visits, 0 included."""
    dates = [(today - timedelta(days=back)).isoformat() for back in reversed(range(days))]
    found = table.days(dates)
    return Stats(table.count(), {day: max(found.get(day, 0), 0) for day in dates})


def plot(stats: Stats, width: int, *, blocks: bool = True) -> list[str]:
    """A bar a day, at most `width` characters wide, and a line that sums up. blocks: whether the terminal has them."""
    most = max(stats.days.values(), default=0)
    digits = len(f"{most:,}")
    room = max(width - len("2026-11-24 Tue  ") - digits - 1, NARROWEST_BAR)
    lines = [
        f"{day} {date.fromisoformat(day):%a}  {visits:>{digits},} {_bar(visits, most, room, blocks=blocks)}".rstrip()
        for day, visits in stats.days.items()
    ]
    return [*lines, "", summary(stats)]


def summary(stats: Stats) -> str:
    days = len(stats.days)
    mean = stats.shown / days if days else 0
    return f"{stats.shown:,} visits in {days} days, {mean:.1f} a day; {stats.total:,} in all"


def _bar(visits: int, most: int, room: int, *, blocks: bool) -> str:
    eighths = round(visits / most * room * 8) if most else 0
    if visits and not eighths:
        eighths = 1
    if not blocks:
        return "#" * max(eighths // 8, 1 if visits else 0)
    return "█" * (eighths // 8) + BLOCKS[eighths % 8].strip()


def tell(table: CountTable, days: int, say: Say, *, as_json: bool, blocks: bool) -> None:
    """Raises UsageError for a number of days that nobody has."""
    if not 1 <= days <= MOST_DAYS:
        raise UsageError(f"--days {days}", f"is not from 1 to {MOST_DAYS:,}", "python3 build.py stats --days 30")
    stats = read_stats(table, days, datetime.now(UTC).date())
    if as_json:
        say(json.dumps({"total": stats.total, "days": dict(stats.days)}, indent=2))
    else:
        say("\n".join(plot(stats, min(get_terminal_size().columns, WIDEST), blocks=blocks)))
