from __future__ import annotations

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from router.contract.log_values import Source
from router.events import Connect, Disconnect, Event, Message, Sweep, Unknown, parse
from router.items import Counts, Visit
from router.records import StreamBatch, VisitInserted
from tests.router.rig import recorded

CONNECTION = "Cc1lwfT9FiACE+w/7A="
ANY_JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text(),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(), inner, max_size=4),
    max_leaves=12,
)


@pytest.mark.parametrize(
    ("name", "event"),
    [
        (
            "connect",
            Connect(
                CONNECTION,
                "q7Zt-3kP_fW0aB1c",
                ("https://d111111abcdef8.cloudfront.net",),
                counted=True,
                user_agent="Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0",
                source_address="198.51.100.23",
                forwarded_for=("203.0.113.7", "198.51.100.23"),
            ),
        ),
        ("disconnect", Disconnect(CONNECTION)),
        ("message", Message(CONNECTION)),
        (
            "stream_visits",
            StreamBatch(
                (
                    VisitInserted("4421584500000000017450439091", Visit("q7Zt-3kP_fW0aB1c", 1795995200)),
                    VisitInserted("4421584500000000017450439092", Visit(CONNECTION, 1795995201)),
                )
            ),
        ),
        ("stream_count", StreamBatch(counts=1, newest=Counts(1234))),
        ("stream_ttl", StreamBatch(ignored=1)),
        ("scheduled", Sweep()),
        ("scheduler", Sweep()),
    ],
)
def test_recorded_events(name: str, event: Event) -> None:
    assert parse(recorded(name)) == event


def test_the_visit_parameter_absent_and_of_another_type() -> None:
    raw = recorded("connect")
    queries: list[Any] = [None, {}, {"visit": None}, {"visit": 7}, {"visit": "x"}, []]
    for query, visit in zip(queries, (None, None, "", "", "x", None), strict=True):
        raw["queryStringParameters"] = query
        event = parse(raw)
        assert isinstance(event, Connect)
        assert event.visit == visit


@pytest.mark.parametrize(
    ("headers", "multi", "origins"),
    [
        ({"origin": "https://a.example"}, None, ("https://a.example",)),
        ({}, {"ORIGIN": ["https://a.example"]}, ("https://a.example",)),
        ({"Origin": "https://a.example"}, {"Origin": ["https://a.example", "https://b.example"]}, ("https://a.example", "https://b.example")),
        (None, None, ()),
        ("odd", 7, ()),
        ({"Origin": None}, {}, ("None",)),
    ],
)  # fmt: skip
def test_origins_are_found_in_either_map_under_any_case(headers: Any, multi: Any, origins: tuple[str, ...]) -> None:
    event = parse({**recorded("connect"), "headers": headers, "multiValueHeaders": multi})
    assert isinstance(event, Connect)
    assert event.origins == origins


def test_addresses_and_secrets_are_read_in_order_whatever_shape_they_have() -> None:
    raw = recorded("connect")
    raw["headers"] = {"X-Forwarded-For": "b,c"}
    raw["multiValueHeaders"] = {"X-Forwarded-For": ["a", " b,c"], "x-origin-verify": ["one", "two"]}
    raw["requestContext"]["identity"] = {"sourceIp": None}
    event = parse(raw)
    assert isinstance(event, Connect)
    assert event.forwarded_for[:3] == ("a", "b", "c")
    assert event.forwarded_for[-2:] == ("b", "c")
    assert (event.origin_secrets, event.source_address) == (("one", "two"), "")
    raw["headers"] = {"user-agent": "a"}
    raw["multiValueHeaders"] = {"User-Agent": ["b"]}
    event = parse(raw)
    assert isinstance(event, Connect)
    assert event.user_agent == "b a"


def test_only_the_value_no_opts_out() -> None:
    for query, counted in (({"count": "no"}, False), ({"count": "yes"}, True), ({"count": None}, True), (None, True)):
        event = parse({**recorded("connect"), "queryStringParameters": query})
        assert isinstance(event, Connect)
        assert event.counted is counted


