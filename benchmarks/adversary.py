"""The router's code under attack, in simulated time, with a bill of its own to compare with the router's meter.

A month has as many seconds as asked for, so that the throttles of the gateway, which accrue a month's dollars, are as
much faster. Each event runs in one of a number of execution environments, which know of the budget only what they have
read; `cold` lets every event find a new one, as it is when each burst needs more environments than the last.

The bill is what AWS would charge at list prices: every request to DynamoDB as the fake table computes it, posts and
messages, the minutes of each open socket, invocations with 5 ms for each request and the start of each environment, log
lines, uploads, and the requests to CloudFront that reach the API. What arises without visitors (`FIXED`) is left out.
"""

from __future__ import annotations

import json
import random
from collections import Counter, deque
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, cast

from benchmarks.gateway import Gateway
from router.aws.connections_api import Delivery, Post
from router.aws.http_client import UNTIL_RESPONSE, Wait
from router.budget.meter import FIXED, LINE_OVERHEAD, START_GIGABYTE_SECONDS
from router.contract import tables, variables
from router.contract.budget import NANODOLLARS, ROW_PREFIX, SPENT, month_of
from router.contract.log_values import Outcome
from router.contract.ticks import EVENT as TICK
from router.dependencies import Dependencies
from router.dispatch import dispatch
from router.storage.store import Store
from template_gen.router import BATCH_SIZE, TIMEOUT_SECONDS
from tests.router.billed_table import BilledTable
from tests.router.fake_dynamodb import CONNECTIONS, VISITS, FakeDynamoDB
from tests.router.rig import ENVIRONMENT

if TYPE_CHECKING:
    from mypy_boto3_dynamodb.client import DynamoDBClient

    from router.aws.connections_api import Posts

GIGABYTES = 0.5
_OK = 200
REQUEST_SECONDS = 0.005
POST_SECONDS = 0.0005
SCAN_PAGE = 10_000
BEGIN = 1_795_000_000 // 86_400 * 86_400


@dataclass
class Bill:
    """The units that AWS bills, by the name of their price."""

    prices: Mapping[str, float]
    units: Counter[str] = field(default_factory=Counter)

    def add(self, name: str, number: float = 1) -> None:
        self.units[name] += number  # type: ignore[assignment]

    @property
    def dollars(self) -> float:
        return sum(self.prices[name] * number for name, number in self.units.items())


class Clock:
    """The time of the simulation, and within an invocation the time that it takes."""

    def __init__(self, now: float) -> None:
        self.now = now

    def read(self) -> float:
        return self.now

    def sleep(self, seconds: float) -> None:
        self.now += seconds


@dataclass(frozen=True)
class Month:
    """What a month may cost. seconds: its length."""

    dollars: float
    seconds: int
    prices: Mapping[str, float]


