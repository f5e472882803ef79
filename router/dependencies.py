"""The dependencies of the handlers: configuration, AWS clients, clock, randomness and log output.

`Dependencies` is created once per execution environment. It creates each client on first use, so that an invocation
loads only what it needs. `Invocation` adds the log and the deadline of one event. Tests pass in fakes.

State that outlives an invocation (tests/router/test_state.py verifies that this list is complete):

    handler._environment                Dependencies: the configuration, the clients with their connections, the salt,
                                        what is known of the budget, the memory (memory.py)
    aws.credentials._botocore_credentials   botocore's self-refreshing credentials, outside Lambda
    aws.endpoint._tls                   the TLS contexts
    aws.signing._signing_key            the derived signing keys
    visitors.crawlers._patterns         the list of crawlers
    contract.log_reader._kinds          the event classes by message, used by the tools only
"""

from __future__ import annotations

import os
import random
import time
from contextlib import suppress
from dataclasses import dataclass, field
from functools import cached_property
from typing import TYPE_CHECKING, cast

from router import configuration
from router.budget import prices
from router.budget.budget import Budget
from router.budget.meter import Meter
from router.contract import variables
from router.deadline import Context, Deadline
from router.errors import StoreError
from router.log import Log, to_standard_output
from router.memory import Memory
from router.metering import MeteredBucket, MeteredDynamoDB, MeteredTransport
from router.visitors import crawlers
from router.visitors.salt import Salts

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from mypy_boto3_dynamodb.client import DynamoDBClient

    from router.aws.connections_api import Transport
    from router.aws.functions_api import Functions
    from router.aws.s3 import Bucket
    from router.aws.stage import Stage
    from router.aws.topic import Topic
    from router.configuration import Configuration
    from router.storage.store import Store

_FIRST_PAUSE_SECONDS = 0.1
_MAX_PAUSE_SECONDS = 1.6

RESERVED_POSTS = 20
"""From so many posts on, a broadcast is charged before it begins: about a quantum of the budget."""


def _stage(configuration: Configuration) -> Stage:
    from router.aws import clients

    return clients.stage(configuration)


def _topic(configuration: Configuration) -> Topic:
    from router.aws import clients

    return clients.topic(configuration)


def _functions(configuration: Configuration) -> Functions:
    from router.aws import clients

    return clients.function(configuration, os.environ)


@dataclass(frozen=True)
class Dependencies:
    """The dependencies of one execution environment.

    make_bucket: takes the configuration and a bucket name
    clock: returns epoch seconds
    sleep: takes seconds
    random: returns a number from 0 to 1
    write: takes one log line
    entropy: takes a number of bytes and returns that many random bytes
    is_crawler: takes a user agent
    memory: what earlier invocations found out
    """

    environment: Mapping[str, str]
    make_store: Callable[[Configuration], Store]
    make_transport: Callable[[Configuration], Transport]
    make_bucket: Callable[[Configuration, str], Bucket]
    clock: Callable[[], float]
    sleep: Callable[[float], None]
    random: Callable[[], float]
    write: Callable[[str], None]
    make_stage: Callable[[Configuration], Stage] = _stage
    make_topic: Callable[[Configuration], Topic] = _topic
    make_functions: Callable[[Configuration], Functions] = _functions
    entropy: Callable[[int], bytes] = os.urandom
    is_crawler: Callable[[str], bool] = crawlers.is_crawler
    memory: Memory = field(default_factory=Memory)

    def write_line(self, line: str) -> None:
        """Write a line of the log, metered."""
        self.meter.count_line(line)
        self.write(line)

    @cached_property
    def configuration(self) -> Configuration:
        """Return the configuration from the environment, read once. Raises ConfigurationError."""
        return configuration.read(self.environment)

    @cached_property
    def store(self) -> Store:
        """Return the client of the two tables, made once. Raises ConfigurationError."""
        store = self.make_store(self.configuration)
        return store.through(self._metered) if self.has_budget else store

    @cached_property
    def transport(self) -> Transport:
        """Return the client of @connections, made once. Raises ConfigurationError."""
        transport = self.make_transport(self.configuration)
        return MeteredTransport(transport, self.meter, self._reserve) if self.has_budget else transport

    @cached_property
    def meter(self) -> Meter:
        """Return the meter of this environment."""
        return Meter()

    @cached_property
    def budget(self) -> Budget:
        """Return the month's budget as this environment knows it. Raises ConfigurationError."""
        return Budget(self.configuration.budget, self.meter)

    @cached_property
    def stage(self) -> Stage:
        """Return the stage of the WebSocket API. Raises ConfigurationError."""
        return self.make_stage(self.configuration)

    @cached_property
    def topic(self) -> Topic:
        """Return the topic of the owner's e-mails. Raises ConfigurationError."""
        return self.make_topic(self.configuration)

    @property
    def has_budget(self) -> bool:
        """Return True if what the router causes is metered. Raises ConfigurationError."""
        return self.configuration.budget.dollars > 0

    def settle(self) -> bool:
        """Charge to the budget what was metered, and return True if that was written. Raises StoreError."""
        now = self.clock()
        return self.budget.settle(self.store.budgets(int(now)).add, now, self.random)

    def _metered(self, client: DynamoDBClient) -> DynamoDBClient:
        return cast("DynamoDBClient", MeteredDynamoDB(client, self.meter))

    def _reserve(self, posts: int) -> bool:
        """Charge posts before they are sent, many of them at once; return False if the budget does not pay for them."""
        now, units = self.clock(), {prices.MESSAGE: posts}
        if not self.budget.affords(units, now):
            return False
        self.meter.count(prices.MESSAGE, posts)
        if posts < RESERVED_POSTS:
            return True
        with suppress(StoreError):  # they stay counted, and are charged with the next event
            self.settle()
        is_paid = self.budget.affords({}, now)  # the sum is known only now in an environment that has just started
        if not is_paid:
            self.meter.count(prices.MESSAGE, -posts)
        return is_paid

    @cached_property
    def functions(self) -> Functions:
        """Return the client that invokes this function, made once. Raises ConfigurationError."""
        return self.make_functions(self.configuration)

    @cached_property
    def salts(self) -> Salts:
        """Return the daily salts, kept between invocations."""
        return Salts(self.entropy)

    @cached_property
    def bucket(self) -> Bucket:
        """Return the site's bucket, for badge.svg and count.json. Raises ConfigurationError."""
        bucket = self.make_bucket(self.configuration, self.configuration.site_bucket)
        return MeteredBucket(bucket, self.meter) if self.has_budget else bucket

    @cached_property
    def backups(self) -> Bucket:
        """Return the bucket of the backups. Raises ConfigurationError."""
        return self.make_bucket(self.configuration, self.configuration.backup_bucket)


