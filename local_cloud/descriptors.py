"""Room for a thousand sockets, where a process begins with 256 open files (macOS) or 1,024 (Linux)."""

from __future__ import annotations

import resource

_WANTED = 10_240
"""The most that macOS grants."""


def allow_many() -> None:
    """As many as this process may have, up to what is wanted. Never fails."""
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    wanted = _WANTED if hard == resource.RLIM_INFINITY else min(_WANTED, hard)
    if soft == resource.RLIM_INFINITY or soft >= wanted:
        return
    try:
        resource.setrlimit(resource.RLIMIT_NOFILE, (wanted, hard))
    except (ValueError, OSError):
        return