def test_invalid_websocket_events() -> None:
    ids = "", "\ud800", "é", 1, None  # half a character cannot be sent, and no id of AWS's has more than ASCII
    wrong = [{"eventType": kind, "connectionId": id_} for kind in ("CONNECT", "MESSAGE", "DISCONNECT") for id_ in ids]
    for context in ({}, {"eventType": "CONNECT"}, {"eventType": "X"}, *wrong):
        assert parse({"requestContext": context, "body": "secret"}) == Unknown(
            Source.WEBSOCKET, ("body", "requestContext")
        )


def test_unknown_events_show_keys_and_never_values() -> None:
    assert parse({"detail": "secret", "source": "aws.s3"}) == Unknown(Source.OTHER, ("detail", "source"))
    assert parse({"source": "aws.s3", "detail-type": "Scheduled Event"}).__class__ is Unknown
    assert parse([1, 2]) == parse(None) == parse("text") == Unknown(Source.OTHER, ())
    event = parse({f"{number:03}" + "k" * 200: 1 for number in range(100)})
    assert isinstance(event, Unknown)
    assert len(event.keys) == 20
    assert max(map(len, event.keys)) == 64


def test_unknown_records_do_not_affect_known_ones() -> None:
    good = recorded("stream_visits")["Records"][0]
    other_queue = {"messageId": "1", "eventSource": "aws:sqs", "body": "secret"}
    no_sequence = {**good, "dynamodb": {**good["dynamodb"], "SequenceNumber": ""}}
    event = parse({"Records": [None, other_queue, good, no_sequence, {}]})
    assert isinstance(event, StreamBatch)
    assert [record.visit.id for record in event.visits] == ["q7Zt-3kP_fW0aB1c"]
    assert event.unknown == 4
    assert "eventSource" in event.unknown_keys
    assert "secret" not in str(event)


@pytest.mark.parametrize("arrived", ["0", "-5", "soon", "1" * 5000, "999999999999999", None, 7])
def test_a_visit_with_an_invalid_time(arrived: Any) -> None:
    raw = recorded("stream_visits")
    raw["Records"][0]["dynamodb"]["NewImage"]["arrivedAt"] = {"N": arrived}
    event = parse(raw)
    assert isinstance(event, StreamBatch)
    assert event.visits[0].visit == Visit("q7Zt-3kP_fW0aB1c", None)


@pytest.mark.parametrize(
    ("change", "ignored", "counts"),
    [
        ({"eventName": "MODIFY"}, 1, 0),
        ({"eventName": "REMOVE"}, 1, 0),
        ({"key": "visit#"}, 1, 0),
        ({"key": "day#2026-11-29"}, 1, 0),
        ({"key": "online"}, 1, 0),
        ({"key": "visitorCount"}, 0, 1),
        ({"key": "visitorCount", "eventName": "REMOVE"}, 1, 0),
        ({"NewImage": {}}, 1, 0),
        ({"NewImage": None}, 1, 0),
    ],
)
def test_other_records_are_ignored(change: dict[str, Any], ignored: int, counts: int) -> None:
    raw = recorded("stream_visits")
    record = raw["Records"].pop()
    record["eventName"] = change.get("eventName", "INSERT")
    record["dynamodb"]["Keys"]["id"]["S"] = change.get("key", "visit#abc")
    if "NewImage" in change:
        record["dynamodb"]["NewImage"] = change["NewImage"]
    event = parse({"Records": [record]})
    assert event == StreamBatch(ignored=ignored, counts=counts)


@given(ANY_JSON)
def test_any_json_is_an_event(raw: Any) -> None:
    assert isinstance(parse(raw), Event)


@given(
    st.sampled_from(["connect", "disconnect", "message", "stream_visits", "stream_count", "stream_ttl", "scheduled"]),
    st.data(),
)
def test_a_recorded_event_with_anything_anywhere_is_an_event(name: str, data: st.DataObject) -> None:
    raw = recorded(name)
    place: Any = raw
    while True:
        key = data.draw(st.sampled_from(sorted(place) if isinstance(place, dict) else range(len(place))))
        if not isinstance(place[key], dict | list) or not place[key] or data.draw(st.booleans()):
            break
        place = place[key]
    place[key] = data.draw(ANY_JSON)
    event = parse(json.loads(json.dumps(raw)))
    assert isinstance(event, Event)
