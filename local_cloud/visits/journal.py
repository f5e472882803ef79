"""A journal of the visits table: what was written to it, in order, a line for each request, only ever appended to.

``1f3a0b77 [["day#2026-11-23", {"id": ...}], ["day#2026-11-24", null]]``: the CRC-32 of the rest, then the rows that
this request changed, each as it was from then on, null for one that was deleted. A line counts whole or not at all, and
so does a transaction.

A line is with the kernel before its request is answered. So it outlives whatever kills this process, but not a power
cut, which may take what the kernel has not written yet (some 30 s on Linux). An fsync for each visit would cost the
emulator's one event loop milliseconds each, for a count on a developer's machine; `visits.json` itself is synchronised.
"""

from __future__ import annotations

import json
import os
import zlib
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from local_cloud.visits.rows import Row, problem_of
from local_cloud.visits.visits_file import damaged

Changes = dict[str, Row | None]


class Journal:
    """One that is being written. size: bytes so far."""

    def __init__(self, path: Path) -> None:
        self._file = os.open(path, os.O_WRONLY | os.O_APPEND | os.O_CREAT | os.O_CLOEXEC, 0o600)
        self._unwritten = b""
        self.size = 0

    def append(self, changes: Mapping[str, str | None]) -> None:
        """changes: by key, each row as JSON. Raises OSError; the line, or what is left of it, is then written by the
        next `flush` that succeeds."""
        self._unwritten += _line(changes)
        self.flush()

    def flush(self) -> None:
        """Raises OSError as long as what is waiting cannot be written."""
        while self._unwritten:
            written = os.write(self._file, self._unwritten)
            self._unwritten = self._unwritten[written:]
            self.size += written

    def close(self) -> None:
        os.close(self._file)


def read(path: Path, *, last: bool) -> list[Changes]:
    """What it holds; nothing, where there is none. last: no journal goes on from it, so that it may break off in a
    line, which is passed over: nobody was told that it is kept. Raises LocalCloudError for any other damage."""
    try:
        content = path.read_bytes()
    except FileNotFoundError:
        return []
    except OSError as exc:
        raise damaged(path, str(exc)) from exc
    *lines, rest = content.split(b"\n")
    found: list[Changes] = []
    for number, line in enumerate(lines, 1):
        changes = _changes(line)
        if changes is None:
            raise damaged(path, f"line {number} is not as it was written")
        found.append(changes)
    if rest and not last:
        raise damaged(path, f"line {len(lines) + 1} breaks off")
    return found


def _line(changes: Mapping[str, str | None]) -> bytes:
    pairs = (f"[{json.dumps(key)},{row or 'null'}]" for key, row in changes.items())
    text = f"[{','.join(pairs)}]".encode()
    return b"%08x %s\n" % (zlib.crc32(text), text)


def _changes(line: bytes) -> Changes | None:
    """None for a line that is not whole."""
    checksum, _, text = line.partition(b" ")
    if checksum != b"%08x" % zlib.crc32(text):
        return None
    try:
        pairs: Any = json.loads(text)
        changes = {str(key): row for key, row in pairs}
    except (ValueError, TypeError, RecursionError):
        return None
    rows = [row for row in changes.values() if row is not None]
    return None if problem_of(rows) else changes
