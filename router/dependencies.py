"""Everything a handler may touch besides its event: made once per execution environment, handed in, replaced by tests.

`Dependencies` lives as long as the environment and makes its clients when they are first needed, so that an event pays
only for what it uses. `Invocation` is one event's view of it.
"""

from __future__ import annotations

import os
import random
import time
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING

from router import configuration
from router.deadline import Context, Deadline
from router.log import Log, to_standard_output
from router.visitors import crawlers
from router.visitors.salt import Salts

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from router.aws.connections_api import Transport
    from router.aws.s3 import Bucket
    from router.configuration import Configuration
    from router.storage.store import Store

_PAUSE_FIRST_SECONDS = 0.1
_PAUSE_LONGEST_SECONDS = 1.6


@dataclass(frozen=True)
class Dependencies:
    """make_bucket: of a name. clock: epoch seconds. sleep: takes seconds. random: from 0 to 1. write: takes one log
    line. entropy: so many random bytes. is_crawler: by a user agent."""

    environment: Mapping[str, str]
    make_store: Callable[[Configuration], Store]
    make_transport: Callable[[Configuration], Transport]
    make_bucket: Callable[[Configuration, str], Bucket]
    clock: Callable[[], float]
    sleep: Callable[[float], None]
    random: Callable[[], float]
    write: Callable[[str], None]
    entropy: Callable[[int], bytes] = os.urandom
    is_crawler: Callable[[str], bool] = crawlers.is_crawler

    @cached_property
    def configuration(self) -> Configuration:
        return configuration.read(self.environment)

    @cached_property
    def store(self) -> Store:
        return self.make_store(self.configuration)

    @cached_property
    def transport(self) -> Transport:
        return self.make_transport(self.configuration)

    @cached_property
    def salts(self) -> Salts:
        return Salts(self.entropy)

    @cached_property
    def bucket(self) -> Bucket:
        return self.make_bucket(self.configuration, self.configuration.site_bucket)

    @cached_property
    def backups(self) -> Bucket:
        return self.make_bucket(self.configuration, self.configuration.backup_bucket)


@dataclass(frozen=True)
class Invocation:
    """What one handler gets."""

    dependencies: Dependencies
    log: Log
    deadline: Deadline

    @classmethod
    def of(cls, dependencies: Dependencies, context: Context) -> Invocation:
        log = Log(dependencies.write, context.aws_request_id)
        return cls(dependencies, log, Deadline(context.get_remaining_time_in_millis))

    @property
    def configuration(self) -> Configuration:
        return self.dependencies.configuration

    @property
    def store(self) -> Store:
        return self.dependencies.store

    @property
    def transport(self) -> Transport:
        return self.dependencies.transport

    def now(self) -> int:
        return int(self.dependencies.clock())

    def salt(self) -> bytes:
        """The salt of the day. Raises StoreError."""
        return self.dependencies.salts.today(self.now(), self.store)

    def pause(self, attempt: int) -> bool:
        """Wait before try number `attempt` (from 1) is repeated. False, at once, if the deadline does not leave the
        time."""
        seconds = self.backoff(attempt)
        if not self.deadline.leaves(seconds):
            return False
        self.dependencies.sleep(seconds)
        return True

    def backoff(self, attempt: int) -> float:
        """Seconds until try number `attempt` (from 1) is repeated: exponential with full jitter, so that writers that
        met once do not meet again."""
        longest = min(_PAUSE_LONGEST_SECONDS, _PAUSE_FIRST_SECONDS * 2.0 ** min(attempt - 1, 10))
        return self.dependencies.random() * longest


def real() -> Dependencies:
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
    return Store(client, configuration.connection_ids_table, configuration.visitor_count_table)


def _transport(configuration: Configuration) -> Transport:
    from router.aws import clients

    return clients.connections(configuration, os.environ)


def _bucket(configuration: Configuration, name: str) -> Bucket:
    from router.aws import clients
    from router.aws.s3 import S3Bucket

    return S3Bucket(clients.s3(configuration), name)
