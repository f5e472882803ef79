"""Abuse by a single client: thousands of connections, message floods, forged ids and user agents, unread messages."""

from __future__ import annotations

from typing import Any

import pytest

from router.contract.log_values import Outcome
from tests.router.fake_dynamodb import CONNECTIONS, VISITS
from tests.router.faults import Fault, FaultyClient
from tests.router.rig import ENVIRONMENT, Rig, recorded

SECRET = "s" * 43


@pytest.fixture
def guarded() -> Rig:
    limits = {"CONNECTS_PER_ADDRESS": "100", "VISITS_PER_ADDRESS": "50", "REPLIES_PER_CONNECTION": "10"}
    return Rig(environment={**ENVIRONMENT, "VISIT_POLICY": "visitor", "ORIGIN_SECRET": SECRET, **limits})


def message(connection_id: str, body: Any = "hello") -> dict[str, Any]:
    event = recorded("message")
    event["requestContext"]["connectionId"] = connection_id
    return {**event, "body": body}


def test_thousands_of_sockets_of_one_address_are_a_hundred(guarded: Rig) -> None:
    answers = [guarded.connect(f"flood-{number}", secret=SECRET)["statusCode"] for number in range(1000)]
    assert (answers.count(200), answers.count(429)) == (100, 900)
    assert len(guarded.table.rows[CONNECTIONS]) == 100
    assert guarded.connect("somebody else", secret=SECRET, address="192.0.2.1") == {"statusCode": 200}
    guarded.fold()
    guarded.fold()
    assert guarded.count() == 2
    assert guarded.transport.received["somebody else"][-1]["count"] == 2
    assert guarded.logged("connection_refused")[0]["reason"] == "limit"


def test_the_limit_resets_after_ten_minutes(guarded: Rig) -> None:
    for number in range(101):
        guarded.connect(f"flood-{number}", secret=SECRET)
    guarded.clock.sleep(600)
    assert guarded.connect("later", secret=SECRET) == {"statusCode": 200}


def test_a_thousand_invented_browsers_of_one_address_are_fifty_visitors_a_day(guarded: Rig) -> None:
    guarded.environment["CONNECTS_PER_ADDRESS"] = "0"
    for number in range(1000):
        name = {"user_agent": f"browser {number}", "visit": f"invented-{number}"}
        assert guarded.connect(f"c{number}", secret=SECRET, **name) == {"statusCode": 200}
    guarded.fold()
    assert guarded.count() == 50
    assert len([line for line in guarded.logged("visit_not_counted") if line["reason"] == "limit"]) == 950
    guarded.connect("known", secret=SECRET, user_agent="browser 7")
    assert guarded.logged("visit_repeated")


def test_a_whole_ipv6_network_is_one_address(guarded: Rig) -> None:
    answers = [
        guarded.connect(f"c{number}", secret=SECRET, address=f"2001:db8::{number:x}")["statusCode"]
        for number in range(150)
    ]
    assert answers.count(200) == 100


def test_a_script_with_a_whole_ipv6_block_is_two_addresses(guarded: Rig) -> None:
    """A /48 has 65,536 networks, all of which a script can use."""
    answers = [
        guarded.connect(f"c{number}", secret=SECRET, address=f"2001:db8:7:{number:x}::1")["statusCode"]
        for number in range(500)
    ]
    assert (answers.count(200), answers.count(429)) == (200, 300)
    guarded.fold()
    guarded.fold()
    assert guarded.count() == 100, "visitors of one block in a day"
    assert guarded.connect("neighbour", secret=SECRET, address="2001:db8:8::1") == {"statusCode": 200}


def test_one_network_cannot_use_up_its_block(guarded: Rig) -> None:
    for number in range(300):
        guarded.connect(f"flood-{number}", secret=SECRET, address="2001:db8:7:1::1")
    assert len(guarded.table.rows[CONNECTIONS]) == 100
    assert guarded.connect("another", secret=SECRET, address="2001:db8:7:2::1") == {"statusCode": 200}


