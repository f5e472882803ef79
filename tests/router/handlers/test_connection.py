from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from router import configuration
from router.contract.log_values import Outcome, RefusalReason
from router.counting.retry import RETRY_SECONDS
from router.events import Connect
from router.handlers.connection import Refused, refusal
from router.items import Totals
from tests.router.fake_dynamodb import CONNECTIONS, VISITS
from tests.router.faults import Fault, FaultyClient
from tests.router.rig import ENVIRONMENT, NOW, Rig, message_event, recorded

ID = "Cc1lwfT9FiACE+w/7A="
SITE = "https://example.com"


def refused(visit: str | None, *origins: str, **environment: str) -> Refused | None:
    return refusal(Connect(ID, visit, origins), configuration.read({**ENVIRONMENT, **environment}))


def test_origins() -> None:
    assert refused("visit-id-1") is None
    assert refused("visit-id-1", SITE) is None
    assert refused("visit-id-1", "HTTPS://EXAMPLE.COM") is None
    assert refused("visit-id-1", ALLOWED_ORIGINS="") is None
    for origin in ("https://evil.example", "null", "", "http://example.com", "https://example.com.evil.example"):
        assert refused("visit-id-1", origin) == Refused(403, RefusalReason.ORIGIN)
        assert refused("visit-id-1", SITE, origin) == Refused(403, RefusalReason.ORIGIN)
    assert refused("visit-id-1", SITE, ALLOWED_ORIGINS="") == Refused(403, RefusalReason.ORIGIN)


@pytest.mark.parametrize("visit", ["", "short", "x" * 65, "with space", "ünïcode-visit", "visit-id-1\n", "a" * 7 + "/"])
def test_malformed_visit_ids(visit: str) -> None:
    assert refused(visit) == Refused(400, RefusalReason.VISIT)
    assert refused(visit, VISIT_POLICY="connection") is None
    assert refused(visit, VISIT_POLICY="visitor") is None


@given(st.text())
def test_only_a_well_formed_id_becomes_a_key(visit: str) -> None:
    if refused(visit) is None:
        assert visit.isascii()
        assert 8 <= len(visit) <= 64


def test_connecting_writes_the_connection_and_the_visit(rig: Rig) -> None:
    assert rig.send(recorded("connect")) == {"statusCode": 200}
    assert rig.table.rows[CONNECTIONS][ID] == {
        "connectionId": {"S": ID},
        "connectedAt": {"N": str(NOW)},
        "expiresAt": {"N": str(NOW + 7800)},
        "visit": {"S": "q7Zt-3kP_fW0aB1c"},
    }
    visit = {
        "id": {"S": "visit#q7Zt-3kP_fW0aB1c"},
        "arrivedAt": {"N": str(NOW)},
        "expiresAt": {"N": str(NOW + 30 * 86_400)},
    }
    count = {
        "id": {"S": "visitorCount"},
        "currentCount": {"N": "1"},
        "day#2026-11-29": {"N": "1"},
        "lastVisit": {"S": "q7Zt-3kP_fW0aB1c"},
    }
    assert rig.table.rows[VISITS] == {"visit#q7Zt-3kP_fW0aB1c": visit, "visitorCount": count}
    assert rig.send(recorded("connect")) == {"statusCode": 200}
    assert [(line["message"], line["connection"]) for line in rig.lines] == [
        ("visit_recorded", "Cc1l"),
        ("visit_repeated", "Cc1l"),
    ]


def test_in_a_crowd_connecting_marks_the_visit_for_the_stream(rig: Rig) -> None:
    rig.crowd()
    assert rig.send(recorded("connect")) == {"statusCode": 200}
    assert rig.table.rows[VISITS] == {
        "visit#q7Zt-3kP_fW0aB1c": {
            "id": {"S": "visit#q7Zt-3kP_fW0aB1c"},
            "arrivedAt": {"N": str(NOW)},
            "uncounted": {"S": "q7Zt-3kP_fW0aB1c"},
            "expiresAt": {"N": str(NOW + 30 * 86_400)},
        }
    }


