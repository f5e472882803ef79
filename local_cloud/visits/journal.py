"""A journal of writes to the visits table: one line for each request, in order, append-only.

``1f3a0b77 [["day#2026-11-23", {"id": ...}], ["day#2026-11-24", null]]``: the CRC-32 of the rest, then the rows that the
request changed, each in its new state, null for a deleted one. A line is valid as a whole or not at all, and so is a
transaction.

A line is written to the kernel before its request is answered. So it survives the end of this process, but not a power
failure, which may lose what the kernel has not flushed yet (about 30 s on Linux). An fsync for each visit would block
the emulator's only event loop for milliseconds, for a count on a developer's machine; `visits.json` itself is fsynced.
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
    """A journal that is being written. size: bytes so far."""

    def __init__(self, path: Path) -> None:
        self._file = os.open(path, os.O_WRONLY | os.O_APPEND | os.O_CREAT | os.O_CLOEXEC, 0o600)
        self._unwritten = b""
        self.size = 0

    def append(self, changes: Mapping[str, str | None]) -> None:
        """Append the changes: by key, each row as JSON. Raises OSError; the next successful `flush` then writes the
        rest of the line."""
        self._unwritten += _line(changes)
        self.flush()

    def flush(self) -> None:
        """Write pending lines. Raises OSError while they cannot be written."""
        while self._unwritten:
            written = os.write(self._file, self._unwritten)
            self._unwritten = self._unwritten[written:]
            self.size += written

    def close(self) -> None:
        """Close the file. Everything written is on the disk already."""
        os.close(self._file)


def read(path: Path, *, last: bool) -> list[Changes]:
    """Return the journal's content; nothing when there is no file.

    last: no journal follows, so it may end within a line, which is ignored because its request was never acknowledged.
    Raises LocalCloudError for any other damage.
    """
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
            raise damaged(path, f"line {number} is damaged")
        found.append(changes)
    if rest and not last:
        raise damaged(path, f"line {len(lines) + 1} is incomplete")
    return found


def _line(changes: Mapping[str, str | None]) -> bytes:
    pairs = (f"[{json.dumps(key)},{row or 'null'}]" for key, row in changes.items())
    text = f"[{','.join(pairs)}]".encode()
    return b"%08x %s\n" % (zlib.crc32(text), text)


def _changes(line: bytes) -> Changes | None:
    """Return the changes of a line, None if it is damaged."""
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
