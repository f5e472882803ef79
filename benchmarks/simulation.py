"""A discrete simulation of the router's code: visits arrive while batches and broadcasts are in progress.

Simulated are the clock, DynamoDB (the fake of the tests, with latencies and conflicts), @connections (without latency,
since the rate limit dominates), the two event source mappings and the tick. A mapping runs one function for each shard
of the stream, at the same time as all others. It polls four times per second while idle and delivers the queued records
in batches. An invocation that exceeds the account's concurrency is throttled: a mapping retries it after a pause that
doubles, a page connects again.
"""

from __future__ import annotations

import random
import zlib
from collections import Counter
from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING, Any, NoReturn, cast

from benchmarks.simulated.account import Account, Ages, Part, count_of
from benchmarks.simulated.clock import Clock
from benchmarks.simulated.dynamodb import LargeTable, Locks, MeteredClient
from router.aws.connections_api import Delivery, Post
from router.aws.http_client import UNTIL_RESPONSE, Wait
from router.broadcasting.rate_limiter import RateLimiter
from router.contract import tables, ticks, variables
from router.contract.log_values import Outcome
from router.dependencies import Dependencies
from router.dispatch import dispatch
from router.storage.store import Store
from template_gen.router import BATCH_SIZE, TIMEOUT_SECONDS
from tests.router.fake_dynamodb import CONNECTIONS, VISITS
from tests.router.rig import ENVIRONMENT, connect_event

if TYPE_CHECKING:
    from collections.abc import Mapping

    from mypy_boto3_dynamodb.client import DynamoDBClient

    from router.aws.connections_api import Posts
    from router.configuration import Configuration

__all__ = ["Account", "Simulation"]

READER = "reader-"
START = 1_795_000_000.0
POLL_SECONDS = 0.25
OVERHEAD_SECONDS = 0.005
"""Of an invocation, besides its requests."""

INVOKE_SECONDS = 0.05
"""From an asynchronous invocation to its start."""

RETRY_SECONDS = 0.5, 8.0
"""The first and the longest pause after a throttled invocation."""

_COUNT = {tables.VISITOR_COUNT, tables.PRESENCE}


