"""The router's log lines as a person reads them. The lines are those that router/log.py documents."""

from __future__ import annotations

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from local_cloud.event_lines import events, merged
from local_cloud.reports import FunctionRan, Problem


def lines(*logged: dict[str, Any], error: str = "") -> list[str]:
    report = FunctionRan(tuple(json.dumps({"level": "INFO", "requestId": "r", **line}) for line in logged), error)
    return [str(event) for event in merged(events(report))]


@pytest.mark.parametrize(
    ("logged", "line"),
    [
        ({"message": "visit_recorded"}, "visitor arrived (count will follow)"),
        ({"message": "visit_repeated"}, "visitor came back (counted before)"),
        ({"message": "counted", "visits": 1}, "counted 1 visit"),
        ({"message": "counted", "visits": 12}, "counted 12 visits"),
        ({"message": "broadcast", "count": 201, "reached": 5}, "broadcast 201 to 5 pages"),
        ({"message": "broadcast", "count": 1, "reached": 1}, "broadcast 1 to 1 page"),
        (
            {"message": "broadcast", "count": 9, "reached": 3, "failed": 1, "left": 1},
            "broadcast 9 to 3 pages, not to 2 more",
        ),
        (
            {"message": "connection_refused", "reason": "origin", "origin": "site"},
            "refused a socket from a foreign origin (site)",
        ),
        ({"message": "connection_refused", "reason": "origin"}, "refused a socket from a foreign origin"),
        ({"message": "connection_refused", "reason": "visit"}, "refused a socket: malformed visit id"),
        ({"message": "swept", "visits": 2, "forgotten": 3}, "swept: counted 2 late visits, forgot 3 connections"),
        (
            {"message": "unknown_event", "source": "other", "keys": ["a", "{b}"]},
            "error: the router got an event that it does not know (a, {b})",
        ),
        (
            {
                "message": "failed",
                "event": "Connect",
                "error": "StoreError",
                "reason": "PutItem: no {table}",
                "where": ["a.py:1 f", "b.py:2 g"],
            },
            "error: Connect: StoreError: PutItem: no {table} (at b.py:2 g)",
        ),
        (
            {"message": "reply_failed", "outcome": "throttled", "code": "429"},
            "error: a page got no reply: throttled 429",
        ),
    ],
)
def test_what_is_told(logged: dict[str, Any], line: str) -> None:
    assert lines(logged) == [line]


@pytest.mark.parametrize(
    "logged",
    [
        {"message": "disconnected"},
        {"message": "replied", "count": 3},
        {"message": "broadcast", "count": 3, "reached": 0},
        {"message": "broadcast_unneeded", "count": 3},
        {"message": "counted", "visits": 0},
        {"message": "swept", "visits": 0, "forgotten": 0},
        {"message": "reply_failed", "outcome": "gone"},
        {"message": "of another release"},
        {},
    ],
)
def test_what_is_not(logged: dict[str, Any]) -> None:
    assert lines(logged) == []


def test_a_burst_becomes_one_line_of_each_kind() -> None:
    arrived = [{"message": "visit_recorded"}] * 37
    counted = [{"message": "counted", "visits": 30}, {"message": "counted", "visits": 7}]
    told = [{"message": "broadcast", "count": 30, "reached": 30}, {"message": "broadcast", "count": 37, "reached": 36}]
    assert lines(*arrived, *counted, *told) == [
        "visitors arrived: 37 (count will follow)",
        "counted 37 visits",
        "broadcast 37 to 36 pages",
    ]


def test_a_crash_shows_its_own_last_line() -> None:
    traceback = "Traceback (most recent call last):\n  File ...\nNameError: name 'x' is not defined\n"
    assert lines(error=traceback) == ["error: NameError: name 'x' is not defined"]


def test_an_import_error_is_named_as_one() -> None:
    said = lines(error="Worker init failed: No module named 'requests'")
    assert said == ["error: the router cannot be imported: No module named 'requests'"]


def test_an_error_that_the_router_logged_itself_is_not_said_twice() -> None:
    failed = {"message": "failed", "event": "Sweep", "error": "StoreError", "where": []}
    assert lines(failed, error="Sweep: StoreError") == ["error: Sweep: StoreError"]


def test_a_problem_of_the_emulators_process_is_an_error() -> None:
    assert [str(event) for event in events(Problem("disk {full}"))] == ["error: disk {full}"]


@given(
    st.lists(st.text() | st.dictionaries(st.text(), st.none() | st.integers() | st.text()).map(json.dumps)), st.text()
)
def test_any_lines_can_be_told(logged: list[str], error: str) -> None:
    for event in merged(events(FunctionRan(tuple(logged), error))):
        assert str(event)
