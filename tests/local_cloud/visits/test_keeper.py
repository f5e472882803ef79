"""Settled changes are on disk; changes that cannot be saved are refused; compaction loses nothing, however
interrupted."""

from __future__ import annotations

import resource
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from local_cloud.emulator import PROJECT
from local_cloud.visits import kept
from local_cloud.visits.keeper import Keeper
from local_cloud.visits.rows import Row, count_of
from tests.local_cloud.sample_rows import count, visit

TABLE = "Visits"


class Rig:
    def __init__(self, folder: Path, *rows: Row, compact_bytes: int = 10**9) -> None:
        self.path = folder / "visits.json"
        self.problems: list[str] = []
        self.keeper = Keeper(self.path, self.problems.append, compact_bytes)
        self.keeper.keep(TABLE, rows)

    def put(self, *rows: Row, table: str = TABLE) -> str:
        for row in rows:
            self.keeper.note(table, row["id"]["S"], row)
        return self.keeper.settle()

    def delete(self, key: str) -> str:
        self.keeper.note(TABLE, key, None)
        return self.keeper.settle()

    @property
    def kept(self) -> dict[str, Row]:
        """Return what the next run would read. Retries if the first of the two files was replaced meanwhile: no run
        reads while another one writes."""
        while True:
            before = self._generation()
            rows = kept.read(self.path)
            if self._generation() == before:
                return {row["id"]["S"]: row for row in rows}

    def _generation(self) -> int:
        return self.path.stat().st_ino if self.path.exists() else 0


def test_what_was_there_and_what_is_written_is_kept_at_once(tmp_path: Path) -> None:
    rig = Rig(tmp_path, count(4), visit("a"), {"id": {"S": "online"}, "connections": {"N": "9"}})
    assert list(rig.kept) == ["visitorCount", "visit#a"]
    assert rig.put(visit("b", uncounted=True)) == ""
    assert rig.put(visit("b"), count(5)) == ""
    assert rig.delete("visit#a") == ""
    assert rig.kept == {"visitorCount": count(5), "visit#b": visit("b")}


def test_other_tables_and_passing_rows_are_not_kept(tmp_path: Path) -> None:
    rig = Rig(tmp_path)
    rig.put(visit("a"), table="Other")
    rig.put({"id": {"S": "online"}, "connections": {"N": "1"}}, {"id": {"S": "salt#2026-11-24"}, "salt": {"S": "ff"}})
    assert rig.kept == {}


def test_before_it_knows_the_table_it_keeps_nothing_and_refuses_nothing(tmp_path: Path) -> None:
    keeper = Keeper(tmp_path / "visits.json", lambda _text: None)
    keeper.note(TABLE, "visit#a", visit("a"))
    assert keeper.settle() == ""
    assert list(tmp_path.iterdir()) == []


def test_a_row_that_could_not_be_read_back_is_reported_and_left_out(tmp_path: Path) -> None:
    rig = Rig(tmp_path, count(1))
    rig.put({"id": {"S": "visitorCount"}, "currentCount": {"N": "-1"}}, visit("a"))
    assert rig.kept == {"visitorCount": count(1), "visit#a": visit("a")}
    assert len(rig.problems) == 1
    assert "not saved" in rig.problems[0]


@contextmanager
def room_for(size: int) -> Iterator[None]:
    """Limit every file of this process to `size` bytes, as if the disk were full."""
    soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (size, hard))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))


def test_what_cannot_be_kept_is_refused_until_it_can_be_and_reported_once(tmp_path: Path) -> None:
    rig = Rig(tmp_path, count(1))
    rig.put(visit("a"))
    size = kept.journal_path(rig.path, 1).stat().st_size
    with room_for(size + 10):
        assert "File too large" in rig.put(visit("b"))
        assert "new ones are refused" in rig.keeper.settle()
        assert list(rig.kept) == ["visitorCount", "visit#a"], "the line that broke off is passed over"
    assert rig.problems == ["the visits cannot be saved (File too large); new ones are refused until they can"]
    assert rig.keeper.settle() == ""
    assert list(rig.kept) == ["visitorCount", "visit#a", "visit#b"]
    with room_for(0):
        rig.put(visit("c"))
    assert len(rig.problems) == 2, "told again when it happens again"


def test_a_compaction_that_finds_no_room_leaves_the_journals_to_the_next(tmp_path: Path) -> None:
    rows = [visit(f"v{number:03}") for number in range(100)]
    rig = Rig(tmp_path, *rows, compact_bytes=400)
    in_the_way = tmp_path / "visits.tmp"
    in_the_way.mkdir()
    for number in range(200):
        assert rig.put(count(number + 1)) == ""
    rig.keeper.wait()
    assert len(list(tmp_path.glob("*.journal"))) >= 2
    assert rig.kept["visitorCount"] == count(200)
    in_the_way.rmdir()
    for number in range(200, 400):
        assert rig.put(count(number + 1)) == ""
    rig.keeper.wait()
    assert len(list(tmp_path.glob("*.journal"))) <= 2
    assert rig.kept["visitorCount"] == count(400)
    assert len(rig.kept) == 101


def test_a_long_journal_is_folded_into_the_file_meanwhile(tmp_path: Path) -> None:
    rig = Rig(tmp_path, compact_bytes=2000)
    for number in range(300):
        assert rig.put(visit(f"v{number % 50}"), count(number + 1)) == ""
        assert rig.kept["visitorCount"] == count(number + 1)
    for _ in range(2):  # one may have been under way, too long already for the next
        rig.keeper.wait()
        rig.put(count(301))
    rig.keeper.wait()
    assert len(rig.kept) == 51
    assert sum(file.stat().st_size for file in tmp_path.glob("*.journal")) < 10_000, "of 30,000 that were written"
    assert rig.path.stat().st_size > 1000


WRITE = """
import sys
from pathlib import Path
from local_cloud.visits.keeper import Keeper
keeper = Keeper(Path(sys.argv[1]), print, compact_bytes=1000)
keeper.keep("Visits", [])
number = 0
while True:
    number += 1
    for key, name, value in ("visitorCount", "currentCount", number), (f"visit#{number}", "arrivedAt", number):
        keeper.note("Visits", key, {"id": {"S": key}, name: {"N": str(value)}})
    assert keeper.settle() == ""
    print(number, flush=True)
"""


@pytest.mark.parametrize("lines", [1, 10, 35, 100, 333])
def test_killed_at_any_moment_all_that_was_acknowledged_is_there(tmp_path: Path, lines: int) -> None:
    path = tmp_path / "visits.json"
    with subprocess.Popen(
        [sys.executable, "-c", WRITE, str(path)], cwd=PROJECT, stdout=subprocess.PIPE, text=True
    ) as writing:
        assert writing.stdout
        for _ in range(lines):
            writing.stdout.readline()
        writing.kill()
        acknowledged = int(([str(lines), *writing.stdout.read().splitlines()])[-1])
    found = kept.read(path)
    number = count_of(found)
    assert number in (acknowledged, acknowledged + 1), "and at most the one that was under way"
    assert {row["id"]["S"] for row in found} == {"visitorCount", *(f"visit#{one + 1}" for one in range(number))}
