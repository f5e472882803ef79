"""Changes to the count: nothing is lost, and nothing is added twice."""

from __future__ import annotations

import json
from collections.abc import Callable, Sequence
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import pytest

from deployment.aws.target import Target
from deployment.counter.command import add, number, set_to
from deployment.counter.count import AlreadyAppliedError, CountTable, set_count
from deployment.counter.count_file import CountFile, add_count, export, read_count, read_file
from deployment.counter.stats import Stats, plot, read_stats
from deployment.smoke import visit as smoke_visit
from errors import UsageError
from router.contract import tables
from tests.deployment.fakes import Lines

NOW = datetime(2026, 11, 24, 12, tzinfo=UTC)
DAYS = {(date(2020, 1, 1) + timedelta(days=number)).isoformat(): number + 1 for number in range(200)}

MakeTable = Callable[[str], CountTable]


@pytest.fixture
def make_table(aws: Target) -> MakeTable:
    def make(name: str) -> CountTable:
        aws.client("dynamodb").create_table(
            TableName=name,
            AttributeDefinitions=[{"AttributeName": "id", "AttributeType": "S"}],
            KeySchema=[{"AttributeName": "id", "KeyType": "HASH"}],
            BillingMode="PAY_PER_REQUEST",
        )
        return CountTable(name, aws, sleep=lambda _: None)

    return make


def test_visits_counted_during_a_set_are_kept(make_table: MakeTable) -> None:
    table = make_table("counts")
    table.add(40)
    shown = table.count()
    table.add(2)
    assert set_count(table, 1000, shown) == 1002
    assert set_count(table, 3, 1002) == 3


def test_an_export_is_imported_into_a_table_only_once(make_table: MakeTable, tmp_path: Path) -> None:
    old, new, path = make_table("old"), make_table("new"), tmp_path / "visits.json"
    old.add(1234, dict(list(DAYS.items())[:90]))
    old.add(0, dict(list(DAYS.items())[90:180]))
    old.add(0, dict(list(DAYS.items())[180:]))
    old.put_new({"id": {"S": "visit#abcdefgh"}, "arrivedAt": {"N": "5"}, "expiresAt": {"N": "9999999999"}})
    old.put_new({"id": {"S": "named#abcdefgh#blog"}, "expiresAt": {"N": "9999999999"}})
    old.put_new({"id": {"S": "visit#expired1"}, "expiresAt": {"N": "5"}})
    export(old, path, with_rows=True, now=NOW)
    new.add(6, {"2020-01-01": 1})
    assert add_count(new, read_file(path), NOW)
    assert not add_count(new, read_file(path), NOW)
    after = read_count(new)
    assert after.count == 1240
    assert after.days == {**DAYS, "2020-01-01": 2}
    assert sorted(row["id"]["S"] for row in after.rows) == ["named#abcdefgh#blog", "visit#abcdefgh"]


def test_the_counts_of_names_are_exported_and_added(make_table: MakeTable, tmp_path: Path) -> None:
    old, new, path = make_table("old"), make_table("new"), tmp_path / "visits.json"
    old.add(5, {"2026-11-01": 5}, None, {"blog": 3, "talks": 1})
    new.add(2, None, None, {"blog": 1})
    export(old, path, with_rows=False, now=NOW)
    assert json.loads(path.read_text())["version"] == 2
    assert read_file(path).names == {"blog": 3, "talks": 1}
    assert add_count(new, read_file(path), NOW)
    assert not add_count(new, read_file(path), NOW)
    assert (read_count(new).count, read_count(new).names) == (7, {"blog": 4, "talks": 1})


def test_only_a_file_with_names_has_the_version_that_earlier_releases_refuse(
    make_table: MakeTable, tmp_path: Path
) -> None:
    table = make_table("counts")
    table.add(5)
    table.put_new({"id": {"S": "visit#a"}})
    versions = []
    for file, with_rows in enumerate((True, False, True)):
        export(table, tmp_path / f"{file}.json", with_rows=with_rows, now=NOW)
        versions.append(json.loads((tmp_path / f"{file}.json").read_text())["version"])
        table.put_new({"id": {"S": "named#a#blog"}})
    assert versions == [1, 1, 2]


def test_an_interrupted_import_is_completed_by_the_next(make_table: MakeTable) -> None:
    table, counted = make_table("counts"), CountFile("some-id", 500, DAYS)
    more, days = counted.parts()[0]
    table.add(more, days, {"id": {"S": "import#some-id#0"}})
    assert add_count(table, counted, NOW)
    assert (read_count(table).count, read_count(table).days) == (500, DAYS)


def test_a_tables_own_export_is_not_added_to_it(make_table: MakeTable, tmp_path: Path) -> None:
    table = make_table("counts")
    table.add(5)
    export(table, tmp_path / "visits.json", with_rows=False, now=NOW)
    with pytest.raises(UsageError, match=r"from this table(.|\n)*count set N"):
        add_count(table, read_file(tmp_path / "visits.json"), NOW)
    with pytest.raises(UsageError, match="already exists"):
        export(table, tmp_path / "visits.json", with_rows=False, now=NOW)


