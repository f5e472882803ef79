"""The cost of visits while readers are online: the router's code in a simulation, compared with the original design.

The original project scans all connections for each visit and posts to each of them, in the invocation of the visit. Its
cost is calculated, since its behaviour is simple. Its latency is omitted, which is in its favour: its post rate would
be far above the account quota.

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
"""The default of the setting."""

SECONDS = 60
CASES = ((0.1, 10), (1, 100), (10, 1_000), (100, 1_000), (100, 10_000), (10, 100_000))
"""The numbers of visits per second and of readers online."""

TARGET_RATE, TARGET_READERS, TARGET_FACTOR, TARGET_SECONDS = 100, 10_000, 50, 2.0


@dataclass(frozen=True)
class Cost:
    """The average cost per second of a run.

    writes, reads: in DynamoDB request units
    age_p50, age_most: the age in seconds of the count on a page when it was updated
    """

    requests: float
    writes: float
    reads: float
    posts: float
    compute_dollars: float
    age_p50: float = 0.0
    age_most: float = 0.0

    @property
    def dollars_a_month(self) -> float:
        """The monthly cost, without connection minutes and $connect messages, which are the same for both designs."""
        stored = self.writes * prices.WRITE_UNIT + self.reads * prices.READ_UNIT
        return (stored + self.posts * prices.SOCKET_MESSAGE + self.compute_dollars) * prices.SECONDS_A_MONTH


def of_this_design(rate: float, readers: int) -> Cost:
    """Return the cost of this project, by simulation."""
    simulation = Simulation(readers, rate, POSTS_PER_SECOND)
    seconds = max(SECONDS, 20 / rate, 3 * readers / POSTS_PER_SECOND)
    simulation.run(seconds)
    took = simulation.now - simulation.begin
    assert set(simulation.ages.shown.values()) == {len(simulation.ages.arrived)}, "a page does not have the final count"
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


def of_the_original(rate: float, readers: int) -> Cost:
    """Return the cost of the original design, by calculation.

    A visit needs a put, an update, a scan of items of about 100 bytes (eventually consistent: half a unit per 4 KB),
    and a post to each reader. A post takes 1.3 ms of CPU with aws-sdk v2; the function has 128 MB.
    """
    scans = max(0.5, readers * 100 / 4096 / 2)
    busy = 0.03 + readers * 0.0013 * 10  # 128 MB get a fourteenth of a CPU; a factor of ten is in its favour
    compute = prices.LAMBDA_REQUEST + busy * 0.125 * prices.LAMBDA_GIGABYTE_SECOND
    return Cost(
        requests=3 * rate, writes=2 * rate, reads=scans * rate, posts=readers * rate, compute_dollars=compute * rate
    )


def main() -> int:
    began = time.monotonic()
    print(f"Visits/s while readers are online, at {POSTS_PER_SECOND:,} posts/s; dollars a month, list prices\n")
    print(
        f"{'visits/s':>8} {'readers':>8} | {'DynamoDB requests/s':^19} | {'posts/s':^31} | {'dollars a month':^19} | "
        f"{'age of the count on pages':^24}"
    )
    print(
        f"{'':>8} {'':>8} | {'original':>9} {'this':>9} | {'original':>11} {'this':>9} {'fewer':>9} | "
        f"{'original':>10} {'this':>8} | {'p50':>7} {'most':>7} {'allowed':>8}"
    )
    met = True
    for rate, readers in CASES:
        ours, original = of_this_design(rate, readers), of_the_original(rate, readers)
        allowed = TARGET_SECONDS + readers / POSTS_PER_SECOND
        factor = original.posts / ours.posts
        print(
            f"{rate:>8g} {readers:>8,} | {original.requests:>9,.1f} {ours.requests:>9,.1f} | "
            f"{original.posts:>11,.0f} {ours.posts:>9,.0f} {factor:>8,.1f}x | "
            f"{original.dollars_a_month:>10,.2f} {ours.dollars_a_month:>8,.2f} | "
            f"{ours.age_p50:>5.2f} s {ours.age_most:>5.2f} s {allowed:>6.2f} s"
        )
        met = met and ours.age_most <= allowed
        if (rate, readers) == (TARGET_RATE, TARGET_READERS):
            met = met and factor >= TARGET_FACTOR
    print(
        f"\nTargets (at {TARGET_RATE} visits/s and {TARGET_READERS:,} readers at least {TARGET_FACTOR}x fewer posts; "
        f"the count nowhere older than {TARGET_SECONDS:g} s plus one broadcast): {'met' if met else 'MISSED'}. "
        f"{time.monotonic() - began:.0f} s."
    )
    return 0 if met else 1


if __name__ == "__main__":
    sys.exit(main())
