"""The metered seams: DynamoDB, @connections and the site's bucket, each with the interface of what it wraps."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

from router.aws.connections_api import CLOSE
from router.aws.http_client import UNTIL_RESPONSE, Wait
from router.budget import prices
from router.contract.log_values import Outcome

if TYPE_CHECKING:
    from collections.abc import Callable

    from router.aws.connections_api import Delivery, Post, Posts, Transport
    from router.aws.s3 import Bucket
    from router.budget.meter import Meter

_READS: Final = frozenset({"batch_get_item", "query", "scan"})
_BILLED: Final = frozenset({Outcome.DELIVERED, Outcome.FAILED})
"""The outcomes of a post that is billed, or may be, because its response is missing."""

_UNBILLED: Final = frozenset({"ProvisionedThroughputExceededException", "RequestLimitExceeded", "ThrottlingException"})
"""The codes of a throttled request, which consumes no capacity."""

_TRANSACTION: Final = 2
"""The units of each write in a transaction."""


class MeteredDynamoDB:
    """A client of DynamoDB that counts the capacity that each request consumed, as DynamoDB returns it."""

    def __init__(self, client: Any, meter: Meter) -> None:
        self._client = client
        self._meter = meter

    def __getattr__(self, operation: str) -> Callable[..., Any]:
        """Return the operation of the client, metered."""
        call = getattr(self._client, operation)
        if operation == "close":
            return call  # type: ignore[no-any-return]

        def metered(**request: Any) -> Any:
            try:
                answer = call(**request, ReturnConsumedCapacity="TOTAL")
            except Exception as error:
                # A failed condition and a cancelled transaction are billed; what was lost may have been applied.
                if _code(error) not in _UNBILLED:
                    self._count(operation, estimate(operation, request))
                raise
            consumed = answer.pop("ConsumedCapacity", None)
            self._count(operation, estimate(operation, request) if consumed is None else _units(consumed))
            return answer

        return metered

    def _count(self, operation: str, units: float) -> None:
        self._meter.count(prices.READ if operation in _READS else prices.WRITE, units)


def estimate(operation: str, request: dict[str, Any]) -> float:
    """Return the units of a request with items below 1 KB, for a response that does not say."""
    match operation:
        case "transact_write_items":
            return _TRANSACTION * len(request["TransactItems"])
        case "batch_get_item":
            return sum(len(table["Keys"]) for table in request["RequestItems"].values())
        case "batch_write_item":
            return sum(map(len, request["RequestItems"].values()))
        case _:
            return 1


def _code(error: Exception) -> str:
    """Return the code of a ClientError, empty for another error."""
    response: dict[str, Any] = getattr(error, "response", None) or {}
    return str(response.get("Error", {}).get("Code", ""))


def _units(consumed: Any) -> float:
    """Return the units of ConsumedCapacity, which is of one table or a list of them."""
    return sum(float(table["CapacityUnits"]) for table in (consumed if isinstance(consumed, list) else [consumed]))


@dataclass(frozen=True)
class MeteredTransport:
    """A transport that counts the posts that are billed.

    reserve: takes the number of posts of a run and charges them before the first, so that other environments know of
        them; returns False if the budget does not pay for them, and then nothing is posted
    """

    transport: Transport
    meter: Meter
    reserve: Callable[[int], bool]

    def run(self, posts: Posts) -> None:
        """Send the posts. If the budget does not pay for them, they remain without a result."""
        counted = _Counted(posts, self.reserve)
        try:
            self.transport.run(counted)
        finally:
            if counted.billed != counted.reserved:
                self.meter.count(prices.MESSAGE, counted.billed - counted.reserved)


class _Counted:
    """Posts whose results are counted. They are reserved with the first that is billed: closing is not."""

    def __init__(self, posts: Posts, reserve: Callable[[int], bool]) -> None:
        self.number = posts.number
        self.next: Callable[[], Post | Wait] = self._first
        self._next, self._answered, self._reserve = posts.next, posts.answered, reserve
        self.reserved = self.billed = 0

    def _first(self) -> Post | Wait:
        turn = self._next()
        if isinstance(turn, Wait) or turn.data == CLOSE:
            return turn
        if not self._reserve(self.number):
            self.next = _nothing
            return UNTIL_RESPONSE
        self.reserved, self.next = self.number, self._next
        return turn

    def answered(self, post: Post, delivery: Delivery, /) -> None:
        self.billed += post.data != CLOSE and delivery.outcome in _BILLED
        self._answered(post, delivery)


def _nothing() -> Wait:
    return UNTIL_RESPONSE


@dataclass(frozen=True)
class MeteredBucket:
    """A bucket that counts its uploads."""

    bucket: Bucket
    meter: Meter

    def put(self, key: str, content: bytes, *, content_type: str, cache_control: str) -> None:
        """Upload a file. Raises BucketError when that fails."""
        self.meter.count(prices.PUT)
        self.bucket.put(key, content, content_type=content_type, cache_control=cache_control)
