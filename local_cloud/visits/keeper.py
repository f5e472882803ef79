"""Persists the visits while the emulator runs, in its process: writes to their table are in the journal before the
request is answered (`table_writes`). So acknowledged visits survive the end of this process.

While the journal cannot be written, for instance on a full disk, requests are refused: a visit that cannot be saved is
not acknowledged.
"""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterable
from pathlib import Path

from local_cloud.visits import kept, visits_file
from local_cloud.visits.journal import Journal
from local_cloud.visits.rows import Row, is_kept, problem_of
from router.contract import tables

COMPACT_BYTES = 1024 * 1024
"""A journal of at least this size, and twice the size of `visits.json`, is folded into that file."""


class Keeper:
    """The writer of the saved visits.

    problem: called once for each reason why the visits cannot be saved. All methods but `note` are for one thread.
    """

    def __init__(self, path: Path, problem: Callable[[str], None], compact_bytes: int = COMPACT_BYTES) -> None:
        self._path = path
        self._problem = problem
        self._compact_bytes = compact_bytes
        self._compact_at = compact_bytes
        self._table = ""
        self._number = 0
        self._journal: Journal | None = None
        self._rows: dict[str, str] = {}
        self._changes: dict[str, str | None] = {}
        self._noting = threading.Lock()
        self._compacting: threading.Thread | None = None
        self._reported = ""

    def before(self) -> list[Row]:
        """Return the rows that earlier runs saved. Raises LocalCloudError when they cannot be read."""
        return kept.read(self._path)

    def keep(self, table: str, rows: Iterable[Row]) -> None:
        """Persist the table from now on, permanently: a run has one table. rows: its current content. Raises
        OSError."""
        texts = {key: visits_file.text_of(row) for row in rows if is_kept(key := row[tables.ID]["S"])}
        self._number = kept.next_number(self._path)
        written = visits_file.write(self._path, texts.values(), self._number)
        self._journal = Journal(kept.journal_path(self._path, self._number))
        kept.retire(self._path, self._number)
        self._compact_at = max(self._compact_bytes, 2 * written)
        self._rows, self._table = texts, table

    def note(self, table: str, key: str, row: Row | None) -> None:
        """Record a write. row: None for a deleted one. May be called from any thread."""
        if table != self._table or not is_kept(key):
            return
        problem = "" if row is None else problem_of([row])
        if problem:  # a write that bypassed the router, with which the next run could not read the file
            self._problem(f"a row of the visits table is not saved: {problem}")
            return
        with self._noting:
            self._changes[key] = None if row is None else visits_file.text_of(row)

    def settle(self) -> str:
        """Write the recorded changes to the journal. Return why that failed, an empty text if it succeeded."""
        if self._journal is None:
            return ""
        with self._noting:
            changes, self._changes = self._changes, {}
        try:
            self._append(self._journal, changes)
        except OSError as exc:
            return self._say(exc)
        self._reported = ""
        self._compact_if_long(self._journal)
        return ""

    def _append(self, journal: Journal, changes: dict[str, str | None]) -> None:
        for key, text in changes.items():
            if text is None:
                self._rows.pop(key, None)
            else:
                self._rows[key] = text
        if changes:
            journal.append(changes)
        else:
            journal.flush()

    def _say(self, exc: OSError) -> str:
        text = f"the visits cannot be saved ({exc.strerror}); new ones are refused until they can"
        if text != self._reported:
            self._problem(text)
        self._reported = text
        return text

    def _compact_if_long(self, journal: Journal) -> None:
        """Switch to the next journal, and write the file that replaces this one in the background."""
        if journal.size < self._compact_at or (self._compacting is not None and self._compacting.is_alive()):
            return
        self._compact_at = journal.size + self._compact_bytes  # for the next attempt, if this one fails
        try:
            self._journal = Journal(kept.journal_path(self._path, self._number + 1))
        except OSError:
            return  # a longer journal does no harm
        journal.close()
        self._number += 1
        self._compact_at = self._compact_bytes
        work = (list(self._rows.values()), self._number)
        self._compacting = threading.Thread(target=self._compact, args=work, name="compacting", daemon=True)
        self._compacting.start()

    def _compact(self, texts: list[str], number: int) -> None:
        try:
            written = visits_file.write(self._path, texts, number)
            kept.retire(self._path, number)
        except OSError:
            return  # all journals are kept until the next attempt
        self._compact_at = max(self._compact_bytes, 2 * written)

    def wait(self) -> None:
        """Wait for a compaction in progress to finish."""
        if self._compacting is not None:
            self._compacting.join()
