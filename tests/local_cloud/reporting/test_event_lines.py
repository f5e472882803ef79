"""Reports of the emulator's process as lines for the terminal. test_log_lines.py tests the text of events."""

from __future__ import annotations

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from local_cloud.reporting.event_lines import merged, sentences
from local_cloud.reporting.reports import FunctionRan, Problem
from router.contract.log_events import (
    BadgeFailed,
    BadgeWritten,
    Broadcast,
    ConnectionRefused,
    Disconnected,
    EventFailed,
    LogEvent,
    VisitRecorded,
    VisitsCounted,
)
from router.contract.log_line import encode
from router.contract.log_values import RefusalReason


def lines(*logged: LogEvent, error: str = "") -> list[str]:
    report = FunctionRan(tuple(encode(event, "r") for event in logged), error)
    return [str(sentence) for sentence in merged(sentences(report))]


def broadcast(count: int, reached: int) -> Broadcast:
    return Broadcast(count, reached, reached, 0, 0, 0, 0, {}, 1)


def test_events_that_matter_to_a_reader_of_the_page_are_reported() -> None:
    refused = ConnectionRefused("abcd", 429, RefusalReason.LIMIT)
    failed = BadgeFailed("BucketError", "PutObject: AccessDenied", ("badge.py:1 f",))
    assert lines(VisitRecorded("abcd"), refused, failed) == [
        "new visitor (count will follow)",
        "refused a connection: too many from one address in ten minutes",
        "error: updating badge.svg failed: BucketError: PutObject: AccessDenied (at badge.py:1 f)",
    ]


def test_what_does_not_is_not() -> None:
    assert lines(Disconnected("abcd"), BadgeWritten(3), broadcast(3, 0)) == []


@pytest.mark.parametrize("line", ['{"message": "of another release"}', "{}", "a library's warning"])
def test_what_is_no_event_is_passed_over(line: str) -> None:
    assert sentences(FunctionRan((line,), "")) == []


def test_a_burst_becomes_one_line_of_each_kind() -> None:
    counted = [VisitsCounted(30, 0, 0, 0, 1), VisitsCounted(7, 0, 0, 0, 1)]
    assert lines(*[VisitRecorded("abcd")] * 37, *counted, broadcast(30, 30), broadcast(37, 36)) == [
        "37 new visitors (count will follow)",
        "counted 37 visits",
        "broadcast 37 to 36 pages",
    ]


def test_a_crash_shows_its_own_last_line() -> None:
    traceback = "Traceback (most recent call last):\n  File ...\nNameError: name 'x' is not defined\n"
    assert lines(error=traceback) == ["error: NameError: name 'x' is not defined"]


def test_an_import_error_is_named_as_one() -> None:
    said = lines(error="the router cannot be imported: No module named 'requests'")
    assert said == ["error: the router cannot be imported: No module named 'requests'"]


def test_an_error_that_the_router_logged_itself_is_not_said_twice() -> None:
    failed = EventFailed("StoreError", None, (), event="Sweep")
    assert lines(failed, error="Sweep: StoreError") == ["error: handling Sweep failed: StoreError"]


def test_a_problem_of_the_emulators_process_is_an_error() -> None:
    assert [str(sentence) for sentence in sentences(Problem("disk {full}"))] == ["error: disk {full}"]


@given(
    st.lists(st.text() | st.dictionaries(st.text(), st.none() | st.integers() | st.text()).map(json.dumps)), st.text()
)
def test_any_lines_can_be_reported(logged: list[str], error: str) -> None:
    for sentence in merged(sentences(FunctionRan(tuple(logged), error))):
        assert str(sentence)
