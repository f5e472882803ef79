from __future__ import annotations

import pytest

from router.contract import tables


def test_keys_and_their_parts() -> None:
    assert tables.visit_key("abc") == "visit#abc"
    assert tables.visit_key("abc#blog") == "named#abc#blog"
    assert tables.day_key("2026-11-29") == "day#2026-11-29"
    assert tables.day_of("day#2026-11-29") == "2026-11-29"


@pytest.mark.parametrize(
    ("key", "visit_id"),
    [
        ("visit#abc", "abc"),
        ("visit#visit#", "visit#"),
        ("named#abc#blog", "abc#blog"),
        ("named#abc", None),
        ("visit#abc#blog", None),
        ("visit#", None),
        ("named#", None),
        ("day#abc", None),
        ("", None),
    ],
)
def test_the_visit_id_of_a_key(key: str, visit_id: str | None) -> None:
    assert tables.visit_id_of(key) == visit_id


def test_an_addition() -> None:
    assert tables.addition("VisitorCounts", "day#2026-11-29", "visits", 3) == {
        "Update": {
            "TableName": "VisitorCounts",
            "Key": {"id": {"S": "day#2026-11-29"}},
            "UpdateExpression": "ADD #number :more",
            "ExpressionAttributeNames": {"#number": "visits"},
            "ExpressionAttributeValues": {":more": {"N": "3"}},
        }
    }
