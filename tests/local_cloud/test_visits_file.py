"""The file is whole or the old one, and whatever is wrong with it is said before anything is started."""

from __future__ import annotations

import contextlib
import json
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from errors import LocalCloudError
from local_cloud import visits_file

ROWS: list[visits_file.Row] = [
    {"id": {"S": "visitorCount"}, "currentCount": {"N": "2"}},
    {"id": {"S": "visit#one-visit"}, "arrivedAt": {"N": "1"}, "uncounted": {"S": "one-visit"}},
    {"id": {"S": "day#2026-11-24"}, "visits": {"N": "2"}},
]


def test_rows_come_back_as_they_were(tmp_path: Path) -> None:
    path = tmp_path / "visits.json"
    visits_file.write(path, ROWS)
    assert visits_file.read(path) == ROWS
    assert visits_file.count_of(ROWS) == 2
    assert [entry.name for entry in tmp_path.iterdir()] == ["visits.json"]


def test_no_file_is_no_rows(tmp_path: Path) -> None:
    assert visits_file.read(tmp_path / "visits.json") == []
    assert visits_file.count_of([]) == 0


def test_a_write_that_fails_leaves_the_old_file(tmp_path: Path) -> None:
    path = tmp_path / "visits.json"
    visits_file.write(path, ROWS)
    with pytest.raises(TypeError):
        visits_file.write(path, [{"id": {"S": "visit#x"}, "broken": object()}])
    assert visits_file.read(path) == ROWS


@pytest.mark.parametrize(
    "content",
    [
        "",
        "{",
        "[]",
        "null",
        '{"rows": []}',
        '{"version": 2, "rows": []}',
        '{"version": 1, "rows": {}}',
        '{"version": 1, "rows": [1]}',
        '{"version": 1, "rows": [{}]}',
        '{"version": 1, "rows": [{"id": {"N": "1"}}]}',
        '{"version": 1, "rows": [{"id": {"S": ""}}]}',
        '{"version": 1, "rows": [{"id": {"S": "visitorCount"}}]}',
        '{"version": 1, "rows": [{"id": {"S": "visitorCount"}, "currentCount": {"N": "many"}}]}',
        '{"version": 1, "rows": [{"id": {"S": "visit#a"}, "arrivedAt": {"N": "1", "S": "1"}}]}',
        '{"version": 1, "rows": [{"id": {"S": "visit#a"}}, {"id": {"S": "visit#a"}}]}',
    ],
)
def test_a_corrupt_file_is_named_with_the_way_out(tmp_path: Path, content: str) -> None:
    path = tmp_path / "visits.json"
    path.write_text(content)
    with pytest.raises(LocalCloudError) as error:
        visits_file.read(path)
    assert error.value.where == str(path)
    assert "--fresh" in error.value.next_step


@given(
    st.recursive(
        st.none() | st.booleans() | st.integers() | st.text(),
        lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner),
    )
)
def test_any_json_is_read_or_refused(tmp_path_factory: pytest.TempPathFactory, rows: object) -> None:
    path = tmp_path_factory.mktemp("any") / "visits.json"
    path.write_text(json.dumps({"version": 1, "rows": rows}))
    with contextlib.suppress(LocalCloudError):
        assert visits_file.read(path) == rows


def test_set_aside_renames_and_does_not_delete(tmp_path: Path) -> None:
    path = tmp_path / "visits.json"
    assert visits_file.set_aside(path) is None
    path.write_text("damaged")
    aside = visits_file.set_aside(path)
    assert aside is not None
    assert aside.read_text() == "damaged"
    assert not path.exists()


@pytest.mark.parametrize(
    ("key", "kept"), [("visitorCount", True), ("visit#a", True), ("day#2026-11-24", True), ("online", False)]
)
def test_who_is_online_does_not_outlive_a_run(key: str, kept: bool) -> None:
    assert visits_file.is_kept({"id": {"S": key}}) is kept
