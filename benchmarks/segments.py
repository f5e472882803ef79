"""Broadcasts beyond one function: how many functions, and how old a count, for the quotas of an account.

Readers, posts and segments are simulated in a tenth of their size; the number of functions is that of the full size.

Usage: python -m benchmarks.segments [READERS POSTS_PER_SECOND REQUESTS_PER_SECOND CONCURRENCY]
"""

from __future__ import annotations

import math
import statistics
import sys
from dataclasses import dataclass

from benchmarks.simulated.account import Account
from benchmarks.simulation import Simulation
from router.broadcasting.freshness import interval
from router.contract import variables
from template_gen.router import SEGMENT_CONNECTIONS

SCALE, RATE, ROUNDS = 10, 10, 3
FRESHNESS_SECONDS = 5


@dataclass(frozen=True)
class Case:
    """readers: open pages. posts_per_second: the setting. The rest are quotas of the account."""

    readers: int
    posts_per_second: int
    requests_per_second: int
    concurrency: int


CASES = (
    Case(100_000, 2_000, 10_000, 1_000),
    Case(200_000, 8_000, 10_000, 1_000),
    Case(1_000_000, 8_000, 10_000, 1_000),
    Case(1_000_000, 50_000, 60_000, 1_000),
    Case(1_000_000, 8_000, 10_000, 10),
)
"""An account has 10,000 requests a second in the older Regions; 60,000 are a raised quota. A new one has 10."""


def run(case: Case) -> str:
    """Return the row of the table."""
    readers = case.readers // SCALE
    a_round = max(interval(case.readers, FRESHNESS_SECONDS), case.readers / case.posts_per_second)
    environment = {
        variables.FRESHNESS_SECONDS: f"{interval(case.readers, FRESHNESS_SECONDS) / math.sqrt(readers / 1_000):.6f}",
        variables.SEGMENT_CONNECTIONS: str(SEGMENT_CONNECTIONS // SCALE),
    }
    account = Account(case.concurrency, case.requests_per_second // SCALE)
    simulation = Simulation(readers, RATE, case.posts_per_second // SCALE, account, environment)
    simulation.run(ROUNDS * a_round)
    ages = simulation.ages
    assert set(ages.shown.values()) == {len(ages.arrived)}, "a page does not have the final count"
    throttled = sum(simulation.throttled.values()) / (simulation.now - simulation.begin)
    return (
        f"| {case.readers:,} | {case.posts_per_second:,} | {case.requests_per_second:,} | {case.concurrency:,} | "
        f"{math.ceil(case.readers / SEGMENT_CONNECTIONS)} | {simulation.most_running} | "
        f"{statistics.median(ages.seconds):.0f} s | {max(ages.seconds):.0f} s | {ages.older} | {throttled:.1f} |"
    )


def main(arguments: list[str]) -> int:
    cases = [Case(*map(int, arguments))] if arguments else CASES
    print(
        "| readers | posts/s | requests/s, quota | functions, quota | segments | functions at once | age p50 | most | "
        "older after newer | throttled a second |"
    )
    print("| --: | --: | --: | --: | --: | --: | --: | --: | --: | --: |")
    for case in cases:
        print(run(case), flush=True)
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
