"""What the table does when DynamoDB refuses: conflicts with the router, visits in between, errors."""

from __future__ import annotations

from typing import Any

import pytest
from botocore.exceptions import ConnectTimeoutError

from deployment.counter.count import CountTable
from errors import CloudError
from tests.deployment.fakes import FakeTarget, refused


class Conflicting:
    """A table that rejects `times` transactions because of a conflict with the router."""

    def __init__(self, times: int) -> None:
        self.left = times

    def transact_write_items(self, **_: Any) -> None:
        if self.left:
            self.left -= 1
            error = refused("TransactWriteItems", "TransactionCanceledException", "conflict")
            error.response["CancellationReasons"] = [{"Code": "TransactionConflict"}]
            raise error


def test_a_conflict_with_the_router_is_retried_a_limited_number_of_times() -> None:
    naps: list[float] = []
    CountTable("counts", FakeTarget(clients={"dynamodb": Conflicting(3)}), naps.append).add(1)
    assert len(naps) == 3
    with pytest.raises(CloudError, match="table counts"):
        CountTable("counts", FakeTarget(clients={"dynamodb": Conflicting(99)}), naps.append).add(1)


class Busy:
    """A table in which `times` visits are counted, each between two reads of the count."""

    def __init__(self, times: int) -> None:
        self.left, self.number = times, 0

    def get_item(self, **_: Any) -> Any:
        self.left, self.number = max(self.left - 1, -1), self.number + (self.left > 0)
        return {"Item": {"id": {"S": "visitorCount"}, "currentCount": {"N": str(self.number)}}}

    def get_paginator(self, _operation: str) -> Busy:
        return self

    def paginate(self, **_: Any) -> Any:
        return [{"Items": [{"id": {"S": f"day#{self.number}"}}]}]


def test_rows_are_read_again_until_no_visit_is_counted_meanwhile() -> None:
    naps: list[float] = []
    rows = CountTable("counts", FakeTarget(clients={"dynamodb": Busy(4)}), naps.append).rows()
    assert rows == [{"id": {"S": "day#4"}}]
    assert naps == [0.05, 0.1, 0.2]
    with pytest.raises(CloudError, match="visits were counted during every attempt"):
        CountTable("counts", FakeTarget(clients={"dynamodb": Busy(99)}), naps.append).rows()


class Refusing:
    """A DynamoDB that raises `error` for every write."""

    def __init__(self, error: Exception) -> None:
        self.error = error

    def put_item(self, **_: Any) -> None:
        raise self.error

    transact_write_items = put_item


@pytest.mark.parametrize(
    "error", [refused("PutItem", "AccessDeniedException", "no"), ConnectTimeoutError(endpoint_url="x")]
)
def test_a_failed_write_is_an_error_and_not_an_existing_row(error: Exception) -> None:
    table = CountTable("counts", FakeTarget(clients={"dynamodb": Refusing(error)}))
    with pytest.raises(CloudError, match="table counts"):
        table.put_new({"id": {"S": "visit#a"}})
    with pytest.raises(CloudError, match="table counts"):
        table.add(1)


def test_adding_nothing_makes_no_request() -> None:
    CountTable("counts", FakeTarget(clients={"dynamodb": Refusing(AssertionError())})).add(0)