class Simulation:
    """A simulation.

    readers: the number of pages that are open from the start
    rate: the number of visits per second, which arrive independently of each other (a Poisson process)
    posts_per_second: the rate limit of posts
    environment: further variables of the function
    """

    def __init__(
        self,
        readers: int,
        rate: float,
        posts_per_second: int,
        account: Account = Account(),  # noqa: B008 - it is immutable
        environment: dict[str, str] | None = None,
    ) -> None:
        self.begin = START
        self.rate, self.readers, self.account = rate, readers, account
        self.clock, self.table, self.locks = Clock(START), LargeTable(), Locks()
        self.ages = Ages()
        self.visits, self.broadcasts = Part(), Part()
        self.posts = self.running = self.most_running = 0
        self.throttled: Counter[str] = Counter()
        self._random = random.Random(1)  # noqa: S311 - jitter
        self._quota = RateLimiter(account.requests_per_second, START)
        self._pages_left = 0
        self._environment = {
            **ENVIRONMENT,
            variables.POSTS_PER_SECOND: str(posts_per_second),
            variables.REPLIES_PER_CONNECTION: "10",
            "AWS_LAMBDA_FUNCTION_NAME": "router",
            **(environment or {}),
        }
        self._visiting, self._telling = (self._dependencies(part) for part in (self.visits, self.broadcasts))
        for number in range(readers):
            self._visiting.store.connections.add(f"{READER}{number:07}", int(START - 600))
        self._visiting.store.broadcasts.record(readers, 0, int(START - 600), None)
        self.visits.meter.clear()

    @property
    def now(self) -> float:
        """The simulated time."""
        return self.clock.now

    def _dependencies(self, part: Part) -> Dependencies:
        client = cast("DynamoDBClient", MeteredClient(self.table, part.meter, self.clock.sleep, self.locks))
        return Dependencies(
            environment=self._environment,
            make_store=lambda _: Store.of(client, CONNECTIONS, VISITS),
            make_transport=lambda _: _Transport(self),
            make_bucket=_no_bucket,
            make_functions=lambda _: _Functions(self),
            clock=lambda: self.clock.now,
            sleep=self.clock.sleep,
            random=self._random.random,
            write=lambda _: None,
            is_crawler=lambda _: False,
        )

    def run(self, seconds: float) -> None:
        """Run for `seconds`, and then until every page has the final count."""
        self.clock.spawn(partial(self._arrivals, START + seconds))
        self.clock.spawn(self._ticks, 60 * self._random.random())
        for shard in range(self.account.shards):
            for mapping in (_is_visit, _is_count):
                self.clock.spawn(partial(self._poll, mapping, shard), POLL_SECONDS * self._random.random())
        try:
            self.clock.run(START + seconds)
            while not self._is_over():
                self.clock.run(self.clock.now + POLL_SECONDS)
        finally:
            self.clock.end()

    def _is_over(self) -> bool:
        pages = self.ages.shown.values()
        final = len(self.ages.arrived)
        return not self._pages_left and not self.running and len(pages) == self.readers and min(pages) == final

    def _arrivals(self, end: float) -> None:
        number, moment = 0, START
        while moment <= end:
            self.clock.sleep(moment - self.clock.now)
            number += 1
            self._pages_left += 1
            self.clock.spawn(partial(self._arrive, f"visit-{number:07}"))
            moment += self._random.expovariate(self.rate)

    def _arrive(self, name: str) -> None:
        """Handle a visit whose page disconnects at once, so that the number of readers is constant."""
        while self.running >= self.account.concurrency:
            self.throttled["connect"] += 1
            self.clock.sleep(1 + self._random.random())
        self.ages.arrived.append(self.clock.now)
        self._invoke(connect_event(name, name), self._visiting, self.visits, {"statusCode": 200})
        self.table.rows[CONNECTIONS].pop(name)
        self._pages_left -= 1

    def _ticks(self) -> None:
        while True:
            self._invoke(dict(ticks.EVENT), self._telling, self.broadcasts)
            self.clock.sleep(60)

    def _poll(self, mapping: Any, shard: int) -> None:
        """Deliver the records of a shard that match the filter of a mapping, in order."""
        dependencies, part = (self._visiting, self.visits) if mapping is _is_visit else (self._telling, self.broadcasts)
        read, pause = 0, RETRY_SECONDS[0]
        queue: list[dict[str, Any]] = []
        while True:
            new = self.table.stream[read:]
            read += len(new)
            queue += [record for record in new if mapping(record) and self._shard(record) == shard]
            if not queue:
                self.clock.sleep(POLL_SECONDS)
            elif self._invoke({"Records": queue[:BATCH_SIZE]}, dependencies, part, {"batchItemFailures": []}):
                del queue[:BATCH_SIZE]
                pause = RETRY_SECONDS[0]
            else:
                self.clock.sleep(pause)
                pause = min(2 * pause, RETRY_SECONDS[1])

    def _shard(self, record: dict[str, Any]) -> int:
        return zlib.crc32(_id(record).encode()) % self.account.shards

    def _invoke(self, event: dict[str, Any], dependencies: Dependencies, part: Part, expected: Any = None) -> bool:
        """Invoke the function and return True; return False if it is throttled."""
        if self.running >= self.account.concurrency:
            self.throttled["visits" if part is self.visits else "broadcasts"] += 1
            return False
        self.running += 1
        self.most_running = max(self.most_running, self.running)
        part.invocations += 1
        started = self.clock.now
        self.clock.sleep(OVERHEAD_SECONDS)
        answer = dispatch(event, _Context(self.clock, started), dependencies)
        assert expected in (None, answer), answer
        part.busy += self.clock.now - started
        self.running -= 1
        return True

    def invoke_later(self, event: dict[str, Any]) -> None:
        """Invoke the function asynchronously. Lambda keeps a throttled event, and tries again."""

        def deliver() -> None:
            pause = RETRY_SECONDS[0]
            while not self._invoke(event, self._telling, self.broadcasts, {}):
                self.clock.sleep(pause)
                pause = min(2 * pause, RETRY_SECONDS[1])

        self.clock.spawn(deliver, INVOKE_SECONDS)

    def run_posts(self, posts: Posts) -> None:
        """Deliver all posts. Those above the account's quota are throttled."""
        while (turn := posts.next()) != UNTIL_RESPONSE:
            match turn:
                case Post(connection_id, data):
                    if self._quota.wait(self.clock.now):
                        self.throttled["posts"] += 1
                        posts.answered(turn, Delivery(Outcome.THROTTLED))
                        continue
                    self.posts += 1
                    if connection_id.startswith(READER):  # and not the page of a visit, which is still connecting
                        self.ages.update(connection_id, count_of(data), self.clock.now)
                    posts.answered(turn, Delivery(Outcome.DELIVERED))
                case Wait(float() as seconds):
                    self.clock.sleep(seconds)


def _id(record: dict[str, Any]) -> str:
    return str(record["dynamodb"]["Keys"][tables.ID]["S"])


def _is_visit(record: dict[str, Any]) -> bool:
    inserted = record["eventName"] == "INSERT" and tables.UNCOUNTED in record["dynamodb"]["NewImage"]
    return inserted and _id(record).startswith(tables.VISIT_PREFIXES)


def _is_count(record: dict[str, Any]) -> bool:
    return record["eventName"] != "REMOVE" and _id(record) in _COUNT


@dataclass(frozen=True)
class _Transport:
    simulation: Simulation

    def run(self, posts: Posts) -> None:
        self.simulation.run_posts(posts)


@dataclass(frozen=True)
class _Functions:
    simulation: Simulation

    def invoke(self, event: Mapping[str, Any]) -> None:
        self.simulation.clock.sleep(INVOKE_SECONDS)
        self.simulation.invoke_later(dict(event))


@dataclass(frozen=True)
class _Context:
    clock: Clock
    started: float
    aws_request_id: str = "simulated"

    def get_remaining_time_in_millis(self) -> int:
        return round((self.started + TIMEOUT_SECONDS - self.clock.now) * 1000)


def _no_bucket(_: Configuration, name: str) -> NoReturn:
    raise AssertionError(f"unexpected use of bucket {name!r}")
