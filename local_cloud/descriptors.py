"""The limit of open files, raised for a thousand sockets: a process starts with 256 (macOS) or 1,024 (Linux)."""

from __future__ import annotations

import resource

_WANTED = 10_240
"""The maximum that macOS allows."""


def allow_many() -> None:
    """Raise the limit as far as this process may, up to the wanted number. Never fails."""
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    wanted = _WANTED if hard == resource.RLIM_INFINITY else min(_WANTED, hard)
    if soft == resource.RLIM_INFINITY or soft >= wanted:
        return
    try:
        resource.setrlimit(resource.RLIMIT_NOFILE, (wanted, hard))
    except (ValueError, OSError):
        return
