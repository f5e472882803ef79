"""The dependencies of the handlers: configuration, AWS clients, clock, randomness and log output.

`Dependencies` is created once per execution environment. It creates each client on first use, so that an invocation
loads only what it needs. `Invocation` adds the log and the deadline of one event. Tests pass in fakes.

State that outlives an invocation (tests/router/test_state.py verifies that this list is complete):

    handler._environment                Dependencies: the configuration, the clients with their connections, the salt,
                                        the memory (memory.py)
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
from dataclasses import dataclass, field
from functools import cached_property
from typing import TYPE_CHECKING

from router import configuration
from router.deadline import Context, Deadline
from router.log import Log, to_standard_output
from router.memory import Memory
from router.visitors import crawlers
from router.visitors.salt import Salts

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from router.aws.connections_api import Transport
    from router.aws.functions_api import Functions
    from router.aws.s3 import Bucket
    from router.configuration import Configuration
    from router.storage.store import Store

_FIRST_PAUSE_SECONDS = 0.1
_MAX_PAUSE_SECONDS = 1.6


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
    make_functions: Callable[[Configuration], Functions] = _functions
    entropy: Callable[[int], bytes] = os.urandom
    is_crawler: Callable[[str], bool] = crawlers.is_crawler
    memory: Memory = field(default_factory=Memory)

    @cached_property
    def configuration(self) -> Configuration:
        """Return the configuration from the environment, read once. Raises ConfigurationError."""
        return configuration.read(self.environment)

    @cached_property
    def store(self) -> Store:
        """Return the client of the two tables, made once. Raises ConfigurationError."""
        return self.make_store(self.configuration)

    @cached_property
    def transport(self) -> Transport:
        """Return the client of @connections, made once. Raises ConfigurationError."""
        return self.make_transport(self.configuration)

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
        return self.make_bucket(self.configuration, self.configuration.site_bucket)

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
        log = Log(dependencies.write, context.aws_request_id)
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
