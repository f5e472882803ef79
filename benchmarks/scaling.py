"""What visits cost while readers are online, by the router's real code over simulated time, beside the seed's design.

The seed scans its connections once per visit and posts to each of them, all from the visit's own invocation. That is
counted on paper: it has nothing that could behave otherwise. Its latency is left out, which flatters it: what it would
post in a second is far above what an account may.

Usage: python -m benchmarks.scaling
"""

from __future__ import annotations

import statistics
import sys
import time
from dataclasses import dataclass

from benchmarks import prices
from benchmarks.simulation import Simulation
from template_gen.router import MEMORY_MEGABYTES

POSTS_PER_SECOND = 2000
"""The setting's default."""

SECONDS = 60
CASES = ((0.1, 10), (1, 100), (10, 1_000), (100, 1_000), (100, 10_000), (10, 100_000))
"""Visits per second, and readers online."""

TARGET_RATE, TARGET_READERS, TARGET_FACTOR, TARGET_SECONDS = 100, 10_000, 50, 2.0


@dataclass(frozen=True)
class Cost:
    """Per second, on average over the run. units: of writes and of reads. age: seconds, of what a page showed."""

    requests: float
    writes: float
    reads: float
    posts: float
    compute_dollars: float
    age_p50: float = 0.0
    age_most: float = 0.0

    @property
    def dollars_a_month(self) -> float:
        """Without connection minutes and $connect messages, which both designs pay alike."""
        stored = self.writes * prices.WRITE_UNIT + self.reads * prices.READ_UNIT
        return (stored + self.posts * prices.SOCKET_MESSAGE + self.compute_dollars) * prices.SECONDS_A_MONTH


def of_this_design(rate: float, readers: int) -> Cost:
    simulation = Simulation(readers, rate, POSTS_PER_SECOND)
    seconds = max(SECONDS, 20 / rate, 3 * readers / POSTS_PER_SECOND)
    simulation.run(seconds)
    took = simulation.now - simulation.begin
    assert set(simulation.ages.shown.values()) == {len(simulation.ages.arrived)}, "a page does not show every visit"
    gigabytes = MEMORY_MEGABYTES / 1024
    connects = len(simulation.ages.arrived)
    compute = simulation.invocations * prices.LAMBDA_REQUEST + prices.LAMBDA_GIGABYTE_SECOND * gigabytes * (
        simulation.busy_seconds + connects * 0.015
    )
    return Cost(
        requests=simulation.meter["requests"] / took,
        writes=simulation.meter["writes"] / took,
        reads=simulation.meter["reads"] / took,
        posts=simulation.posts / took,
        compute_dollars=compute / took,
        age_p50=statistics.median(simulation.ages.seconds),
        age_most=max(simulation.ages.seconds),
    )


def of_the_seed(rate: float, readers: int) -> Cost:
    """A put, an update and a scan (not consistent: half a unit for 4 KB) of rows of about 100 bytes per visit; a post
    to each reader, at the 1.3 ms of CPU that aws-sdk v2 takes, in 128 MB as the write-up has it."""
    scans = max(0.5, readers * 100 / 4096 / 2)
    busy = 0.03 + readers * 0.0013 * 10  # 128 MB are a fourteenth of a CPU; ten of those, to be kind
    compute = prices.LAMBDA_REQUEST + busy * 0.125 * prices.LAMBDA_GIGABYTE_SECOND
    return Cost(
        requests=3 * rate, writes=2 * rate, reads=scans * rate, posts=readers * rate, compute_dollars=compute * rate
    )


def main() -> int:
    began = time.monotonic()
    print(f"Visits/s while readers are online, at {POSTS_PER_SECOND:,} posts/s; dollars a month, list prices\n")
    print(
        f"{'visits/s':>8} {'readers':>8} | {'DynamoDB requests/s':^19} | {'posts/s':^31} | {'dollars a month':^19} | "
        f"{'age of what a page shows':^24}"
    )
    print(
        f"{'':>8} {'':>8} | {'seed':>9} {'this':>9} | {'seed':>11} {'this':>9} {'fewer':>9} | {'seed':>10} {'this':>8} "
        f"| {'p50':>7} {'most':>7} {'allowed':>8}"
    )
    met = True
    for rate, readers in CASES:
        ours, seed = of_this_design(rate, readers), of_the_seed(rate, readers)
        allowed = TARGET_SECONDS + readers / POSTS_PER_SECOND
        factor = seed.posts / ours.posts
        print(
            f"{rate:>8g} {readers:>8,} | {seed.requests:>9,.1f} {ours.requests:>9,.1f} | "
            f"{seed.posts:>11,.0f} {ours.posts:>9,.0f} {factor:>8,.1f}x | "
            f"{seed.dollars_a_month:>10,.2f} {ours.dollars_a_month:>8,.2f} | "
            f"{ours.age_p50:>5.2f} s {ours.age_most:>5.2f} s {allowed:>6.2f} s"
        )
        met = met and ours.age_most <= allowed
        if (rate, readers) == (TARGET_RATE, TARGET_READERS):
            met = met and factor >= TARGET_FACTOR
    print(
        f"\nTargets (at {TARGET_RATE} visits/s and {TARGET_READERS:,} readers at least {TARGET_FACTOR}x fewer posts; "
        f"nowhere older than {TARGET_SECONDS:g} s and one paced round): {'met' if met else 'MISSED'}. "
        f"{time.monotonic() - began:.0f} s."
    )
    return 0 if met else 1


if __name__ == "__main__":
    sys.exit(main())
