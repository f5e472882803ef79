"""The requests of a visit, counted over the router's own code; the estimate of the cost has the same numbers."""

from __future__ import annotations

from benchmarks import requests
from benchmarks.requests import Crowd, Step, lone_visit, of_the_visitor, total
from benchmarks.units import Charge, Charging, size
from deployment.plan import cost
from router.contract import tables
from tests.router.fake_dynamodb import CONNECTIONS, VISITS, FakeDynamoDB
from tests.router.rig import Rig

MOST_REQUESTS, MOST_DOLLARS = 5, 4.30
"""Of the page's own events."""

MOST_REQUESTS_WITH_STREAM, MOST_DOLLARS_WITH_STREAM = requests.MOST_REQUESTS, requests.MOST_DOLLARS


def charges(steps: list[Step]) -> list[Charge]:
    return [charge for step in steps for charge in step.charges]


def test_a_lone_visit_takes_so_many_requests_and_dollars_a_million() -> None:
    steps = lone_visit()
    own, whole = of_the_visitor(steps), total(charges(steps))
    assert own.requests <= MOST_REQUESTS
    assert own.dollars < MOST_DOLLARS
    assert whole.requests <= MOST_REQUESTS_WITH_STREAM
    assert whole.dollars < MOST_DOLLARS_WITH_STREAM
    assert [(charge.operation, charge.of) for step in steps if step.event != "stream" for charge in step.charges] == [
        ("PutItem", "connection"),
        ("TransactWriteItems", "visit#, visitorCount"),
        ("BatchGetItem", "visitorCount, online, connection"),
        ("DeleteItem", "connection"),
        ("Scan", "connection"),
    ]


def test_the_estimate_of_the_cost_has_the_units_and_the_invocations_of_a_lone_visit() -> None:
    steps = lone_visit()
    measured = total(charges(steps))
    assert (measured.writes, measured.reads, len(steps)) == (cost.WRITES, cost.READS, cost.INVOCATIONS)


def test_a_crowd_is_counted_by_the_stream_and_costs_no_more_than_before() -> None:
    few, many = Crowd(1, 100), Crowd(200, 300)
    assert few.run().dollars < 6
    assert many.run().dollars < 7
    assert few.conflicts <= 3
    assert 0 < many.conflicts < 60


def test_units_follow_the_sizes_of_the_items_and_the_index() -> None:
    table, found = FakeDynamoDB(), list[Charge]()
    client = Charging(table, found.append)
    client.put_item(TableName=VISITS, Item={"id": {"S": "visit#" + "x" * 1500}, "uncounted": {"S": "x"}})
    client.put_item(TableName=CONNECTIONS, Item={"connectionId": {"S": "c"}})
    client.delete_item(TableName=VISITS, Key={"id": {"S": "visit#" + "x" * 1500}})
    keys = [{"id": {"S": key}} for key in ("visitorCount", "visit#a")]
    client.batch_get_item(RequestItems={VISITS: {"Keys": keys, "ConsistentRead": True}})
    assert found == [
        Charge("PutItem", "visit#", writes=3),
        Charge("PutItem", "connection", writes=1),
        Charge("DeleteItem", "visit#", writes=3),
        Charge("BatchGetItem", "visitorCount, visit#", reads=2),
    ]
    assert size({"id": {"S": "ü"}, "n": {"N": "123"}}) == 2 + 2 + 1 + 3


def test_a_reload_takes_six_write_units_to_connect() -> None:
    found = list[Charge]()
    rig = Rig()
    rig.client = Charging(rig.table, found.append)
    rig.connect("first", "visit-1234")
    found.clear()
    rig.connect("second", "visit-1234")
    assert [(charge.of, charge.writes) for charge in found] == [
        ("connection", 1),
        ("visit#, visitorCount", 4),
        ("presence", 1),
    ]


def test_the_row_of_the_count_takes_one_write_unit_with_a_dozen_names() -> None:
    days = {tables.day_key(f"2026-11-{day:02}"): {"N": "12345678"} for day in range(32)}
    names = {tables.named_attribute(f"name-{name:03}"): {"N": "12345678"} for name in range(12)}
    last = {"S": tables.named_visit("x" * 64, "x" * 32)}
    row = {"id": {"S": "visitorCount"}, "currentCount": {"N": "123456789012"}, "lastVisit": last, **days, **names}
    assert 900 < size(row) < 1024
