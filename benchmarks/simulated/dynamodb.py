"""DynamoDB in the simulation: the fake of the tests with latencies, units, and conflicts of transactions."""

from __future__ import annotations

import math
from bisect import bisect_right
from collections import Counter
from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from benchmarks.units import Charge, Charging
from router.contract import tables
from tests.router import fake_segments
from tests.router.fake_dynamodb import CONNECTIONS, FakeDynamoDB, client_error

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

REQUEST_SECONDS = 0.005
TRANSACTION_SECONDS = 0.01
SCAN_PAGE_SECONDS = 0.1
SCAN_PAGE = 10_000
"""The number of items of about 100 bytes in a page of 1 MB."""

_KEY_NAMES = (tables.ID, tables.CONNECTION_ID)


class LargeTable(FakeDynamoDB):
    """The fake, with a scan of the connections that does not sort them for each page."""

    def __init__(self) -> None:
        super().__init__(page=SCAN_PAGE)
        self._sorted: dict[tuple[int, int], list[str]] = {}

    def scan(self, **request: Any) -> Any:
        if request["TableName"] != CONNECTIONS or "FilterExpression" in request:
            return super().scan(**request)
        rows, segment = self.rows[CONNECTIONS], (request.get("Segment", 0), request.get("TotalSegments", 1))
        if "ExclusiveStartKey" not in request:
            self._sorted[segment] = sorted(key for key in rows if fake_segments.is_of(key, request))
        after = request.get("ExclusiveStartKey", {}).get(tables.CONNECTION_ID, {}).get("S", "")
        keys = self._sorted[segment]
        first = bisect_right(keys, after)
        page = keys[first : first + min(self.page, request.get("Limit", self.page))]
        answer: dict[str, Any] = {"Items": [rows[key] for key in page if key in rows]}
        if first + len(page) < len(keys):
            answer["LastEvaluatedKey"] = {tables.CONNECTION_ID: {"S": page[-1]}}
        return answer


class Locks:
    """The items that a transaction in progress uses."""

    def __init__(self) -> None:
        self._held: Counter[str] = Counter()
        self.conflicts = 0

    def is_held(self, key: str) -> bool:
        """Return True, and count a conflict, if a transaction uses the item."""
        held = self._held[key] > 0
        self.conflicts += held
        return held

    def change(self, keys: Sequence[str], by: int) -> None:
        """Take (1) or release (-1) items."""
        for key in keys:
            self._held[key] += by


class MeteredClient:
    """A client that counts requests and their DynamoDB units. `advance` receives the duration of each request.

    locks: shared by all clients of a simulation; None: no conflicts
    """

    def __init__(
        self, table: FakeDynamoDB, meter: Counter[str], advance: Callable[[float], None], locks: Locks | None = None
    ) -> None:
        self._meter, self._advance, self._locks = meter, advance, locks or Locks()
        self._table = Charging(table, self._charge, self._before)

    def __getattr__(self, name: str) -> Callable[..., Any]:
        def call(**request: Any) -> Any:
            self._meter["requests"] += 1
            answer = getattr(self._table, name)(**request)
            if name == "scan":
                self._advance(SCAN_PAGE_SECONDS * len(answer["Items"]) / SCAN_PAGE)
            return answer

        return call

    def _charge(self, charge: Charge) -> None:
        units = {"writes": charge.writes, "reads": math.ceil(charge.reads)}
        self._meter.update(units)
        if charge.operation == "Scan":
            self._meter["scanned"] += units["reads"]

    def _before(self, name: str, request: Mapping[str, Any]) -> None:
        """Take the time of a request. Raises ClientError for a conflict with a transaction in progress."""
        if name == "transact_write_items":
            return self._transact(request)
        self._advance(REQUEST_SECONDS)
        key = _key(request.get("Key") or request.get("Item") or {})
        if key and self._locks.is_held(key):
            raise client_error(name, "TransactionConflictException")
        return None

    def _transact(self, request: Mapping[str, Any]) -> None:
        """Take the time of a transaction, which holds its items meanwhile. A conflict cancels it."""
        keys = [_key(action.get("Key") or action["Item"]) for action in _actions(request)]
        held = [self._locks.is_held(key) for key in keys]
        if any(held):
            self._advance(REQUEST_SECONDS)
            reasons = [{"Code": "TransactionConflict" if one else "None"} for one in held]
            code = "TransactionCanceledException"
            raise client_error("TransactWriteItems", code, CancellationReasons=reasons)
        self._locks.change(keys, 1)
        self._advance(TRANSACTION_SECONDS)
        self._locks.change(keys, -1)


def _actions(request: Mapping[str, Any]) -> Iterator[dict[str, Any]]:
    for item in request["TransactItems"]:
        yield from item.values()


def _key(attributes: dict[str, Any]) -> str:
    return next((str(attributes[name]["S"]) for name in _KEY_NAMES if name in attributes), "")
