"""The file is the new one or the old one, and damage is reported before anything is started."""

from __future__ import annotations

import contextlib
import json
import os
import resource
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from errors import LocalCloudError
from local_cloud.emulator import PROJECT
from local_cloud.visits import rows, visits_file

ROWS: list[rows.Row] = [
    {"id": {"S": "visitorCount"}, "currentCount": {"N": "2"}},
    {"id": {"S": "visit#one-visit"}, "arrivedAt": {"N": "1"}, "uncounted": {"S": "one-visit"}},
    {"id": {"S": "day#2026-11-24"}, "visits": {"N": "2"}},
]
TEXTS = [visits_file.text_of(row) for row in ROWS]


def test_rows_come_back_as_they_were(tmp_path: Path) -> None:
    path = tmp_path / "visits.json"
    assert visits_file.write(path, TEXTS, 7) == path.stat().st_size
    assert visits_file.read(path) == visits_file.Content(ROWS, 7)
    assert rows.count_of(ROWS) == 2
    assert [entry.name for entry in tmp_path.iterdir()] == ["visits.json"]
    assert len(path.read_text().splitlines()) == len(ROWS) + 2, "a row a line, for whoever has to mend it"


def test_a_file_of_before_there_were_journals_is_read(tmp_path: Path) -> None:
    path = tmp_path / "visits.json"
    path.write_text(json.dumps({"version": 1, "rows": ROWS}))
    assert visits_file.read(path) == visits_file.Content(ROWS, None)


def test_no_file_differs_from_an_empty_one(tmp_path: Path) -> None:
    path = tmp_path / "visits.json"
    assert visits_file.read(path) is None
    visits_file.write(path, [], 1)
    assert visits_file.read(path) == visits_file.Content([], 1)
    assert rows.count_of([]) == 0


WRITE = """
import sys
from pathlib import Path
from local_cloud.visits import visits_file
try:
    visits_file.write(Path(sys.argv[1]), ['{"id":{"S":"visit#%d"}}' % number for number in range(1000)], 8)
except OSError as error:
    print(error.strerror)
"""


def test_a_write_that_finds_no_room_leaves_the_old_file_and_nothing_else(tmp_path: Path) -> None:
    path = tmp_path / "visits.json"
    visits_file.write(path, TEXTS, 7)
    result = subprocess.run(
        [sys.executable, "-c", WRITE, str(path)],
        cwd=PROJECT,
        capture_output=True,
        text=True,
        check=True,
        preexec_fn=lambda: resource.setrlimit(resource.RLIMIT_FSIZE, (4096, 4096)),
        env={**os.environ, "PYTHONDONTWRITEBYTECODE": "1"},
    )
    assert result.stdout == "File too large\n"
    assert visits_file.read(path) == visits_file.Content(ROWS, 7)
    assert [entry.name for entry in tmp_path.iterdir()] == ["visits.json"]


def of_rows(*content: Any) -> str:
    return json.dumps({"version": 2, "journal": 1, "rows": content})


def visit(**values: Any) -> dict[str, Any]:
    return {"id": {"S": "visit#a"}, **values}


def counted(number: str) -> dict[str, Any]:
    return {"id": {"S": "visitorCount"}, "currentCount": {"N": number}}


