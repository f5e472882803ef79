"""A table that moves is read as of one moment, and written so that no visit is counted twice."""

from __future__ import annotations

from typing import Any, cast

import pytest

from local_cloud import visits_file, visits_table
from tests.local_cloud.fake_table import FakeTable, count, visit


def read(table: FakeTable) -> list[visits_file.Row]:
    return visits_table.read(cast("Any", table), "Visits", sleep=lambda _seconds: None)


def test_every_page_is_read_and_what_is_not_kept_is_left_out() -> None:
    table = FakeTable(count(3), *(visit(name) for name in "abc"), {"id": {"S": "online"}, "connections": {"N": "9"}})
    assert sorted(row["id"]["S"] for row in read(table)) == ["visit#a", "visit#b", "visit#c", "visitorCount"]


def test_a_visit_counted_between_two_pages_is_never_seen_half() -> None:
    """Whatever moment a snapshot is of: the count plus the visits still uncounted are all the visits."""
    names = list("abcdefgh")
    remaining = iter(names)

    def fold_one(table: FakeTable) -> None:
        name = next(remaining, None)
        if name is not None:
            table.fold(name)

    table = FakeTable(count(0), *(visit(name, uncounted=True) for name in names), meanwhile=fold_one)
    rows = read(table)
    uncounted = sum("uncounted" in row for row in rows)
    assert visits_file.count_of(rows) + uncounted == len(names)


def test_a_table_that_never_rests_is_said_to_be_busy() -> None:
    def count_up(table: FakeTable) -> None:
        table.rows["visitorCount"] = count(visits_file.count_of([table.rows["visitorCount"]]) + 1)

    with pytest.raises(visits_table.TableBusyError):
        read(FakeTable(count(0), visit("a"), meanwhile=count_up))


def test_counts_are_written_before_any_visit_that_may_be_counted_at_once() -> None:
    table = FakeTable()
    rows = [visit(f"v{number:02}", uncounted=True) for number in range(60)]
    day: visits_file.Row = {"id": {"S": "day#2026-11-24"}, "visits": {"N": "1"}}
    visits_table.write(cast("Any", table), "Visits", [*rows, count(7), day])
    assert set(table.written[:2]) == {"visitorCount", "day#2026-11-24"}
    assert len(table.rows) == 62


def test_what_is_left_unprocessed_is_sent_again() -> None:
    table = FakeTable()
    table.refusals = 3
    visits_table.write(cast("Any", table), "Visits", [visit(f"v{number}") for number in range(10)])
    assert len(table.rows) == 10


def test_nothing_kept_writes_nothing() -> None:
    table = FakeTable()
    visits_table.write(cast("Any", table), "Visits", [])
    assert table.written == []
