from __future__ import annotations

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
    PresenceFailed,
    Swept,
    VisitsCounted,
)
from router.contract.log_values import Level

KINDS: tuple[Any, ...] = get_args(LogEvent)
EVENTS: st.SearchStrategy[LogEvent] = st.one_of([st.from_type(kind) for kind in KINDS])


def test_messages_are_unique() -> None:
    assert len({kind.message for kind in KINDS}) == len(KINDS) >= 19


@given(EVENTS)
def test_the_events_of_the_alarm_are_errors(event: LogEvent) -> None:
    """The description of the alarm names these events (template_gen/alarms.py)."""
    assert (event.level is Level.ERROR) == isinstance(event, EventFailed | BroadcastFailed | BackupFailed)


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
        (PresenceFailed("StoreBusyError", None, ()), Level.WARNING),
    ],
)
def test_incomplete_work_is_a_warning(event: LogEvent, level: Level) -> None:
    assert event.level is level
