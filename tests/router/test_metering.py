from __future__ import annotations

from typing import Any

import pytest
from botocore.exceptions import ClientError

from router.aws.connections_api import CLOSE, Delivery, Post
from router.aws.http_client import UNTIL_RESPONSE, Wait
from router.budget import prices
from router.budget.meter import Meter
from router.contract.log_values import Outcome
from router.metering import MeteredBucket, MeteredDynamoDB, MeteredTransport, estimate
from tests.router.billed_table import BilledTable
from tests.router.fake_dynamodb import CONNECTIONS, VISITS, FakeDynamoDB, client_error
from tests.router.rig import FakeBucket, FakeTransport, store_over


@pytest.fixture
def meter() -> Meter:
    meter = Meter()
    meter.take()
    return meter


def test_the_capacity_that_dynamodb_returns_is_counted(meter: Meter) -> None:
    billed = BilledTable(FakeDynamoDB())
    store = store_over(MeteredDynamoDB(billed, meter))
    store.record_visit("visit-1234", 1, 60)
    assert meter.take() == {prices.WRITE: 2}, "with its entry in the index"
    store.connections.add("c", 1)
    store.connections.delete_all(["c"])
    assert meter.take() == {prices.WRITE: 2}
    store.broadcasts.totals()
    list(store.connections.pages())
    store.connections.number()
    assert meter.take() == {prices.READ: 4.5}


class Plain:
    """A client of an emulator that does not return the capacity."""

    def __init__(self, table: FakeDynamoDB) -> None:
        self.table = table

    def __getattr__(self, name: str) -> Any:
        def call(*, ReturnConsumedCapacity: str, **request: Any) -> Any:  # noqa: N803
            assert ReturnConsumedCapacity == "TOTAL"
            return getattr(self.table, name)(**request)

        return call

    def close(self) -> str:
        return "closed"


def test_without_a_capacity_it_is_estimated_and_so_is_that_of_a_failed_condition(meter: Meter) -> None:
    client = MeteredDynamoDB(Plain(FakeDynamoDB()), meter)
    store = store_over(client)
    assert store.record_visit("visit-1234", 1, 60)
    assert not store.record_visit("visit-1234", 1, 60)
    assert meter.take() == {prices.WRITE: 2}
    with pytest.raises(ClientError):
        client.transact_write_items(TransactItems=[{"Update": _unmark("a")}, {"Update": _unmark("b")}])
    assert meter.take() == {prices.WRITE: 4}
    assert client.close() == "closed"


def _unmark(visit: str) -> dict[str, Any]:
    return {
        "TableName": VISITS,
        "Key": {"id": {"S": f"visit#{visit}"}},
        "UpdateExpression": "REMOVE uncounted",
        "ConditionExpression": "attribute_exists(uncounted)",
    }


@pytest.mark.parametrize(
    ("operation", "request_", "units"),
    [
        ("transact_write_items", {"TransactItems": [1, 2]}, 4),
        ("batch_get_item", {"RequestItems": {VISITS: {"Keys": [1, 2]}, CONNECTIONS: {"Keys": [1]}}}, 3),
        ("batch_write_item", {"RequestItems": {VISITS: [1, 2]}}, 2),
        ("update_item", {}, 1),
        ("scan", {}, 1),
    ],
)
def test_the_estimate(operation: str, request_: dict[str, Any], units: float) -> None:
    assert estimate(operation, request_) == units


class Some:
    """Posts to so many connections."""

    def __init__(self, number: int, data: bytes = b"{}") -> None:
        self.number = number
        self.waiting = [Post(f"c{at}", data) for at in range(number)]
        self.results: list[Outcome] = []

    def next(self) -> Post | Wait:
        return self.waiting.pop() if self.waiting else UNTIL_RESPONSE

    def answered(self, _post: Post, delivery: Delivery, /) -> None:
        self.results.append(delivery.outcome)


def test_posts_are_charged_in_advance_and_what_was_not_billed_is_taken_back(meter: Meter) -> None:
    transport, asked = FakeTransport(), []
    transport.outcomes.extend([Outcome.GONE, Outcome.THROTTLED, Outcome.FAILED])

    def reserve(number: int) -> bool:
        asked.append(number)
        meter.count(prices.MESSAGE, number)
        return True

    posts = Some(5)
    MeteredTransport(transport, meter, reserve).run(posts)
    assert (asked, len(posts.results)) == ([5], 5)
    assert meter.take() == {prices.MESSAGE: 3}


def test_posts_that_the_budget_does_not_pay_for_are_not_sent(meter: Meter) -> None:
    transport, posts = FakeTransport(), Some(5)
    MeteredTransport(transport, meter, lambda _: False).run(posts)
    assert (transport.tries, posts.results, meter.take()) == (0, [], {})


@pytest.mark.parametrize("pays", [True, False])
def test_closing_is_neither_charged_nor_refused(meter: Meter, pays: bool) -> None:
    transport, posts = FakeTransport(), Some(5, CLOSE)
    MeteredTransport(transport, meter, lambda _: pays).run(posts)
    assert (len(transport.closed), meter.take()) == (5, {})


def test_uploads_are_counted(meter: Meter) -> None:
    bucket = FakeBucket()
    MeteredBucket(bucket, meter).put("badge.svg", b"<svg/>", content_type="image/svg+xml", cache_control="none")
    assert bucket.files == {"badge.svg": b"<svg/>"}
    assert meter.take() == {prices.PUT: 1}


@pytest.mark.parametrize(("code", "units"), [("ThrottlingException", {}), ("InternalServerError", {prices.WRITE: 1})])
def test_a_throttled_request_is_not_billed(meter: Meter, code: str, units: dict[str, float]) -> None:
    class Faulty:
        def update_item(self, **_: Any) -> Any:
            raise client_error("UpdateItem", code)

    with pytest.raises(ClientError):
        MeteredDynamoDB(Faulty(), meter).update_item(Key={})
    assert meter.take() == units
