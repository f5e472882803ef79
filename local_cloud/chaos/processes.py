"""Child processes, from /proc and therefore on Linux only: a minimal Debian has neither ps nor pgrep."""

from __future__ import annotations

from pathlib import Path

PROC = Path("/proc")


def children_of(pid: int) -> list[int]:
    """Return the ids of the running processes that `pid` started. Source: proc_pid_stat(5)."""
    return [int(entry.name) for entry in PROC.iterdir() if entry.name.isdecimal() and _parent(entry) == pid]


def _parent(process: Path) -> int | None:
    try:
        stat = (process / "stat").read_text(encoding="utf-8", errors="replace")
    except OSError:  # it has just ended
        return None
    return int(stat.rpartition(")")[2].split()[1])