def test_a_refused_connection_writes_nothing(rig: Rig) -> None:
    event = recorded("connect")
    event["multiValueHeaders"]["Origin"] = ["https://Evil.example"]
    assert rig.send(event) == {"statusCode": 403}
    event["headers"] = event["multiValueHeaders"] = None
    event["queryStringParameters"]["visit"] = "<script>"
    assert rig.send(event) == {"statusCode": 400}
    assert rig.table.calls == []
    first, second = rig.lines
    assert (first["message"], first["status"], first["reason"]) == ("connection_refused", 403, "origin")
    assert first["origin"] == "site"
    assert (second["status"], second["reason"], "origin" in second) == (400, "visit", False)


@pytest.mark.parametrize(
    ("origin", "kind"),
    [
        ("http://203.0.113.7", "site"),
        ("https://[2001:db8::1]:8080", "site"),
        ("https://anna-mueller.example", "site"),
        ("http://localhost:3000", "local"),
        ("http://127.0.0.1:8000", "local"),
        ("null", "null"),
        ("chrome-extension://abcdefgh", "other"),
        ("a\nb", "other"),
        ("", "other"),
    ],
)
def test_the_kind_of_a_foreign_origin_is_logged(rig: Rig, origin: str, kind: str) -> None:
    event = recorded("connect")
    event["headers"]["Origin"] = event["multiValueHeaders"]["Origin"] = origin
    assert rig.send(event) == {"statusCode": 403}
    assert rig.lines[0]["origin"] == kind


def test_disconnecting_forgets_the_connection(rig: Rig) -> None:
    rig.send(recorded("connect"))
    assert rig.send(recorded("disconnect")) == {"statusCode": 200}
    assert rig.send(recorded("disconnect")) == {"statusCode": 200}
    assert rig.table.rows[CONNECTIONS] == {}


@pytest.mark.parametrize(
    "body",
    ['{"action":"hello"}', "{ not json", "", None, "AAEC/w==", "x" * 131_072, 7, {"odd": []}],
)
def test_any_message_is_answered_with_the_count(rig: Rig, body: Any) -> None:
    rig.table.rows[VISITS]["visitorCount"] = {"id": {"S": "visitorCount"}, "currentCount": {"N": "41"}}
    event = {**recorded("message"), "body": body, "isBase64Encoded": body == "AAEC/w=="}
    assert rig.send(event) == {"statusCode": 200}
    assert rig.transport.received[ID] == [{"count": 41, "online": 1, "days": [0] * 30}]
    assert rig.logged("replied")[0]["count"] == 41
    assert rig.table.calls == ["BatchGetItem"]


def test_before_the_first_broadcast_a_reply_has_the_page_itself(rig: Rig) -> None:
    rig.send(message_event(ID))
    assert rig.transport.received[ID] == [{"count": 0, "online": 1, "days": [0] * 30}]


def test_a_reply_contains_the_online_number_of_the_last_broadcast(rig: Rig) -> None:
    rig.store.broadcasts.record(5, 0, 0, Totals(0, 5, 0))
    rig.send(recorded("message"))
    assert rig.transport.received[ID] == [{"count": 0, "online": 5, "days": [0] * 30}]
    assert rig.logged("replied")[0]["online"] == 5


def test_a_reply_contains_the_last_thirty_days_ending_with_today(rig: Rig) -> None:
    days = {"2026-10-30": 9, "2026-10-31": 2, "2026-11-28": 7, "2026-11-29": 4, "2026-11-30": 1}
    row = {f"day#{day}": {"N": str(visits)} for day, visits in days.items()}
    rig.table.rows[VISITS]["visitorCount"] = {"id": {"S": "visitorCount"}, **row}
    rig.send(recorded("message"))
    ((reply),) = rig.transport.received[ID]
    assert reply["days"] == [2, *[0] * 27, 7, 4], "from 31 October to 29 November, in UTC"


