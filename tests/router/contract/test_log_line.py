"""Every log event survives its line, and whatever else a log holds is no event."""

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
def test_an_event_is_read_as_it_was_written(event: LogEvent, request_id: str) -> None:
    line = encode(event, request_id)
    assert "\n" not in line
    assert decode(line) == event
    fields = fields_of(line)
    assert (fields["level"], fields["message"], fields["requestId"]) == (event.level, event.message, request_id)
    assert None not in fields.values()


def test_every_kind_has_a_message_of_its_own() -> None:
    assert len({kind.message for kind in KINDS}) == len(KINDS) >= 19


@given(EVENTS, st.data())
def test_a_line_without_one_of_its_fields_or_with_another_value_is_no_event(
    event: LogEvent, data: st.DataObject
) -> None:
    needed = sorted(name for name, value in vars(event).items() if value is not None)
    fields = json.loads(encode(event, "r"))
    name = data.draw(st.sampled_from(needed))
    assert decode(json.dumps({**fields, name: {"of": ["another", "release"]}})) is None
    without = decode(json.dumps({key: value for key, value in fields.items() if key != name}))
    assert without is None or getattr(without, name) is None


@given(EVENTS)
def test_an_error_is_what_the_alarm_mails_about(event: LogEvent) -> None:
    """Its text names these and no other (template_gen/alarms.py)."""
    assert (event.level is Level.ERROR) == isinstance(event, EventFailed | BroadcastFailed | BackupFailed)


@given(st.text() | st.recursive(st.none() | st.integers() | st.text(), st.lists).map(json.dumps))
def test_any_other_line_is_no_event(line: str) -> None:
    assert decode(line) is None


def test_a_line_nested_too_deeply_is_no_event() -> None:
    assert decode("[" * 100_000) is None


def test_a_value_that_only_another_release_knows_is_not_guessed_at() -> None:
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
def test_what_was_not_finished_is_a_warning(event: LogEvent, level: Level) -> None:
    assert event.level is level
