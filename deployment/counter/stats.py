"""Visits per day, as a bar chart in the terminal or as JSON."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from shutil import get_terminal_size

from console import Say
from deployment.counter.count import CountTable
from errors import UsageError

BLOCKS = " ▏▎▍▌▋▊▉█"
"""Bars of 0 to 8 eighths of a character."""

NARROWEST_BAR = 10
WIDEST = 120
MOST_DAYS = 3660


@dataclass(frozen=True)
class Stats:
    """total: the visitor count, which may exceed the sum of all days if it was set or imported."""

    total: int
    days: Mapping[str, int]

    @property
    def shown(self) -> int:
        """Return the number of visits in the days shown."""
        return sum(self.days.values())


def read_stats(table: CountTable, days: int, today: date) -> Stats:
    """Return the visits of each of the last `days` days up to `today` (UTC), oldest first. Raises CloudError."""
    dates = [(today - timedelta(days=back)).isoformat() for back in reversed(range(days))]
    found = table.days(dates)
    return Stats(table.count(), {day: max(found.get(day, 0), 0) for day in dates})


def plot(stats: Stats, width: int, *, blocks: bool = True) -> list[str]:
    """Return a bar per day, at most `width` characters wide, and a summary. blocks: False for bars in ASCII."""
    most = max(stats.days.values(), default=0)
    digits = len(f"{most:,}")
    room = max(width - len("2026-11-24 Tue  ") - digits - 1, NARROWEST_BAR)
    lines = [
        f"{day} {date.fromisoformat(day):%a}  {visits:>{digits},} {_bar(visits, most, room, blocks=blocks)}".rstrip()
        for day, visits in stats.days.items()
    ]
    return [*lines, "", summary(stats)]


def summary(stats: Stats) -> str:
    """Return the line below the chart: visits in the days shown, their mean per day, and the total."""
    days = len(stats.days)
    mean = stats.shown / days if days else 0
    return f"{stats.shown:,} visits in {days} days, {mean:.1f} per day; {stats.total:,} in total"


def _bar(visits: int, most: int, room: int, *, blocks: bool) -> str:
    eighths = round(visits / most * room * 8) if most else 0
    if visits and not eighths:
        eighths = 1
    if not blocks:
        return "#" * max(eighths // 8, 1 if visits else 0)
    return "█" * (eighths // 8) + BLOCKS[eighths % 8].strip()


def require_days(days: int) -> None:
    """Raise UsageError for a number of days out of range."""
    if not 1 <= days <= MOST_DAYS:
        raise UsageError(
            f"--days {days}",
            f"is not from 1 to {MOST_DAYS:,}",
            "give a number in range, such as python3 build.py stats --days 30",
        )


def print_stats(table: CountTable, days: int, say: Say, *, as_json: bool, blocks: bool) -> None:
    """Print the statistics of the last `days` days. Raises CloudError."""
    stats = read_stats(table, days, datetime.now(UTC).date())
    if as_json:
        say(json.dumps({"total": stats.total, "days": dict(stats.days)}, indent=2))
    else:
        say("\n".join(plot(stats, min(get_terminal_size().columns, WIDEST), blocks=blocks)))
