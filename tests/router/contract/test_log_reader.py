"""Only lines of this release's events are decoded."""

from __future__ import annotations

import json
from typing import Any, get_args

from hypothesis import given
from hypothesis import strategies as st

from router.contract.log_events import LogEvent
from router.contract.log_line import encode
from router.contract.log_reader import decode

KINDS: tuple[Any, ...] = get_args(LogEvent)
EVENTS: st.SearchStrategy[LogEvent] = st.one_of([st.from_type(kind) for kind in KINDS])


@given(EVENTS, st.data())
def test_a_line_with_a_missing_or_invalid_field_is_not_an_event(event: LogEvent, data: st.DataObject) -> None:
    needed = sorted(name for name, value in vars(event).items() if value is not None)
    fields = json.loads(encode(event, "r"))
    name = data.draw(st.sampled_from(needed))
    assert decode(json.dumps({**fields, name: {"of": ["another", "release"]}})) is None
    without = decode(json.dumps({key: value for key, value in fields.items() if key != name}))
    assert without is None or getattr(without, name) is None


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
