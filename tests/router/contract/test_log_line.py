"""Log events are encoded as lines and decoded again; any other line is not an event."""

from __future__ import annotations

import json
from typing import Any, get_args

import pytest
from hypothesis import given
from hypothesis import strategies as st

from router.contract.log_events import (
    BackupFailed,
    BadgeFailed,
    Broadcast,
    BroadcastFailed,
    EventFailed,
    LogEvent,
    Swept,
    VisitsCounted,
)
from router.contract.log_line import encode
from router.contract.log_reader import decode, fields_of
from router.contract.log_values import Level

KINDS: tuple[Any, ...] = get_args(LogEvent)
EVENTS: st.SearchStrategy[LogEvent] = st.one_of([st.from_type(kind) for kind in KINDS])


@given(EVENTS, st.text())
def test_an_event_survives_encoding_and_decoding(event: LogEvent, request_id: str) -> None:
    line = encode(event, request_id)
    assert "\n" not in line
    assert decode(line) == event
    fields = fields_of(line)
    assert (fields["level"], fields["message"], fields["requestId"]) == (event.level, event.message, request_id)
    assert None not in fields.values()


def test_messages_are_unique() -> None:
    assert len({kind.message for kind in KINDS}) == len(KINDS) >= 19


@given(EVENTS, st.data())
def test_a_line_with_a_missing_or_invalid_field_is_not_an_event(event: LogEvent, data: st.DataObject) -> None:
    needed = sorted(name for name, value in vars(event).items() if value is not None)
    fields = json.loads(encode(event, "r"))
    name = data.draw(st.sampled_from(needed))
    assert decode(json.dumps({**fields, name: {"of": ["another", "release"]}})) is None
    without = decode(json.dumps({key: value for key, value in fields.items() if key != name}))
    assert without is None or getattr(without, name) is None


@given(EVENTS)
def test_the_events_of_the_alarm_are_errors(event: LogEvent) -> None:
    """The description of the alarm names these events (template_gen/alarms.py)."""
    assert (event.level is Level.ERROR) == isinstance(event, EventFailed | BroadcastFailed | BackupFailed)


@given(st.text() | st.recursive(st.none() | st.integers() | st.text(), st.lists).map(json.dumps))
def test_any_other_line_is_not_an_event(line: str) -> None:
    assert decode(line) is None


def test_a_deeply_nested_line_is_not_an_event() -> None:
    assert decode("[" * 100_000) is None


def test_values_of_another_release_are_not_an_event() -> None:
    refused = {"message": "connection_refused", "connection": "abcd", "status": 403, "reason": "origin"}
    assert decode(json.dumps(refused)) is not None
    assert decode(json.dumps({**refused, "reason": "moon"})) is None
    assert decode(json.dumps({**refused, "status": True})) is None


@pytest.mark.parametrize(
    ("event", "level"),
    [
        (VisitsCounted(3, 1, 0, 0, 1), Level.INFO),
        (VisitsCounted(3, 0, 1, 0, 1), Level.WARNING),
        (VisitsCounted(3, 0, 0, 1, 1), Level.WARNING),
        (Broadcast(5, 2, 1, 1, 0, 0, 0, {}, 3), Level.INFO),
        (Broadcast(5, 2, 1, 0, 0, 1, 0, {"x": 1}, 3), Level.WARNING),
        (Broadcast(5, 2, 1, 0, 0, 0, 1, {}, 3), Level.WARNING),
        (Swept(0, 0, 0, 0, 0, 0, complete=True), Level.INFO),
        (Swept(0, 0, 0, 0, 0, 0, complete=False), Level.WARNING),
        (Swept(0, 0, 1, 0, 1, 0, complete=True), Level.WARNING),
        (BadgeFailed("BucketError", None, ()), Level.WARNING),
    ],
)
def test_incomplete_work_is_a_warning(event: LogEvent, level: Level) -> None:
    assert event.level is level