DAMAGED = {
    "empty": "",
    "cut": "{",
    "a list": "[]",
    "null": "null",
    "no version": '{"rows": []}',
    "a newer version": '{"version": 3, "rows": []}',
    "a version of 4,000 digits": '{"version": %s, "rows": []}' % ("9" * 4000),
    "a version of 5,000 digits": '{"version": %s, "rows": []}' % ("9" * 5000),
    "no journal": '{"version": 2, "rows": []}',
    "a negative journal": '{"version": 2, "journal": -1, "rows": []}',
    "no list": '{"version": 1, "rows": {}}',
    "100,000 brackets": "[" * 100_000,
    "100,000 brackets, closed": "[" * 100_000 + "]" * 100_000,
    "100,000 objects": '{"version": 2, "journal": 1, "rows": ' + '{"a":' * 100_000,
    "a number as a row": of_rows(1),
    "an empty row": of_rows({}),
    "a key that is a number": of_rows({"id": {"N": "1"}}),
    "a key that is a text of JSON's": of_rows({"id": "visit#a"}),
    "an empty key": of_rows({"id": {"S": ""}}),
    "no count": of_rows({"id": {"S": "visitorCount"}}),
    "a count in words": of_rows(counted("many")),
    "a count of 5,000 digits": of_rows(counted("9" * 5000)),
    "a count of 17 digits": of_rows(counted("9" * 17)),
    "a negative count": of_rows(counted("-1")),
    "a day of the count that is no number": of_rows(
        {"id": {"S": "visitorCount"}, "currentCount": {"N": "1"}, "day#2026-11-24": {"S": "1"}}
    ),
    "a negative day": of_rows({"id": {"S": "day#2026-11-24"}, "visits": {"N": "-1"}}),
    "a count in other digits": of_rows(counted("٣")),
    "two values in one": of_rows(visit(arrivedAt={"N": "1", "S": "1"})),
    "the wrong type": of_rows(visit(arrivedAt={"S": "1"})),
    "an index key that is a number": of_rows(visit(uncounted={"N": "1"})),
    "an empty index key": of_rows(visit(uncounted={"S": ""})),
    "a lone surrogate in the key": of_rows({"id": {"S": "visit#\ud800"}}),
    "a lone surrogate in a value": of_rows(visit(uncounted={"S": "\udfff"})),
    "a lone surrogate in a name": of_rows(visit(**{"\ud800": {"S": "a"}})),
    "a nameless attribute": of_rows(visit(**{"": {"S": "a"}})),
    "an oversized key": of_rows({"id": {"S": "visit#" + "a" * 2048}}),
    "an oversized key in two bytes each": of_rows({"id": {"S": "visit#" + "é" * 1024}}),
    "an oversized index key": of_rows(visit(uncounted={"S": "a" * 2049})),
    "an oversized row": of_rows(visit(note={"S": "a" * 400 * 1024})),
    "the same row twice": of_rows(visit(), visit()),
}


@pytest.mark.parametrize("content", DAMAGED.values(), ids=DAMAGED.keys())
def test_a_damaged_file_is_named_with_the_way_out(tmp_path: Path, content: str) -> None:
    path = tmp_path / "visits.json"
    path.write_text(content)
    with pytest.raises(LocalCloudError) as error:
        visits_file.read(path)
    assert error.value.where == str(path)
    assert "--fresh" in error.value.next_step
    assert len(str(error.value).encode()) < 600, "and it can be printed"


def test_what_is_not_utf_8_is_damaged_too(tmp_path: Path) -> None:
    path = tmp_path / "visits.json"
    path.write_bytes(b"\xff\xfe")
    with pytest.raises(LocalCloudError, match="utf-8"):
        visits_file.read(path)


ANY_JSON: st.SearchStrategy[Any] = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(),
    lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner),
)
VALUES = st.fixed_dictionaries(
    {}, optional={"S": st.text() | ANY_JSON, "N": st.from_regex(r"-?[0-9]{1,50}") | st.text()}
)
NAMES = st.sampled_from(["id", "currentCount", "arrivedAt", "uncounted", "visits"]) | st.text()


@given(ANY_JSON | st.lists(st.dictionaries(NAMES, VALUES)))
def test_any_json_is_read_or_refused(tmp_path_factory: pytest.TempPathFactory, content: object) -> None:
    path = tmp_path_factory.mktemp("any") / "visits.json"
    path.write_text(json.dumps({"version": 2, "journal": 1, "rows": content}))
    with contextlib.suppress(LocalCloudError):
        found = visits_file.read(path)
        assert found is not None
        assert found.rows == content
        assert 0 <= rows.count_of(found.rows) <= rows.LARGEST_COUNT


@pytest.mark.parametrize(
    ("key", "kept"),
    [
        *(("visitorCount", True), ("visit#a", True), ("named#a#b", True), ("day#2026-11-24", True)),
        *(("history#b", True), ("online", False)),
    ],
)
def test_who_is_online_does_not_outlive_a_run(key: str, kept: bool) -> None:
    assert rows.is_kept(key) is kept
