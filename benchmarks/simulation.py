"""A discrete simulation of the router's code: visits arrive while batches and broadcasts are in progress.

It simulates the clock, DynamoDB (the fake of the tests, with a latency), @connections (without latency, since the rate
limit dominates) and the two event source mappings, which poll the stream four times per second while idle and deliver
the queued records in batches. Visits and their folds run in other execution environments than the broadcast and
continue during it.
"""

from __future__ import annotations

import json
import math
import random
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, NoReturn, cast

from router.aws.connections_api import Delivery, Post
from router.aws.http_client import UNTIL_RESPONSE, Wait
from router.contract import tables, variables
from router.contract.log_values import Outcome
from router.dependencies import Dependencies
from router.dispatch import dispatch
from router.storage.store import Store
from template_gen.router import BATCH_SIZE, TIMEOUT_SECONDS
from tests.router.fake_dynamodb import CONNECTIONS, VISITS, FakeDynamoDB
from tests.router.rig import ENVIRONMENT, connect_event

if TYPE_CHECKING:
    from mypy_boto3_dynamodb.client import DynamoDBClient

    from router.aws.connections_api import Posts
    from router.configuration import Configuration

START = 1_795_000_000.0
REQUEST_SECONDS = 0.005
POLL_SECONDS = 0.25
SCAN_PAGE = 10_000
"""The number of items of about 100 bytes in a page of 1 MB."""


class MeteredClient:
    """A client that counts requests and their DynamoDB units. `advance` receives the duration of each request."""

    def __init__(self, table: FakeDynamoDB, meter: Counter[str], advance: Callable[[float], None]) -> None:
        self._table, self._meter, self._advance = table, meter, advance

    def __getattr__(self, name: str) -> Callable[..., Any]:
        def call(**request: Any) -> Any:
            self._advance(REQUEST_SECONDS)
            answer = getattr(self._table, name)(**request)
            self._meter["requests"] += 1
            self._meter.update(units(name, request, answer))
            return answer

        return call


