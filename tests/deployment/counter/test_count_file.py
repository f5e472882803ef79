"""Files that cannot be read, or whose values have the wrong type."""

from __future__ import annotations

from pathlib import Path

import pytest

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
