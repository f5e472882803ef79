"""The fake DynamoDB with ReturnConsumedCapacity, as DynamoDB computes it for items below 1 KB."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Callable

    from tests.router.fake_dynamodb import FakeDynamoDB

ITEM_BYTES = 100
READ_BYTES = 4096


class BilledTable:
    """A client that adds ConsumedCapacity to the responses of the fake, and sums it. units: reads and writes so far."""

    def __init__(self, table: FakeDynamoDB) -> None:
        self.table = table
        self.units = {"reads": 0.0, "writes": 0.0}

    def __getattr__(self, name: str) -> Callable[..., Any]:
        def call(*, ReturnConsumedCapacity: str = "NONE", **request: Any) -> Any:  # noqa: N803
            try:
                answer = getattr(self.table, name)(**request)
            except Exception:
                self._bill(name, len(request.get("TransactItems", [])) * 2 or 1)  # of a failed condition
                raise
            units = read_units(request, answer) if name in {"scan", "batch_get_item"} else write_units(name, request)
            self._bill(name, units)
            if ReturnConsumedCapacity == "NONE":
                return answer
            consumed = {"TableName": "…", "CapacityUnits": units}
            return {**answer, "ConsumedCapacity": [consumed] if "RequestItems" in request else consumed}

        return call

    def _bill(self, name: str, units: float) -> None:
        self.units["reads" if name in {"scan", "batch_get_item"} else "writes"] += units


def write_units(name: str, request: dict[str, Any]) -> float:
    """Return the write units: two for each write of a transaction, and one for an entry of the index."""
    match name:
        case "transact_write_items":
            items = request["TransactItems"]
            return 2 * len(items) + sum("uncounted" in str(item) for item in items)
        case "batch_write_item":
            return sum(map(len, request["RequestItems"].values()))
        case "put_item":
            return 2 if "uncounted" in request["Item"] else 1
        case "batch_get_item" | "scan":
            return 0
        case _:
            return 1


def read_units(request: dict[str, Any], answer: dict[str, Any]) -> float:
    """Return the read units: half as much for an eventually consistent read."""
    if "RequestItems" in request:
        return sum(
            len(keys["Keys"]) * (1.0 if keys.get("ConsistentRead") else 0.5)
            for keys in request["RequestItems"].values()
        )
    items = answer["Count"] if "Count" in answer else len(answer["Items"])
    return max(1, math.ceil(items * ITEM_BYTES / READ_BYTES)) * (1.0 if request.get("ConsistentRead") else 0.5)