def units(name: str, request: Any, answer: Any) -> dict[str, int]:
    """Return the DynamoDB units of a request.

    Items are below 1 KB, so a write takes one unit. An uncounted visit takes another one for the index.
    """
    match name:
        case "transact_write_items":
            unmark = f"REMOVE {tables.UNCOUNTED}"
            visits = sum(item.get("Update", {}).get("UpdateExpression") == unmark for item in request["TransactItems"])
            return {"writes": 2 * len(request["TransactItems"]) + visits}
        case "put_item":
            return {"writes": 2 if tables.UNCOUNTED in request["Item"] else 1}
        case "batch_write_item":
            return {"writes": sum(map(len, request["RequestItems"].values()))}
        case "batch_get_item":
            return {"reads": sum(len(table["Keys"]) for table in request["RequestItems"].values())}
        case "scan":
            return {"reads": max(1, len(answer["Items"]) * 100 // 4096)}
        case _:
            return {"writes": 1}


@dataclass
class Ages:
    """The age of the count on each page.

    arrived: the time of each visit
    shown: the count on each page
    seconds: for each post, the age of the previous count on the page
    """

    arrived: list[float] = field(default_factory=list)
    shown: dict[str, int] = field(default_factory=dict)
    seconds: list[float] = field(default_factory=list)

    def update(self, page: str, count: int, now: float) -> None:
        before = self.shown.get(page, 0)
        if before < len(self.arrived) and count > before:
            self.seconds.append(now - self.arrived[before])
        self.shown[page] = max(before, count)


class Simulation:
    """A simulation.

    readers: the number of pages that are open from the start
    rate: the number of visits per second, evenly distributed
    posts_per_second: the rate limit of posts
    """

    def __init__(self, readers: int, rate: float, posts_per_second: int) -> None:
        self.begin = self.now = self.started = START
        self.rate, self.readers = rate, readers
        self.table = FakeDynamoDB(page=SCAN_PAGE)
        self.meter: Counter[str] = Counter()
        self.ages = Ages()
        self.posts = self.invocations = 0
        self.busy_seconds = 0.0
        self._read = {tables.VISIT_PREFIX: 0, tables.VISITOR_COUNT: 0}
        self._next_fold = START + POLL_SECONDS
        self._random = random.Random(1)  # noqa: S311 - jitter
        environment = {
            **ENVIRONMENT,
            variables.POSTS_PER_SECOND: str(posts_per_second),
            variables.REPLIES_PER_CONNECTION: "10",
        }
        self._broadcasting = self._dependencies(environment, self.advance)
        self._folding = self._dependencies(environment, self._spend)
        self._connects = self._dependencies(environment, lambda _: None)
        for number in range(readers):
            self._connects.store.connections.add(f"reader-{number:07}", int(START - 600))
        self.meter.clear()

    def _dependencies(self, environment: dict[str, str], advance: Callable[[float], None]) -> Dependencies:
        client = cast("DynamoDBClient", MeteredClient(self.table, self.meter, advance))
        return Dependencies(
            environment=environment,
            make_store=lambda _: Store.of(client, CONNECTIONS, VISITS),
            make_transport=lambda _: _Transport(self),
            make_bucket=_no_bucket,
            clock=lambda: self.now,
            sleep=advance,
            random=self._random.random,
            write=lambda _: None,
            is_crawler=lambda _: False,
        )

    def run(self, seconds: float) -> None:
        """Run for `seconds`, and then until every page has the final count."""
        self._ends = START + seconds
        while self.now < self._ends or self._waiting(tables.VISIT_PREFIX) or self._waiting(tables.VISITOR_COUNT):
            self.advance(POLL_SECONDS)
            began = self.now
            self._deliver(tables.VISITOR_COUNT, self._broadcasting)
            self.busy_seconds += self.now - began

    def advance(self, seconds: float) -> None:
        """Advance the clock. Handle the visits that arrive meanwhile, and fold them when the stream is polled."""
        until = self.now + seconds
        while (moment := min(self._next_arrival(), self._next_fold)) <= until:
            self.now = max(self.now, moment)
            if moment == self._next_fold:
                self._next_fold = self.now + POLL_SECONDS
                self._deliver(tables.VISIT_PREFIX, self._folding)
            else:
                self._arrive()
        self.now = until

    def _next_arrival(self) -> float:
        moment = START + len(self.ages.arrived) / self.rate
        return moment if moment <= self._ends else math.inf

    def _arrive(self) -> None:
        """Handle a visit whose page disconnects at once, so that the number of readers is constant."""
        self.ages.arrived.append(self.now)
        name = f"visit-{len(self.ages.arrived):07}"
        self._invoke(connect_event(name, name), self._connects)
        self.table.rows[CONNECTIONS].pop(name)

    def _spend(self, seconds: float) -> None:
        """Account for the time of a fold, which delays the next one.

        Its result is visible at once, up to 0.1 s early.
        """
        self.busy_seconds += seconds
        self._next_fold += seconds

    def _deliver(self, prefix: str, dependencies: Dependencies) -> None:
        while batch := self._waiting(prefix)[:BATCH_SIZE]:
            self._read[prefix] = int(batch[-1]["dynamodb"]["SequenceNumber"])
            started, self.started = self.started, self.now
            self._invoke({"Records": batch}, dependencies)
            self.started = started

    def _waiting(self, prefix: str) -> list[dict[str, Any]]:
        """Return the undelivered records that match the filter of the mapping."""
        new = self.table.stream[self._read[prefix] :]
        return [record for record in new if _passes(record, prefix)]

    def _invoke(self, event: dict[str, Any], dependencies: Dependencies) -> None:
        self.invocations += 1
        answer = dispatch(event, _Context(self), dependencies)
        assert answer in ({"statusCode": 200}, {"batchItemFailures": []}), answer

    def run_posts(self, posts: Posts) -> None:
        """Deliver all posts."""
        while (turn := posts.next()) != UNTIL_RESPONSE:
            match turn:
                case Post(connection_id, data):
                    self.posts += 1
                    self.ages.update(connection_id, int(json.loads(data)["count"]), self.now)
                    posts.answered(turn, Delivery(Outcome.DELIVERED))
                case Wait(float() as seconds):
                    self.advance(seconds)


def _passes(record: dict[str, Any], prefix: str) -> bool:
    inserted = record["eventName"] == "INSERT" or prefix == tables.VISITOR_COUNT
    return inserted and record["dynamodb"]["Keys"][tables.ID]["S"].startswith(prefix)


@dataclass(frozen=True)
class _Transport:
    simulation: Simulation

    def run(self, posts: Posts) -> None:
        self.simulation.run_posts(posts)


@dataclass(frozen=True)
class _Context:
    simulation: Simulation
    aws_request_id: str = "simulated"

    def get_remaining_time_in_millis(self) -> int:
        return round((self.simulation.started + TIMEOUT_SECONDS - self.simulation.now) * 1000)


def _no_bucket(_: Configuration, name: str) -> NoReturn:
    raise AssertionError(f"unexpected use of bucket {name!r}")
