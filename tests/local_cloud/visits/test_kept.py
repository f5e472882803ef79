"""The visits read are those acknowledged, whatever was killed when; and no leftover is read twice."""

from __future__ import annotations

import json
import shutil
from pathlib import Path

import pytest

from errors import LocalCloudError, OutputError
from local_cloud.visits import kept, rows, visits_file
from local_cloud.visits.journal import Journal
from tests.local_cloud.sample_rows import count, visit


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "visits.json"


def write(path: Path, number: int, *lines: dict[str, rows.Row | None]) -> None:
    written = Journal(kept.journal_path(path, number))
    for line in lines:
        written.append({key: None if row is None else visits_file.text_of(row) for key, row in line.items()})
    written.close()


def start(path: Path, journal: int, *content: rows.Row) -> None:
    visits_file.write(path, map(visits_file.text_of, content), journal)


def names(path: Path) -> list[str]:
    return sorted(entry.name for entry in path.parent.iterdir())


def test_nothing_is_no_rows(path: Path) -> None:
    assert kept.read(path) == []
    kept.fold(path)
    assert names(path) == []


def test_journals_go_on_from_the_file_in_their_order(path: Path) -> None:
    start(path, 9, count(1), visit("a"), visit("b"))
    write(path, 10, {"visitorCount": count(3), "visit#c": visit("c")})
    write(path, 9, {"visitorCount": count(2)}, {"visit#a": None})
    assert kept.read(path) == [count(3), visit("b"), visit("c")]


def test_what_the_file_has_already_is_not_read_again(path: Path) -> None:
    """A run can be killed between the file's renaming and its journal's deletion."""
    start(path, 3, count(7))
    write(path, 2, {"visitorCount": count(5)})
    write(path, 3, {"visit#a": visit("a")})
    assert kept.read(path) == [count(7), visit("a")]


def test_a_file_of_an_older_release_has_no_journal(path: Path) -> None:
    path.write_text(json.dumps({"version": 1, "rows": [count(4)]}))
    write(path, 1, {"visitorCount": count(9)})
    assert kept.read(path) == [count(4)]
    assert kept.next_number(path) == 2


def test_folded_there_is_the_file_alone_and_it_says_the_same(path: Path) -> None:
    start(path, 1, count(1))
    write(path, 1, {"visitorCount": count(2)})
    write(path, 2, {"visit#a": visit("a")})
    before = kept.read(path)
    kept.fold(path)
    assert names(path) == ["visits.json"]
    assert kept.read(path) == before == [count(2), visit("a")]
    assert kept.next_number(path) == 4, "greater than any that was there"


def test_only_the_last_journal_may_break_off(path: Path) -> None:
    start(path, 1)
    write(path, 1, {"visitorCount": count(1)}, {"visitorCount": count(2)})
    first = kept.journal_path(path, 1)
    first.write_bytes(first.read_bytes()[:-5])
    assert kept.read(path) == [count(1)]
    write(path, 2, {"visit#a": visit("a")})
    with pytest.raises(LocalCloudError, match="line 2 is incomplete") as error:
        kept.read(path)
    assert error.value.where == str(first)


def test_a_file_that_is_missing_is_not_taken_for_no_visits(path: Path) -> None:
    start(path, 1, count(1))
    write(path, 1, {"visitorCount": count(2)})
    path.unlink()
    with pytest.raises(LocalCloudError, match=r"is missing, but visits\.00001\.journal") as error:
        kept.read(path)
    assert "--fresh" in error.value.next_step


def test_a_fold_that_fails_says_that_nothing_is_lost_and_loses_nothing(path: Path) -> None:
    """A folder in the file's place simulates a file system that cannot be written to."""
    start(path, 1, count(1))
    write(path, 1, {"visitorCount": count(2)})
    path.with_suffix(".tmp").mkdir()
    with pytest.raises(OutputError, match="No visit is lost") as error:
        kept.fold(path)
    assert error.value.exit_code == 1
    assert kept.read(path) == [count(2)]


def test_set_aside_renames_all_and_could_be_undone(path: Path) -> None:
    assert kept.set_aside(path) is None
    start(path, 1, count(1))
    write(path, 1, {"visitorCount": count(2)})
    aside = kept.set_aside(path)
    assert aside is not None
    assert kept.read(path) == []
    assert kept.read(aside) == [count(2)]


def test_what_is_left_of_a_file_set_aside_is_set_aside_too(path: Path) -> None:
    start(path, 1, count(1))
    write(path, 1, {"visitorCount": count(2)})
    shutil.move(path, path.with_name("elsewhere.json"))
    assert kept.set_aside(path) is not None
    assert kept.read(path) == []