@pytest.mark.parametrize("outcome", [Outcome.GONE, Outcome.FAILED, Outcome.THROTTLED, Outcome.REFUSED])
def test_a_reply_that_does_not_arrive_is_logged(rig: Rig, outcome: Outcome) -> None:
    rig.transport.scripts[ID].extend([outcome] * 100)
    assert rig.send(recorded("message")) == {"statusCode": 200}
    (line,) = rig.lines
    assert (line["message"], line["level"], line["outcome"]) == ("reply_failed", "WARNING", outcome.value)
    assert line["code"] == f"{outcome.title()}Exception"


def test_every_line_about_a_connection_has_the_first_characters_of_its_id(rig: Rig) -> None:
    rig.environment["REPLIES_PER_CONNECTION"] = "2"
    rig.crawlers = frozenset({"bot"})
    rig.connect(ID, "<script>")
    rig.connect(ID, "visit-id-1", user_agent="bot")
    rig.send(recorded("message"))
    rig.transport.scripts[ID].append(Outcome.GONE)
    rig.send(recorded("message"))
    rig.send(recorded("message"))
    rig.send(recorded("disconnect"))
    assert [(line["message"], line["connection"]) for line in rig.lines] == [
        ("connection_refused", "Cc1l"),
        ("visit_not_counted", "Cc1l"),
        ("replied", "Cc1l"),
        ("reply_failed", "Cc1l"),
        ("reply_refused", "Cc1l"),
        ("disconnected", "Cc1l"),
    ]


BUSY = [Fault.THROTTLED, Fault.SERVER_ERROR, Fault.LOST_REQUEST, Fault.LOST_ANSWER]


@pytest.mark.parametrize("fault", BUSY)
@pytest.mark.parametrize("healthy_before", [0, 1])
@pytest.mark.parametrize("crowd", [True, False])
def test_connecting_retries_and_counts_once(rig: Rig, fault: Fault, healthy_before: int, crowd: bool) -> None:
    if crowd:
        rig.crowd()
    rig.client = FaultyClient(rig.table, [*[Fault.NONE] * healthy_before, *[fault] * 4])
    assert rig.connect("page", "visit-id-1") == {"statusCode": 200}
    assert (fault is Fault.LOST_ANSWER) or 0 < rig.clock.now - rig.clock.started < RETRY_SECONDS
    assert list(rig.table.rows[CONNECTIONS]) == ["page"]
    rig.client = None
    rig.fold()
    assert rig.count() == 1


def test_connecting_fails_before_the_timeouts_of_api_gateway_and_the_page(rig: Rig) -> None:
    rig.clock.timeout = 60
    rig.client = FaultyClient(rig.table, [Fault.THROTTLED] * 10_000)
    assert rig.connect("page", "visit-id-1") == {"statusCode": 500}
    assert RETRY_SECONDS / 2 < rig.clock.now - rig.clock.started < RETRY_SECONDS
    assert rig.logged("failed")[0]["event"] == "Connect"


def test_connecting_respects_an_earlier_deadline_of_the_function(rig: Rig) -> None:
    rig.clock.timeout = 5
    rig.client = FaultyClient(rig.table, [Fault.THROTTLED] * 10_000)
    assert rig.connect("page", "visit-id-1") == {"statusCode": 500}
    assert rig.clock.now - rig.clock.started < 3


@pytest.mark.parametrize("name", ["disconnect", "message"])
@pytest.mark.parametrize("fault", [Fault.THROTTLED, Fault.SERVER_ERROR, Fault.LOST_ANSWER])
def test_a_store_that_fails_is_a_server_error(rig: Rig, name: str, fault: Fault) -> None:
    rig.client = FaultyClient(rig.table, [fault])
    assert rig.send(recorded(name)) == {"statusCode": 500}
    assert rig.logged("failed")[0]["event"] == name.title()


def test_a_visit_whose_response_was_lost_is_a_repetition(rig: Rig) -> None:
    rig.client = FaultyClient(rig.table, [Fault.NONE, Fault.LOST_ANSWER])
    assert rig.send(recorded("connect")) == {"statusCode": 200}
    assert [line["message"] for line in rig.lines] == ["visit_repeated"]
