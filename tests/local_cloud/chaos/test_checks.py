"""The checks of `chaos`: each detects its violation, and reports nothing when all is right."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from local_cloud.chaos.checks import Known, findings
from local_cloud.chaos.tables import Snapshot

RIGHT = Snapshot(
    count=3,
    visits=frozenset({"a", "b", "c"}),
    uncounted=frozenset(),
    history={"day#2026-11-23": 1, "day#2026-11-24": 2},
    connections=frozenset({"one", "two"}),
)
KNOWN = Known(attempted=frozenset({"a", "b", "c", "d"}), acknowledged=frozenset({"a", "b"}), open_pages=2, shown=(3, 3))


def test_a_visit_that_was_never_acknowledged_may_be_counted_or_not() -> None:
    assert findings(RIGHT, KNOWN).all_right
    without = replace(RIGHT, count=2, visits=frozenset({"a", "b"}), history={"day#2026-11-24": 2})
    assert findings(without, replace(KNOWN, shown=(2, 2))).all_right


@pytest.mark.parametrize(
    ("mutation", "said"),
    [
        ({"count": 4, "history": {"day#2026-11-24": 4}}, "the count is 4, but 3 visits are marked as counted"),
        ({"count": 2, "history": {"day#2026-11-24": 2}}, "the count is 2, but 3 visits are marked as counted"),
        ({"uncounted": frozenset({"c"})}, "the count is 3, but 2 visits are marked as counted"),
        ({"history": {"day#2026-11-24": 2}}, "the days sum to 2, but the count is 3"),
        ({"history": {"day#2026-11-23": 4, "day#2026-11-24": -1}}, "day#2026-11-24 has a negative number of visits"),
        ({"visits": frozenset({"a", "c", "d"})}, "1 acknowledged visits lost, for example b"),
        ({"visits": frozenset({"a", "b", "x"})}, "1 visits that nobody made, for example x"),
    ],
    ids=["twice", "never", "marked", "no day", "negative day", "lost", "invented"],
)
def test_what_can_never_come_right(mutation: dict[str, Any], said: str) -> None:
    assert said in findings(replace(RIGHT, **mutation), KNOWN).wrong


@pytest.mark.parametrize(
    ("mutation", "known", "said"),
    [
        (
            {"count": 2, "uncounted": frozenset({"c"}), "history": {"day#2026-11-24": 2}},
            {"shown": (2, 2)},
            "1 visits are not counted",
        ),
        ({"connections": frozenset({"one", "two", "three"})}, {}, "3 connections are stored, but 2 pages are open"),
        ({"connections": frozenset({"one"})}, {}, "1 connections are stored, but 2 pages are open"),
        ({}, {"shown": (3, None)}, "1 of 2 pages do not show 3"),
        ({}, {"shown": (3, 2)}, "1 of 2 pages do not show 3"),
    ],
    ids=["mark", "stale", "forgotten", "told nothing", "told less"],
)
def test_what_may_come_right_yet(mutation: dict[str, Any], known: dict[str, Any], said: str) -> None:
    found = findings(replace(RIGHT, **mutation), replace(KNOWN, **known))
    assert (found.wrong, found.unsettled) == ((), (said,))


def test_rows_read_in_more_than_one_page_are_not_of_one_moment() -> None:
    found = findings(replace(RIGHT, count=4, at_once=False), replace(KNOWN, shown=(4, 4)))
    assert found.wrong == ()
    assert len(found.unsettled) == 2