class World:
    """The gateway, the function and its tables. environments: of the function, at a time."""

    def __init__(self, gateway: Gateway, month: Month, *, environments: int = 10, cold: bool = False) -> None:
        self.gateway, self.month, self.cold = gateway, month, cold
        prices, dollars, month_seconds = month.prices, month.dollars, month.seconds
        self.clock = Clock(gateway.now)
        self.bill = Bill(prices)
        self.random = random.Random(1)  # noqa: S311 - a simulation
        self.table = FakeDynamoDB(page=SCAN_PAGE)
        self.billed = BilledTable(self.table)
        self.log: Counter[str] = Counter()
        self.steps: list[str] = []
        self.mails = 0
        self.opened: dict[str, float] = {}
        self._read = {tables.VISIT_PREFIX: 0, "": 0}
        self._environment = {
            **ENVIRONMENT,
            variables.SITE_BUCKET: "site",
            variables.REPLIES_PER_CONNECTION: "10",
            variables.CONNECTS_PER_ADDRESS: "100",
            variables.ORIGIN_SECRET: "s",
            variables.BUDGET_DOLLARS: f"{dollars:.10f}",
            variables.BUDGET_MONTH_SECONDS: str(month_seconds),
            variables.PRICES: json.dumps(dict(prices)),
            variables.ALERTS_TOPIC: "arn",
            variables.STAGE_THROTTLES: json.dumps(dict(gateway.throttles)),
        }
        self._environments: list[Dependencies | None] = [None] * environments

    # The function

    def send(self, event: Any) -> Any:
        """Invoke the function and bill it. The clock of the simulation does not move."""
        began, before = self.clock.now, dict(self.billed.units)
        self._started = began
        answer = dispatch(event, _Context(self), self._dependencies())
        seconds, self.clock.now = self.clock.now - began, began
        reads = self.billed.units["reads"] - before["reads"]
        self.bill.add("dynamodb_write", self.billed.units["writes"] - before["writes"])
        if event == TICK:  # the fixed part
            reads, seconds = max(0, reads - FIXED["dynamodb_read"]), max(0, seconds - 0.2)
        else:
            self.bill.add("lambda_request")
        self.bill.add("dynamodb_read", reads)
        self.bill.add("lambda_gigabyte_second", (seconds + 0.001) * GIGABYTES)
        return answer

    def remaining(self) -> int:
        return round((self._started + TIMEOUT_SECONDS - self.clock.now) * 1000)

    def _dependencies(self) -> Dependencies:
        at = self.random.randrange(len(self._environments))
        found = self._environments[at]
        if found is None or self.cold:
            found = self._environments[at] = self._new_environment()
            self.bill.add("lambda_gigabyte_second", START_GIGABYTE_SECONDS)
        return found

    def _new_environment(self) -> Dependencies:
        client = cast("DynamoDBClient", _Slow(self.billed, self.clock))
        return Dependencies(
            environment=self._environment,
            make_store=lambda _: Store.of(client, CONNECTIONS, VISITS),
            make_transport=lambda _: _Transport(self),
            make_bucket=lambda _, __: self,
            make_stage=lambda _: self.gateway,
            make_topic=lambda _: self,
            clock=self.clock.read,
            sleep=self.clock.sleep,
            random=self.random.random,
            write=self._write,
            is_crawler=lambda _: False,
        )

    def _write(self, line: str) -> None:
        self.bill.add("logs_gigabyte", (len(line) + LINE_OVERHEAD) / 1e9)
        event = json.loads(line)
        self.log[event["message"]] += 1
        if event["message"] == "budget_step":
            self.steps.append(event["step"])
        assert event["message"] != "failed", line

    def put(self, *_: Any, **__: Any) -> None:
        """Upload a file: the bucket of the site."""
        self.bill.add("s3_put")

    def publish(self, *_: Any) -> None:
        """Send an e-mail: the topic of the owner."""
        self.mails += 1

    # What the function causes

    def run_posts(self, posts: Posts) -> None:
        while (turn := posts.next()) != UNTIL_RESPONSE:
            match turn:
                case Post(connection_id, data):
                    is_open = connection_id in self.opened
                    self.clock.sleep(POST_SECONDS)
                    if is_open and data:
                        self.bill.add("websocket_message")
                    posts.answered(turn, Delivery(Outcome.DELIVERED if is_open else Outcome.GONE))
                    if is_open and not data:
                        self.gateway.close(connection_id)
                case Wait(float() as seconds):
                    self.clock.sleep(seconds)

    # What happens to it

    def connect(self, event: Any, *, through_cloudfront: bool) -> bool:
        """Open a socket that has passed the throttle; return False if the function refuses it."""
        self.bill.add("cloudfront_request", through_cloudfront)
        self.bill.add("websocket_message")
        accepted: bool = self.send(event)["statusCode"] == _OK
        if accepted:
            self.opened[event["requestContext"]["connectionId"]] = self.clock.now
        return accepted

    def message(self, event: Any) -> None:
        self.bill.add("websocket_message")
        self.send(event)

    def disconnect(self, event: Any) -> None:
        began = self.opened.pop(event["requestContext"]["connectionId"])
        self.bill.add("websocket_minute", (self.clock.now - began) / 60)
        self.send(event)

    def deliver_streams(self) -> None:
        """Deliver what has been written to the two event source mappings, as far as their filters pass it."""
        for prefix in self._read:
            new = deque(record for record in self.table.stream[self._read[prefix] :] if _passes(record, prefix))
            self._read[prefix] = len(self.table.stream)
            while new:
                batch = [new.popleft() for _ in range(min(BATCH_SIZE, len(new)))]
                self.send({"Records": batch})

    def tick(self) -> None:
        self.send(TICK)

    def metered(self) -> float:
        """Return the dollars in the rows of the budget."""
        rows = [row for key, row in self.table.rows[VISITS].items() if key.startswith(ROW_PREFIX)]
        return sum(int(row[SPENT]["N"]) for row in rows if SPENT in row) / NANODOLLARS

    def count(self) -> int:
        return int(self.table.rows[VISITS].get(tables.VISITOR_COUNT, {}).get(tables.CURRENT_COUNT, {"N": "0"})["N"])

    def share(self) -> float:
        return month_of(self.clock.now, self.month.seconds)[1]


def _passes(record: dict[str, Any], prefix: str) -> bool:
    key = record["dynamodb"]["Keys"][tables.ID]["S"]
    image = record["dynamodb"].get("NewImage", {})
    if prefix:
        visit = key.startswith(tables.VISIT_PREFIXES)
        return bool(record["eventName"] == "INSERT" and visit and tables.UNCOUNTED in image)
    return key in {tables.VISITOR_COUNT, tables.PRESENCE}


class _Slow:
    """A client whose requests take time."""

    def __init__(self, client: BilledTable, clock: Clock) -> None:
        self._client, self._clock = client, clock

    def __getattr__(self, name: str) -> Callable[..., Any]:
        call: Callable[..., Any] = getattr(self._client, name)

        def slow(**request: Any) -> Any:
            self._clock.sleep(REQUEST_SECONDS)
            return call(**request)

        return slow


@dataclass(frozen=True)
class _Transport:
    world: World

    def run(self, posts: Posts) -> None:
        self.world.run_posts(posts)


@dataclass(frozen=True)
class _Context:
    world: World
    aws_request_id: str = "simulated"

    def get_remaining_time_in_millis(self) -> int:
        return self.world.remaining()
