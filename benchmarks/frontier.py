"""The age of a count against dollars a month, for 100,000 pages that are open all the time: push, polling, and both.

Push is the router's code, simulated in a tenth of the size: 10,000 readers at a tenth of the posts, in segments of a
tenth, at the interval of 100,000; posts and the reads of connections are then taken tenfold. Polling is a calculation:
each page requests count.json from CloudFront every so many seconds; it is written, and cached, for CACHE_SECONDS. Pages
that poll need no connection and pay no minutes. Hybrid: the first 10,000 pages get a socket, the others poll.

Prices are list prices without free tiers, with the volume tier of messages. The age is that of the count on a page when
it is updated, at most. What a visit costs by itself is in benchmarks/scaling.py and the same for all.

Usage: python -m benchmarks.frontier
"""

from __future__ import annotations

import math
import sys
from dataclasses import dataclass

from benchmarks import prices
from benchmarks.scaling import POSTS_PER_SECOND
from benchmarks.simulation import Simulation
from router.contract import variables
from template_gen.router import MEMORY_MEGABYTES, SEGMENT_CONNECTIONS

READERS, SCALE = 100_000, 10
RATES = (0.1, 1, 10, 100)
INTERVALS = (12.5, 25, 50, 100, 200)
"""Seconds between broadcasts. 50 is what is built, with the default settings."""

POLLS = (15, 30, 60, 120, 300)
SOCKETS = 10_000
CACHE_SECONDS, EDGES = 2, 20
"""EDGES: the caches of CloudFront that ask for the file."""

RESPONSE_GIGABYTES = 600 / 1e9
TARGET_DOLLARS, TARGET_AGE = 5_000, 51


@dataclass(frozen=True)
class Point:
    """age: in seconds, at most. The rest is in dollars a month. rest: DynamoDB, Lambda and S3."""

    way: str
    age: float
    deliveries: float
    minutes: float
    rest: float

    @property
    def dollars(self) -> float:
        """The sum."""
        return self.deliveries + self.minutes + self.rest


def of_minutes(sockets: int) -> float:
    """Return the dollars a month for open connections."""
    return sockets * prices.SECONDS_A_MONTH / 60 * prices.SOCKET_MINUTE


def push(rate: float, interval: float, readers: int = READERS, scale: int = SCALE) -> Point:
    """Return the point of the router with an interval."""
    simulated = readers // scale
    posts_per_second = max(POSTS_PER_SECOND, readers / interval) / scale
    environment = {
        variables.FRESHNESS_SECONDS: f"{interval / math.sqrt(simulated / 1_000):.6f}",
        variables.SEGMENT_CONNECTIONS: str(SEGMENT_CONNECTIONS // scale),
    }
    run = Simulation(simulated, rate, math.ceil(posts_per_second), environment=environment)
    run.run(max(4 * interval, 60, 10 / rate))
    assert not run.ages.older
    took, told = run.now - run.begin, run.broadcasts
    a_month = prices.SECONDS_A_MONTH / took
    reads = told.meter["reads"] + told.meter["scanned"] * (scale - 1)
    stored = told.meter["writes"] * prices.WRITE_UNIT + reads * prices.READ_UNIT
    compute = told.invocations * prices.LAMBDA_REQUEST + (
        told.busy * MEMORY_MEGABYTES / 1024 * prices.LAMBDA_GIGABYTE_SECOND
    )
    return Point(
        f"push every {interval:g} s",
        max(run.ages.seconds),
        prices.of_messages(run.posts * scale / took),
        of_minutes(readers),
        (stored + compute) * a_month,
    )


def poll(seconds: float, pages: int = READERS) -> Point:
    """Return the point of pages that poll."""
    requests = pages / seconds * prices.SECONDS_A_MONTH
    writes = 2 * prices.S3_PUT + EDGES * prices.S3_GET
    running = MEMORY_MEGABYTES / 1024 * prices.LAMBDA_GIGABYTE_SECOND  # as the writer waits for the next time
    return Point(
        f"poll every {seconds:g} s",
        seconds + 2 * CACHE_SECONDS,
        requests * (prices.CLOUDFRONT_REQUEST + RESPONSE_GIGABYTES * prices.CLOUDFRONT_GIGABYTE),
        0.0,
        (writes / CACHE_SECONDS + running) * prices.SECONDS_A_MONTH,
    )


def hybrid(rate: float, seconds: float) -> Point:
    """Return the point of SOCKETS pages with a socket, and of the others, which poll."""
    live, others = push(rate, 15.8, SOCKETS, 1), poll(seconds, READERS - SOCKETS)
    return Point(
        f"{SOCKETS:,} sockets, others poll every {seconds:g} s",
        max(live.age, others.age),
        live.deliveries + others.deliveries,
        live.minutes,
        live.rest + others.rest,
    )


def main() -> int:
    print(f"{READERS:,} pages open all the time; dollars a month, list prices\n")
    print("| visits/s | way | age, at most | deliveries | connection minutes | rest | all |")
    print("| --: | --- | --: | --: | --: | --: | --: |")
    built = []
    for rate in RATES:
        points = [push(rate, interval) for interval in INTERVALS]
        built.append(points[INTERVALS.index(50)])
        _print(f"{rate:g}", [*points, hybrid(rate, 60)])
    _print("any", [poll(seconds) for seconds in POLLS])
    met = all(point.dollars - point.minutes < TARGET_DOLLARS and point.age < TARGET_AGE for point in built)
    built_at = f"below ${TARGET_DOLLARS:,} without connection minutes, and {TARGET_AGE} s"
    print(f"\nBuilt: {built_at}: {'met' if met else 'MISSED'}")
    return 0 if met else 1


def _print(rate: str, points: list[Point]) -> None:
    for point in points:
        print(
            f"| {rate} | {point.way} | {point.age:.1f} s | {point.deliveries:,.0f} | {point.minutes:,.0f} | "
            f"{point.rest:,.0f} | {point.dollars:,.0f} |",
            flush=True,
        )


if __name__ == "__main__":
    sys.exit(main())
