"""The peak memory of this process. The figure of `getrusage` includes the parent process before exec."""

from __future__ import annotations

import re
import resource
from pathlib import Path


def megabytes() -> float:
    """Return the peak memory in MB."""
    status = Path("/proc/self/status")
    if not status.is_file():
        return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    found = re.search(r"VmHWM:\s+(\d+) kB", status.read_text(encoding="ascii"))
    return int(found[1]) / 1024 if found else 0.0
