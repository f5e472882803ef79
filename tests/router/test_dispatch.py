from __future__ import annotations

from typing import Any, get_args

import pytest
from hypothesis import given

from router.dispatch import ROUTES
from router.errors import EventFailedError
from router.events import Event
from tests.router.rig import Rig, recorded
from tests.router.test_events import ANY_JSON

PERSONAL = ["q7Zt-3kP_fW0aB1c", "Cc1lwfT9FiACE", "203.0.113.7", "198.51.100.23", "Firefox", "de-DE", "hello"]


def test_every_event_type_has_a_route() -> None:
    assert set(ROUTES) == set(get_args(Event))


def test_unknown_events_are_answered_by_source_and_their_keys_logged(rig: Rig) -> None:
    assert rig.send({"requestContext": {"http": {"path": "/secret"}}, "body": "secret"}) == {"statusCode": 400}
    assert rig.send({"question": "secret"}) == {"error": "unknown event"}
    assert rig.send(None) == {"error": "unknown event"}
    assert [(line["message"], line["source"], line["keys"]) for line in rig.lines] == [
        ("unknown_event", "websocket", ["body", "requestContext"]),
        ("unknown_event", "other", ["question"]),
        ("unknown_event", "other", []),
    ]
    assert "secret" not in str(rig.lines)


class Broken:
    """A client with a bug, and visitor data in its error message."""

    def __getattr__(self, name: str) -> Any:
        raise LookupError("q7Zt-3kP_fW0aB1c")


@pytest.mark.parametrize("name", ["connect", "disconnect", "message"])
def test_a_bug_in_a_websocket_event_is_a_server_error_and_logged_with_its_place(rig: Rig, name: str) -> None:
    rig.client = Broken()
    assert rig.send(recorded(name)) == {"statusCode": 500}
    (line,) = rig.lines
    assert (line["level"], line["message"], line["event"], line["error"]) == (
        "ERROR",
        "failed",
        name.title(),
        "LookupError",
    )
    assert any(frame.startswith(("connections.py:", "store.py:")) for frame in line["where"])
    assert "reason" not in line


@pytest.mark.parametrize(("name", "kind"), [("stream_visits", "StreamBatch"), ("scheduled", "Sweep")])
def test_a_bug_in_a_batch_or_a_sweep_reaches_lambda_without_a_visitors_values(rig: Rig, name: str, kind: str) -> None:
    rig.client = Broken()
    with pytest.raises(EventFailedError) as raised:
        rig.send(recorded(name))
    assert str(raised.value) == f"{kind}: LookupError"
    assert raised.value.__suppress_context__
    assert rig.logged("failed")[0]["event"] == kind


def test_a_bug_in_a_broadcast_fails_no_record(rig: Rig) -> None:
    rig.client = Broken()
    assert rig.send(recorded("stream_count")) == {"batchItemFailures": []}
    assert rig.logged("broadcast_failed")[0]["error"] == "LookupError"


def test_an_invalid_variable_is_named(rig: Rig) -> None:
    del rig.environment["VISITOR_COUNT_TABLE"]
    assert rig.send(recorded("connect")) == {"statusCode": 500}
    assert "VISITOR_COUNT_TABLE is ''" in rig.lines[0]["reason"]
    with pytest.raises(EventFailedError, match="StreamBatch: VISITOR_COUNT_TABLE is ''"):
        rig.send(recorded("stream_visits"))


def test_nothing_personal_is_logged_whatever_happens(rig: Rig) -> None:
    rig.crowd()
    for name in ("connect", "connect", "message", "stream_visits", "stream_count", "disconnect", "scheduled"):
        rig.send(recorded(name))
    rig.client = Broken()
    for name in ("connect", "message", "disconnect"):
        rig.send(recorded(name))
    assert {line["message"] for line in rig.lines} >= {
        "visit_recorded",
        "visit_repeated",
        "replied",
        "counted",
        "failed",
    }
    text = str(rig.lines)
    assert [value for value in PERSONAL if value in text] == []


@given(ANY_JSON)
def test_any_json_is_answered(raw: Any) -> None:
    rig = Rig()
    assert isinstance(rig.send(raw), dict)
