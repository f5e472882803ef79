"""The visits of each policy, and the connections that are not counted."""

from __future__ import annotations

from typing import Any

import pytest

from router.visitors.salt import hashed
from router.visitors.viewer import network_of
from tests.router.fake_dynamodb import CONNECTIONS, VISITS
from tests.router.rig import ENVIRONMENT, Rig, recorded

SECRET = "s" * 43
VISITOR = {**ENVIRONMENT, "VISIT_POLICY": "visitor", "ORIGIN_SECRET": SECRET}
CRAWLER = "Mozilla/5.0 (compatible; Googlebot/2.1; +http://www.google.com/bot.html)"


def counted(rig: Rig, *connects: dict[str, Any]) -> int:
    """Open connections with distinct ids and return the count."""
    for number, connect in enumerate(connects):
        answer = rig.connect(f"connection-{len(rig.table.rows[CONNECTIONS])}-{number}", **connect)
        assert answer == {"statusCode": 200}
    rig.fold()
    return rig.count()


def test_policy_tab_uses_the_id_of_the_page(rig: Rig) -> None:
    assert counted(rig, {"visit": "visit-one"}, {"visit": "visit-one"}, {"visit": "visit-two"}) == 2
    assert counted(rig, {}, {}) == 4


def test_policy_connection_uses_the_connection_id() -> None:
    rig = Rig(environment={**ENVIRONMENT, "VISIT_POLICY": "connection"})
    assert counted(rig, {"visit": "visit-one"}, {"visit": "visit-one"}) == 2


def test_policy_visitor_uses_address_and_user_agent() -> None:
    rig = Rig(environment=VISITOR)
    ids: list[dict[str, Any]] = [{"visit": f"invented-{number}", "secret": SECRET} for number in range(50)]
    assert counted(rig, *ids, {"secret": SECRET}) == 1
    assert counted(rig, {"secret": SECRET, "address": "203.0.113.8"}) == 2
    assert counted(rig, {"secret": SECRET, "user_agent": "Mozilla/5.0 Chrome/150.0"}) == 3


@pytest.mark.parametrize(
    ("agent", "hashed_agent"), [("Firefox", b"Firefox"), ("\ud800", b"?"), ("x" * 1100, b"x" * 1024)]
)
def test_the_id_of_a_visitor_is_a_hash_with_the_salt_of_the_day(agent: str, hashed_agent: bytes) -> None:
    rig = Rig(environment=VISITOR)
    rig.connect("connection", secret=SECRET, user_agent=agent)
    salt = rig.invocation().salt()
    visit_id = hashed(salt, b"visitor", network_of("203.0.113.7"), hashed_agent)
    assert f"visit#{visit_id}" in rig.table.rows[VISITS]


def test_policy_visitor_limits_new_visitors_of_an_address() -> None:
    rig = Rig(environment={**VISITOR, "VISITS_PER_ADDRESS": "1"})
    one: dict[str, Any] = {"secret": SECRET, "user_agent": "one"}
    two: dict[str, Any] = {"secret": SECRET, "user_agent": "two"}
    assert counted(rig, one, two, one, {**two, "address": "203.0.113.8"}) == 2
    assert [line["reason"] for line in rig.logged("visit_not_counted")] == ["limit"]
    assert len(rig.logged("visit_repeated")) == 1


def test_policy_visitor_ignores_forged_forwarded_addresses() -> None:
    rig = Rig(environment=VISITOR)
    through: list[dict[str, Any]] = [{"secret": SECRET, "address": f"10.0.0.{n}, 203.0.113.7"} for n in range(50)]
    past: list[dict[str, Any]] = [{"secret": "guess", "address": f"10.0.1.{n}"} for n in range(50)]
    assert counted(rig, *through) == 1
    assert counted(rig, *past) == 2  # all of them the one address that API Gateway saw


def test_a_visitor_counts_again_the_next_day() -> None:
    rig = Rig(environment=VISITOR)
    assert counted(rig, {"secret": SECRET}) == 1
    rig.clock.sleep(86_400)
    assert counted(rig, {"secret": SECRET}) == 2


def test_nothing_stored_identifies_a_visitor() -> None:
    rig = Rig(environment={**VISITOR, "VISITS_PER_ADDRESS": "5", "CONNECTS_PER_ADDRESS": "5"})
    counted(rig, {"secret": SECRET, "visit": "q7Zt-3kP_fW0aB1c"})
    kept = str(rig.table.rows) + str(rig.lines)
    for personal in ("203.0.113.7", "198.51.100.23", "Firefox", "q7Zt-3kP_fW0aB1c", SECRET):
        assert personal not in kept
    salts = [key for key in rig.table.rows[VISITS] if key.startswith("salt#")]
    assert salts == ["salt#2026-11-29"]
    assert all("expiresAt" in row for key, row in rig.table.rows[VISITS].items() if "#" in key and key[:4] != "day#")


def test_without_a_secret_visitors_are_distinguished_by_source_address() -> None:
    rig = Rig(environment={**VISITOR, "ORIGIN_SECRET": "", "VISITS_PER_ADDRESS": "1"})
    assert counted(rig, {"address": "10.0.0.1"}, {"address": "10.0.0.2"}) == 1
    assert counted(rig, *({"user_agent": f"browser {number}"} for number in range(5))) == 6


@pytest.mark.parametrize("policy", ["tab", "visitor", "connection"])
def test_pages_that_opt_out_are_not_counted_and_receive_the_count(policy: str) -> None:
    rig = Rig(environment={**ENVIRONMENT, "VISIT_POLICY": policy})
    assert rig.connect("the owner's", "visit-own", count="no") == {"statusCode": 200}
    assert rig.logged("visit_not_counted")[0]["reason"] == "asked"
    assert counted(rig, {"visit": "visit-one"}) == 1
    rig.fold()
    assert rig.transport.received["the owner's"] == [{"count": 1, "online": 2}]


def test_crawlers_are_not_counted_and_receive_the_count(rig: Rig) -> None:
    rig.crawlers = frozenset({CRAWLER})
    rig.connect("crawler", "visit-two", user_agent=CRAWLER)
    assert rig.logged("visit_not_counted")[0]["reason"] == "crawler"
    assert counted(rig, {"visit": "visit-one"}) == 1
    event = recorded("message")
    event["requestContext"]["connectionId"] = "crawler"
    rig.send(event)
    assert rig.transport.received["crawler"][-1]["count"] == 1
    assert CRAWLER not in str(rig.lines)


def test_crawlers_count_if_configured(rig: Rig) -> None:
    rig.crawlers = frozenset({CRAWLER})
    rig.environment["COUNT_CRAWLERS"] = "yes"
    assert counted(rig, {"visit": "visit-two", "user_agent": CRAWLER}) == 1
