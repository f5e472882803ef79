"""The saved visits on disk: ``visits.json``, and the journals that continue it.

``visits.json`` names the first journal that is not part of it: ``visits.00007.journal``. That journal and all with
greater numbers are read after it, in order; those with smaller numbers are obsolete, and deleted. So a single rename
replaces the file and retires its journals, and whenever a process is killed, the acknowledged visits can be read.

During a run the emulator's process writes (`keeper`). After it, this process folds everything into ``visits.json``; if
the run was killed, the next one does.
"""

from __future__ import annotations

import time
from pathlib import Path

from errors import LocalCloudError, OutputError
from local_cloud.visits import journal, visits_file
from local_cloud.visits.rows import Row
from router.contract import tables

_SUFFIX = ".journal"


def read(path: Path) -> list[Row]:
    """Return the saved rows, none if nothing is saved. Raises LocalCloudError when they cannot be read."""
    content = visits_file.read(path)
    journals = _journals(path)
    if content is None:
        if journals:
            raise LocalCloudError(
                str(path),
                f"is missing, but {journals[max(journals)].name} continues it",
                "restore the file, or pass --fresh, which renames the journals and starts with no visits",
            )
        return []
    rows = {row[tables.ID]["S"]: row for row in content.rows}
    numbers = [] if content.journal is None else sorted(number for number in journals if number >= content.journal)
    for number in numbers:
        for changes in journal.read(journals[number], last=number == numbers[-1]):
            _apply(changes, rows)
    return list(rows.values())


def fold(path: Path) -> None:
    """Fold the journals into ``visits.json``. Raises OutputError, with nothing lost, or LocalCloudError."""
    if not _journals(path):
        return
    number = next_number(path)
    try:
        visits_file.write(path, map(visits_file.text_of, read(path)), number)
        retire(path, number)
    except OSError as exc:
        raise OutputError(
            str(path),
            f"cannot be written: {exc.strerror}. No visit is lost: the journal beside it has the latest",
            "free some space and keep both files; the next run merges them",
        ) from exc


def next_number(path: Path) -> int:
    """Return a number for a new journal, greater than that of any journal read with the current file."""
    content = visits_file.read(path)
    named = 0 if content is None or content.journal is None else content.journal
    return max([named, *_journals(path)]) + 1


def journal_path(path: Path, number: int) -> Path:
    """Return the path of the journal with a number. path: of the file of visits."""
    return path.with_name(f"{path.stem}.{number:05}{_SUFFIX}")


def journal_files(path: Path) -> list[Path]:
    """Return the journals of the file of visits, in the order of their numbers."""
    return list(_journals(path).values())


def retire(path: Path, number: int) -> None:
    """Delete the journals before `number`, which the file no longer names. Raises OSError."""
    for other, file in _journals(path).items():
        if other < number:
            file.unlink(missing_ok=True)


def set_aside(path: Path) -> Path | None:
    """Rename the file and its journals, so that the next run starts with no visits; renaming them back restores the
    visits.

    Return the file's new name, None if there was none. Raises OutputError.
    """
    aside = path.with_name(f"{path.stem}-{time.strftime('%Y%m%d-%H%M%S')}{path.suffix}")
    journals = _journals(path)
    if not journals and not path.exists():
        return None
    try:
        if path.exists():
            path.rename(aside)
        for number, file in journals.items():
            file.rename(journal_path(aside, number))
    except OSError as exc:
        raise OutputError(str(path), f"cannot be renamed: {exc.strerror}", "make its folder writable") from exc
    return aside


def _journals(path: Path) -> dict[int, Path]:
    found = {}
    for file in path.parent.glob(f"{path.stem}.*{_SUFFIX}"):
        number = file.name.removeprefix(f"{path.stem}.").removesuffix(_SUFFIX)
        if number.isascii() and number.isdecimal():
            found[int(number)] = file
    return found


def _apply(changes: journal.Changes, rows: dict[str, Row]) -> None:
    for key, row in changes.items():
        if row is None:
            rows.pop(key, None)
        else:
            rows[key] = row