def test_a_block_costs_no_request_more_than_an_address(guarded: Rig) -> None:
    for address in ("203.0.113.7", "2001:db8:7:1::1"):
        guarded.table.calls.clear()
        guarded.connect(address, secret=SECRET, address=address)
        assert guarded.table.calls.count("UpdateItem") == 1, "one of visits: the first connect is kept in memory"
    for address in ("203.0.113.7", "2001:db8:7:2::1"):
        guarded.table.calls.clear()
        guarded.connect(f"again {address}", secret=SECRET, address=address)
        assert "UpdateItem" in guarded.table.calls
        assert guarded.table.calls.count("UpdateItem") <= 2


def test_without_a_secret_cloudfronts_address_is_not_limited(guarded: Rig) -> None:
    guarded.environment["ORIGIN_SECRET"] = ""
    answers = {guarded.connect(f"c{number}")["statusCode"] for number in range(200)}
    assert answers == {200}


def test_a_flood_of_messages_is_answered_ten_times_costs_no_write_and_ends_the_connection(guarded: Rig) -> None:
    for number in range(1000):
        assert guarded.send(message("flooder", body="x" * number)) == {"statusCode": 200}
    assert len(guarded.transport.received["flooder"]) == 10
    assert guarded.table.calls == ["BatchGetItem"] * 10
    assert guarded.transport.closed == ["flooder"] * 99, "once for ten messages that were on their way"
    guarded.send(message("bystander"))
    assert len(guarded.transport.received["bystander"]) == 1
    guarded.clock.sleep(10)
    guarded.send(message("flooder"))
    assert len(guarded.transport.received["flooder"]) == 11


def test_limits_can_be_disabled(rig: Rig) -> None:
    for _ in range(50):
        rig.send(message("flooder"))
    assert len(rig.transport.received["flooder"]) == 50
    assert "UpdateItem" not in rig.table.calls


def test_connections_that_never_read_do_not_delay_others(guarded: Rig) -> None:
    for number in range(40):
        guarded.connect(f"reader-{number}", secret=SECRET, address=f"192.0.2.{number}")
    for number in range(20):
        guarded.connect(f"deaf-{number}", secret=SECRET)
        guarded.transport.scripts[f"deaf-{number}"].extend([Outcome.FAILED] * 1000)
    began = guarded.clock.now
    guarded.fold()
    guarded.fold()
    for number in range(40):
        assert guarded.transport.received[f"reader-{number}"][-1]["count"] == 41
    assert guarded.clock.now - began < 2
    assert guarded.store.broadcasts.totals().announced == 41


def test_refused_connections_leave_only_the_limit_item(guarded: Rig) -> None:
    guarded.environment["CONNECTS_PER_ADDRESS"] = "2"
    for number in range(20):
        guarded.connect(f"c{number}", secret=SECRET)
    assert len(guarded.table.rows[CONNECTIONS]) == 2
    limits = {key: row for key, row in guarded.table.rows[VISITS].items() if key.startswith("limit#")}
    assert sorted(row["taken"]["N"] for row in limits.values()) == ["1", "2"]  # of visits, and of connects
    assert all(int(row["expiresAt"]["N"]) > guarded.clock.now for row in limits.values())


def test_a_limit_that_cannot_be_checked_refuses_temporarily(guarded: Rig) -> None:
    guarded.client = FaultyClient(guarded.table, [Fault.THROTTLED] * 100)
    assert guarded.connect("c", secret=SECRET) == {"statusCode": 500}
    guarded.client = None
    assert guarded.connect("c", secret=SECRET) == {"statusCode": 200}


def test_a_page_that_asks_now_and_then_stays_connected(guarded: Rig) -> None:
    for _ in range(60):
        guarded.send(message("page"))
        guarded.clock.sleep(2)
    assert len(guarded.transport.received["page"]) == 60
    assert guarded.transport.closed == []
