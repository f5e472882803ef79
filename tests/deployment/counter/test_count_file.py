"""Files that cannot be read, or whose values have the wrong type."""

from __future__ import annotations

import json
from contextlib import suppress
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from deployment.counter.count_file import parse, read_file
from errors import UsageError


def test_a_missing_file_is_reported(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match=r"cannot be read: No such file(.|\n)*count export"):
        read_file(tmp_path / "missing.json")


def test_a_file_in_another_encoding_is_reported(tmp_path: Path) -> None:
    path = tmp_path / "visits.json"
    path.write_bytes('{"count": 5, "source": "é"}'.encode("latin-1"))
    with pytest.raises(UsageError, match="is not UTF-8"):
        read_file(path)


@pytest.mark.parametrize(
    ("text", "problem"),
    [
        ("[" * 100_000, "nested too deeply"),
        ('{"count": 1, "days": [5]}', '"days" is not an object'),
        ('{"count": 1, "names": []}', '"names" is not an object'),
        ('{"count": 1, "names": {"Blog": 1}}', "\"names\" has 'Blog': 1"),
        ('{"count": 1, "names": {"blog": "1"}}', "\"names\" has 'blog': '1'"),
        ('{"count": 1, "rows": {}}', '"rows" is not a list'),
        ('{"count": 1, "rows": [{"id": {"S": "visit#a"}, "x": {"B": "AA=="}}]}', "row 0 is not a row"),
        ('{"count": 1, "rows": [{"id": {"S": "visit#a"}, "x": {"N": "1.5"}}]}', "row 0 is not a row"),
        ('{"count": 1, "rows": [{"id": {"S": "visit#a", "N": "1"}}]}', "row 0 is not a row"),
    ],
)
def test_values_of_the_wrong_type_are_reported(text: str, problem: str) -> None:
    with pytest.raises(UsageError, match=problem):
        parse(text, "visits.json")


@pytest.mark.parametrize(
    ("content", "words"),
    [
        ("[]", 'has no "count"'),
        ("{", "is not JSON"),
        ('{"count": -1}', '"count" is -1'),
        ('{"count": true}', '"count" is True'),
        ('{"count": 1, "total": 2}', "unknown key, 'total'"),
        (
            '{"count": 1, "version": 3, "visitors": 1}',
            "is of version 3, which a later release wrote; this one reads 1 and 2",
        ),
        ('{"count": 1, "version": 0}', "version 0"),
        ('{"count": 1, "version": "2"}', "version '2'"),
        ('{"count": 1, "format": "count"}', "format 'count'"),
        ('{"count": 1, "id": ""}', '"id" is not a short text'),
        ('{"count": 1, "days": {"2026-02-30": 1}}', "'2026-02-30'"),
        ('{"count": 1, "days": {"20260201": 1}}', "'20260201'"),
        ('{"count": 1, "days": {"2026-02-01": -1}}', "expected an entry such as"),
        ('{"count": 1, "rows": [{"id": {"S": "visitorCount"}}]}', "row 0 is not a visit"),
        ('{"count": 1, "rows": [3]}', "row 0 is not a row of the visits table"),
    ],
)
def test_an_invalid_file_is_reported_with_its_problem(content: str, words: str, tmp_path: Path) -> None:
    (tmp_path / "visits.json").write_text(content)
    with pytest.raises(UsageError) as caught:
        read_file(tmp_path / "visits.json")
    assert words in str(caught.value)


json_like = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=8),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.sampled_from(["id", "S", "N", "x"]), inner),
    max_leaves=6,
)


@given(st.dictionaries(st.sampled_from(["count", "days", "rows", "id", "source", "format"]), json_like))
def test_any_file_is_accepted_or_rejected(tmp_path_factory: pytest.TempPathFactory, content: dict[str, Any]) -> None:
    path = tmp_path_factory.getbasetemp() / "any.json"
    path.write_text(json.dumps(content))
    with suppress(UsageError):
        assert read_file(path).count >= 0