def test_the_visits_of_a_day_are_those_of_its_row_and_of_the_count(make_table: MakeTable, tmp_path: Path) -> None:
    old, new, today = make_table("old"), make_table("new"), datetime.now(UTC).date()
    days = {(today - timedelta(days=back)).isoformat(): back + 1 for back in range(60)}
    old.add(sum(days.values()), days)
    assert set(tables.recent_days(old.get("visitorCount"))) == set(sorted(days)[-tables.RECENT_DAYS :])
    for back in (0, 7, 50):  # as an earlier release has counted it
        date = (today - timedelta(days=back)).isoformat()
        old.transact([tables.addition("old", tables.day_key(date), "visits", 2)])
        days[date] += 2
    assert read_stats(old, 60, today).days == dict(sorted(days.items()))
    assert read_count(old).days == days
    export(old, tmp_path / "visits.json", with_rows=False, now=NOW)
    assert add_count(new, read_file(tmp_path / "visits.json"), NOW)
    assert (read_count(new).days, read_stats(new, 60, today).days) == (days, dict(sorted(days.items())))


def test_a_day_that_the_router_moves_meanwhile_is_counted_once(make_table: MakeTable) -> None:
    table = make_table("counts")
    table.transact([tables.addition("counts", "visitorCount", "currentCount", 5, {"day#2026-10-01": 5})])

    class Moving(CountTable):
        def _archived(self, dates: Sequence[str]) -> dict[str, int]:
            if "day#2026-10-01" in table.get("visitorCount"):
                keys = {"TableName": "counts", "Key": {"id": {"S": "visitorCount"}}}
                names = {"#day": "day#2026-10-01"}
                remove = {**keys, "UpdateExpression": "REMOVE #day", "ExpressionAttributeNames": names}
                table.transact([{"Update": remove}, tables.addition("counts", "day#2026-10-01", "visits", 5)])
            return super()._archived(dates)

    assert Moving("counts", table.target).days(["2026-10-01"]) == {"2026-10-01": 5}


def test_an_existing_import_row_changes_nothing(make_table: MakeTable) -> None:
    table, mark = make_table("counts"), {"id": {"S": "import#x#0"}}
    table.add(5, None, mark)
    with pytest.raises(AlreadyAppliedError):
        table.add(5, None, mark)
    assert table.count() == 5


def test_a_compensated_visit_gives_up_while_real_visits_are_counted(make_table: MakeTable) -> None:
    class Overtaken(CountTable):
        """A table whose count changes after each read."""

        def count(self) -> int:
            self.add(1)
            return super().count() - 1

    table = make_table("counts")
    table.add(1)
    assert smoke_visit.put_compensated(Overtaken("counts", table.target), NOW.timestamp) is None
    assert not [row for row in table.rows() if row["id"]["S"].startswith("visit#")]


def test_the_command_does_nothing_without_confirmation(make_table: MakeTable, say: Lines, tmp_path: Path) -> None:
    table, file = make_table("counts"), tmp_path / "old.json"
    file.write_text('{"count": 5}')
    questions: list[str] = []

    def no(question: str) -> bool:
        questions.append(question)
        return False

    with pytest.raises(UsageError, match="not confirmed"):
        set_to(1234, table, say, no)
    with pytest.raises(UsageError, match="not confirmed"):
        add(read_file(file), file, table, say, no)
    assert "set it to 1,234?" in questions[0]
    assert table.count() == 0
    set_to(1234, table, say, lambda _: True)
    add(read_file(file), file, table, say, lambda _: True)
    assert table.count() == 1239


def test_a_count_may_have_thousands_separators() -> None:
    assert (number("0"), number("1,234"), number("1_234")) == (0, 1234, 1234)


@pytest.mark.parametrize("text", ["", "-5", "many", "1.5", "9" * 30])
def test_an_invalid_count_is_rejected(text: str) -> None:
    with pytest.raises(UsageError, match="whole number"):
        number(text)


def test_days_without_visits_are_shown_and_bars_fit(make_table: MakeTable) -> None:
    table = make_table("counts")
    table.add(70, {"2026-11-22": 60, "2026-11-24": 1})
    stats = read_stats(table, 3, date(2026, 11, 24))
    assert stats == Stats(70, {"2026-11-22": 60, "2026-11-23": 0, "2026-11-24": 1})
    lines = plot(stats, 40)
    assert max(map(len, lines)) <= 40 + len(lines[-1]) - 40
    assert lines[0].count("█") == 21
    assert lines[1] == "2026-11-23 Mon   0"
    assert lines[2].endswith(" 1 ▎") or lines[2].endswith(" 1 ▍") or lines[2].endswith(" 1 ▏")
    assert lines[-1] == "61 visits in 3 days, 20.3 per day; 70 in total"
    assert "#" in plot(stats, 40, blocks=False)[2]


def test_a_compensated_visit_can_be_undone_once(make_table: MakeTable) -> None:
    table = make_table("counts")
    table.add(5, {"2026-11-24": 5})
    visit = smoke_visit.put_compensated(table, NOW.timestamp)
    assert visit is not None
    assert (table.count(), table.days(["2026-11-24"])) == (4, {"2026-11-24": 4})
    assert not smoke_visit.is_counted(table, visit)
    assert smoke_visit.undo(table, visit)
    assert (table.count(), table.days(["2026-11-24"])) == (5, {"2026-11-24": 5})
    assert not smoke_visit.undo(table, visit)
    assert table.count() == 5


def test_the_lower_count_is_not_broadcast(make_table: MakeTable) -> None:
    """Nothing is broadcast while the count equals the last broadcast one."""
    table = make_table("counts")
    table.put_new({"id": {"S": "online"}, "announced": {"N": "5"}})
    table.add(5)
    assert smoke_visit.put_compensated(table, NOW.timestamp)
    assert table.get("online")["announced"] == {"N": "4"}