@dataclass(frozen=True)
class Invocation:
    """The dependencies of a handler while it handles one event."""

    dependencies: Dependencies
    log: Log
    deadline: Deadline

    @classmethod
    def of(cls, dependencies: Dependencies, context: Context) -> Invocation:
        """Return the invocation with this Lambda context."""
        lowest = dependencies.environment.get(variables.LOG_LEVEL, "")
        log = Log(dependencies.write_line, context.aws_request_id, lowest)
        return cls(dependencies, log, Deadline(context.get_remaining_time_in_millis))

    @property
    def configuration(self) -> Configuration:
        """Return the configuration. Raises ConfigurationError."""
        return self.dependencies.configuration

    @property
    def store(self) -> Store:
        """Return the client of the two tables. Raises ConfigurationError."""
        return self.dependencies.store

    @property
    def transport(self) -> Transport:
        """Return the client of @connections. Raises ConfigurationError."""
        return self.dependencies.transport

    @property
    def budget(self) -> Budget:
        """Return the month's budget as this environment knows it. Raises ConfigurationError."""
        return self.dependencies.budget

    @property
    def memory(self) -> Memory:
        """Return what earlier invocations in this execution environment found out."""
        return self.dependencies.memory

    def now(self) -> int:
        """Return the current Unix time in whole seconds."""
        return int(self.dependencies.clock())

    def salt(self) -> bytes:
        """Return the salt of the current day. Raises StoreError when DynamoDB cannot return it."""
        return self.dependencies.salts.today(self.now(), self.store)

    def pause(self, attempt: int) -> bool:
        """Sleep before a retry and return True; return False immediately if the deadline does not allow it.

        attempt: the number of the failed attempt, from 1
        """
        seconds = self.backoff(attempt)
        if not self.deadline.allows(seconds):
            return False
        self.dependencies.sleep(seconds)
        return True

    def backoff(self, attempt: int) -> float:
        """Return the seconds to wait after failed attempt number `attempt` (from 1).

        Exponential backoff with full jitter, so that writers that conflicted once do not conflict again.
        """
        maximum = min(_MAX_PAUSE_SECONDS, _FIRST_PAUSE_SECONDS * 2.0 ** min(attempt - 1, 10))
        return self.dependencies.random() * maximum


def real() -> Dependencies:
    """Return the dependencies in Lambda: AWS, the system clock and standard output."""
    return Dependencies(
        environment=os.environ,
        make_store=_store,
        make_transport=_transport,
        make_bucket=_bucket,
        clock=time.time,
        sleep=time.sleep,
        random=random.random,
        write=to_standard_output,
    )


def _store(configuration: Configuration) -> Store:
    from router.aws import clients
    from router.storage.store import Store

    client = clients.dynamodb(configuration, os.environ)
    return Store.of(client, configuration.connection_ids_table, configuration.visitor_count_table)


def _transport(configuration: Configuration) -> Transport:
    from router.aws import clients

    return clients.connections(configuration, os.environ)


def _bucket(configuration: Configuration, name: str) -> Bucket:
    from router.aws import clients
    from router.aws.s3 import S3Bucket

    return S3Bucket(clients.s3(configuration), name)
