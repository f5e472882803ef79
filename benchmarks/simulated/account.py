"""The quotas of an account, and what the simulation meters."""

from __future__ import annotations

import json
from collections import Counter
from dataclasses import dataclass, field
from functools import lru_cache

DEFAULT_CONCURRENCY, NEW_ACCOUNT_CONCURRENCY = 1_000, 10


@dataclass(frozen=True)
class Account:
    """An account and its tables.

    concurrency: the functions that run at a time
    requests_per_second: of API Gateway, posts included
    shards: of the stream. On-demand tables have four from the start, more after traffic
    """

    concurrency: int = DEFAULT_CONCURRENCY
    requests_per_second: int = 10_000
    shards: int = 4


@dataclass
class Part:
    """What a part of the router used.

    meter: DynamoDB requests, writes and reads, in units
    busy: the seconds of its invocations
    """

    meter: Counter[str] = field(default_factory=Counter)
    invocations: int = 0
    busy: float = 0.0


@dataclass
class Ages:
    """The age of the count on each page.

    arrived: the time of each visit
    shown: the count on each page
    seconds: for each post, the age of the previous count on the page
    older: the number of posts with an older count than the page had
    """

    arrived: list[float] = field(default_factory=list)
    shown: dict[str, int] = field(default_factory=dict)
    seconds: list[float] = field(default_factory=list)
    older: int = 0

    def update(self, page: str, count: int, now: float) -> None:
        """Note that a page shows a count."""
        before = self.shown.get(page, 0)
        self.older += count < before
        if before < len(self.arrived) and count > before:
            self.seconds.append(now - self.arrived[before])
        self.shown[page] = max(before, count)


@lru_cache(64)
def count_of(message: bytes) -> int:
    """Return the count in a message to a page."""
    return int(json.loads(message)["count"])
