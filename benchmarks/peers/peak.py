"""The peak memory of this process alone: what `getrusage` says includes its parent's before the program was started."""

from __future__ import annotations

import re
import resource
from pathlib import Path


def megabytes() -> float:
    status = Path("/proc/self/status")
    if not status.is_file():
        return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    found = re.search(r"VmHWM:\s+(\d+) kB", status.read_text(encoding="ascii"))
    return int(found[1]) / 1024 if found else 0.0
