"""The actions of `count` where there is nothing to do."""

from __future__ import annotations

from pathlib import Path

import pytest

from deployment.aws.target import Target
from deployment.counter.backups import backups
from deployment.counter.command import add, set_to
from deployment.counter.count import CountTable
from deployment.counter.count_file import read_file
from tests.deployment.fakes import FakeTarget, Lines
from tests.table_definitions import visits_table


@pytest.fixture
def table(aws: Target) -> CountTable:
    aws.client("dynamodb").create_table(**visits_table("counts"))
    return CountTable("counts", aws)


def never(question: str) -> bool:
    raise AssertionError(f"asked: {question}")


def test_the_present_count_is_set_without_a_question(table: CountTable, say: Lines) -> None:
    table.add(1234)
    set_to(1234, table, say, never)
    assert say == ["the count is already 1,234: nothing was changed"]
    assert table.count() == 1234


def test_a_second_import_of_a_file_changes_nothing(table: CountTable, say: Lines, tmp_path: Path) -> None:
    file = tmp_path / "old.json"
    file.write_text('{"count": 5, "days": {"2026-11-23": 5}}')
    for _ in range(2):
        add(read_file(file), file, table, say, lambda _: True)
    assert say == [
        "the count was 0 and is now 5; 1 day of history added",
        f"{file} has already been imported: nothing was changed, the count is 5",
    ]


def test_without_a_bucket_there_are_no_backups(say: Lines) -> None:
    assert backups("", FakeTarget(), say) == []
    assert say == []
