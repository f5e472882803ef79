"""The visits on the disk, between two runs and during one: ``visits.json``, and the journals that go on from it.

``visits.json`` names the first journal that is not in it: ``visits.00007.journal``. It and all with greater numbers are
read after it, in order; those with smaller numbers are left over, and deleted. So a single rename replaces the file and
retires its journals, and whatever is killed when, what is read is what was acknowledged.

During a run the emulator's process writes (`keeper`). After it, this one folds all into ``visits.json``; a run that was
killed leaves that to the next.
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
    """The rows; none where nothing is kept. Raises LocalCloudError when they cannot be understood."""
    content = visits_file.read(path)
    journals = _journals(path)
    if content is None:
        if journals:
            raise LocalCloudError(
                str(path),
                f"is missing, and {journals[max(journals)].name} goes on from it",
                "put the file back, or pass --fresh, which renames what is left and begins with no visits",
            )
        return []
    rows = {row[tables.ID]["S"]: row for row in content.rows}
    numbers = [] if content.journal is None else sorted(number for number in journals if number >= content.journal)
    for number in numbers:
        for changes in journal.read(journals[number], last=number == numbers[-1]):
            _apply(changes, rows)
    return list(rows.values())


def fold(path: Path) -> None:
    """Leaves everything in ``visits.json`` alone. Raises OutputError, with nothing lost, or LocalCloudError."""
    if not _journals(path):
        return
    number = next_number(path)
    try:
        visits_file.write(path, map(visits_file.text_of, read(path)), number)
        retire(path, number)
    except OSError as exc:
        raise OutputError(
            str(path),
            f"cannot be written: {exc.strerror}. No visit is lost: the journal beside it has those since",
            "free some space and keep both files; the next run puts them together",
        ) from exc


def next_number(path: Path) -> int:
    """A journal's number that was never read after the file as it is."""
    content = visits_file.read(path)
    named = 0 if content is None or content.journal is None else content.journal
    return max([named, *_journals(path)]) + 1


def journal_path(path: Path, number: int) -> Path:
    return path.with_name(f"{path.stem}.{number:05}{_SUFFIX}")


def journal_files(path: Path) -> list[Path]:
    return list(_journals(path).values())


def retire(path: Path, number: int) -> None:
    """Deletes the journals before `number`, which the file does not name any more. Raises OSError."""
    for other, file in _journals(path).items():
        if other < number:
            file.unlink(missing_ok=True)


def set_aside(path: Path) -> Path | None:
    """Renames the file and its journals, so that the next run begins with no visits, and so that they could be renamed
    back. The file's new name, None where there was nothing."""
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
