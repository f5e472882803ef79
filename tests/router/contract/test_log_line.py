from __future__ import annotations

from typing import get_args

from hypothesis import given
from hypothesis import strategies as st

from router.contract.log_events import LogEvent, Replied
from router.contract.log_line import encode
from router.contract.log_reader import decode, fields_of

EVENTS: st.SearchStrategy[LogEvent] = st.one_of([st.from_type(kind) for kind in get_args(LogEvent)])


def test_a_line_is_compact_json_without_none() -> None:
    line = encode(Replied("Cc1l", 3), "8c2f")
    assert line == '{"level":"INFO","message":"replied","requestId":"8c2f","connection":"Cc1l","count":3}'


@given(EVENTS, st.text())
def test_an_event_survives_encoding_and_decoding(event: LogEvent, request_id: str) -> None:
    line = encode(event, request_id)
    assert "\n" not in line
    assert decode(line) == event
    fields = fields_of(line)
    assert (fields["level"], fields["message"], fields["requestId"]) == (event.level, event.message, request_id)
    assert None not in fields.values()
