"""Processes, by /proc and so on Linux only: a bare Debian has neither ps nor pgrep."""

from __future__ import annotations

from pathlib import Path

PROC = Path("/proc")


def children_of(pid: int) -> list[int]:
    """The processes that `pid` has started and that have not ended. Source: proc_pid_stat(5)."""
    return [int(entry.name) for entry in PROC.iterdir() if entry.name.isdecimal() and _parent(entry) == pid]


def _parent(process: Path) -> int | None:
    try:
        stat = (process / "stat").read_text(encoding="utf-8", errors="replace")
    except OSError:  # it has just ended
        return None
    return int(stat.rpartition(")")[2].split()[1])
