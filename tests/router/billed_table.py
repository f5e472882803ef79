"""The fake DynamoDB with ReturnConsumedCapacity, as `benchmarks.units` computes it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from benchmarks.units import Charge, Charging

if TYPE_CHECKING:
    from collections.abc import Callable

    from tests.router.fake_dynamodb import FakeDynamoDB


class BilledTable:
    """A client that adds ConsumedCapacity to the responses of the fake, and sums it. units: reads and writes so far."""

    def __init__(self, table: FakeDynamoDB) -> None:
        self.table = table
        self.units = {"reads": 0.0, "writes": 0.0}

    def __getattr__(self, name: str) -> Callable[..., Any]:
        def call(*, ReturnConsumedCapacity: str = "NONE", **request: Any) -> Any:  # noqa: N803
            charges: list[Charge] = []
            try:
                answer = getattr(Charging(self.table, charges.append), name)(**request)
            finally:
                self._bill(charges)
            if ReturnConsumedCapacity == "NONE":
                return answer
            consumed = {"TableName": "…", "CapacityUnits": sum(charge.writes + charge.reads for charge in charges)}
            return {**answer, "ConsumedCapacity": [consumed] if _is_of_several_tables(request) else consumed}

        return call

    def _bill(self, charges: list[Charge]) -> None:
        for charge in charges:
            self.units["reads"] += charge.reads
            self.units["writes"] += charge.writes


def _is_of_several_tables(request: dict[str, Any]) -> bool:
    return "RequestItems" in request or "TransactItems" in request
