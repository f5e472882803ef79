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
from benchmarks.simulated.account import NEW_ACCOUNT_CONCURRENCY, Account, Part
from benchmarks.simulation import Simulation
from router.broadcasting.freshness import interval
from template_gen.router import MEMORY_MEGABYTES

POSTS_PER_SECOND, FRESHNESS_SECONDS = 2000, 5
"""The defaults of the settings."""

SECONDS, ROUNDS, MANY = 60, 4, 1_000
Case = tuple[float, int]
CASES: tuple[Case, ...] = (
    (0.1, 10),
    (1, 100),
    (10, 10),
    (10, 1_000),
    (100, 1_000),
    (100, 10_000),
    (10, 100_000),
)
"""The numbers of visits per second and of readers online."""

ACCOUNTS = {
    "4 shards": Account(),
    "16 shards": Account(shards=16),
    "4 shards, 10 functions": Account(concurrency=NEW_ACCOUNT_CONCURRENCY),
    "16 shards, 10 functions": Account(concurrency=NEW_ACCOUNT_CONCURRENCY, shards=16),
}
ACCOUNT_RATES = 10, 100
AGE_TARGETS: dict[Case, float] = {(10, 1_000): 5.0, (10, 100_000): 51.0}
COST_TARGETS: dict[Case, float] = {(10, 10): 30.0, (10, 1_000): 600.0, (10, 100_000): 5_000.0}
"""Dollars a month of the broadcasts: a visit's own writes cost more than 30 at 10 a second."""


@dataclass(frozen=True)
class Cost:
    """The average of a run. Ages are in seconds, of the count on a page when it was updated.

    posts: per second
    visits, broadcasts: dollars a month, without connection minutes, `$connect` messages and replies, which are the same
        for both designs
    """

    posts: float
    visits: float
    broadcasts: float
    age_p50: float = 0.0
    age_most: float = 0.0


def of_this_design(
    rate: float, readers: int, account: Account = ACCOUNTS["4 shards"], posts_per_second: int = POSTS_PER_SECOND
) -> tuple[Cost, Simulation]:
    """Return the cost of this project, by simulation."""
    simulation = Simulation(readers, rate, posts_per_second, account)
    a_round = max(interval(readers, FRESHNESS_SECONDS), readers / posts_per_second)
    simulation.run(max(SECONDS, 20 / rate, (ROUNDS if readers > MANY else 10 * ROUNDS) * a_round))
    took = simulation.now - simulation.begin
    assert set(simulation.ages.shown.values()) == {len(simulation.ages.arrived)}, "a page does not have the final count"
    assert not simulation.ages.older, "a page was told an older count"
    cost = Cost(
        posts=simulation.posts / took,
        visits=_of_part(simulation.visits, took),
        broadcasts=_of_part(simulation.broadcasts, took) + prices.of_messages(simulation.posts / took),
        age_p50=statistics.median(simulation.ages.seconds),
        age_most=max(simulation.ages.seconds),
    )
    return cost, simulation


def _of_part(part: Part, took: float) -> float:
    """Return dollars a month for DynamoDB and Lambda."""
    stored = part.meter["writes"] * prices.WRITE_UNIT + part.meter["reads"] * prices.READ_UNIT
    gigabyte_seconds = part.busy * MEMORY_MEGABYTES / 1024
    compute = part.invocations * prices.LAMBDA_REQUEST + gigabyte_seconds * prices.LAMBDA_GIGABYTE_SECOND
    return (stored + compute) / took * prices.SECONDS_A_MONTH


def of_the_original(rate: float, readers: int) -> Cost:
    """Return the cost of the original design, by calculation.

    A visit needs a put, an update, a scan of items of about 100 bytes (eventually consistent: half a unit per 4 KB),
    and a post to each reader. A post takes 1.3 ms of CPU with aws-sdk v2; the function has 128 MB.
    """
    scans = max(0.5, readers * 100 / 4096 / 2)
    busy = 0.03 + readers * 0.0013 * 10  # 128 MB get a fourteenth of a CPU; a factor of ten is in its favour
    compute = prices.LAMBDA_REQUEST + busy * 0.125 * prices.LAMBDA_GIGABYTE_SECOND
    a_visit = 2 * prices.WRITE_UNIT + scans * prices.READ_UNIT + compute
    posts = readers * rate
    return Cost(posts, rate * a_visit * prices.SECONDS_A_MONTH, prices.of_messages(posts))


def main() -> int:
    began = time.monotonic()
    print(f"Visits/s while readers are online, at {POSTS_PER_SECOND:,} posts/s; dollars a month, list prices\n")
    missed = [*_designs(), *_accounts()]
    print(f"\nTargets: {'; '.join(missed) if missed else 'met'}. {time.monotonic() - began:.0f} s.")
    return 1 if missed else 0


def _designs() -> list[str]:
    """Print the table of both designs; return the targets that were missed."""
    print("| visits/s | readers | posts/s, original | posts/s | $, original | $ | of it broadcasts | age p50 | most |")
    print("| --: | --: | --: | --: | --: | --: | --: | --: | --: |")
    missed = []
    for case in CASES:
        rate, readers = case
        (ours, _), original = of_this_design(rate, readers), of_the_original(rate, readers)
        print(
            f"| {rate:g} | {readers:,} | {original.posts:,.0f} | {ours.posts:,.1f} | "
            f"{original.visits + original.broadcasts:,.0f} | {ours.visits + ours.broadcasts:,.2f} | "
            f"{ours.broadcasts:,.2f} | {ours.age_p50:.1f} s | {ours.age_most:.1f} s |"
        )
        if ours.broadcasts > COST_TARGETS.get(case, ours.broadcasts):
            missed.append(f"{rate:g} x {readers:,}: ${ours.broadcasts:,.2f} for broadcasts, MISSED")
        if ours.age_most > AGE_TARGETS.get(case, ours.age_most):
            missed.append(f"{rate:g} x {readers:,}: {ours.age_most:.2f} s old, MISSED")
    return missed


def _accounts() -> list[str]:
    """Print what shards and a new account change with 1,000 readers; return nothing, as there are no targets."""
    print("\n| account | visits/s | conflicts a second | throttled a second | functions at once | age p50 | most |")
    print("| --- | --: | --: | --: | --: | --: | --: |")
    for rate in ACCOUNT_RATES:
        for name, account in ACCOUNTS.items():
            cost, run = of_this_design(rate, 1_000, account)
            took = run.now - run.begin
            print(
                f"| {name} | {rate} | {run.locks.conflicts / took:.1f} | {sum(run.throttled.values()) / took:.1f} | "
                f"{run.most_running} | {cost.age_p50:.1f} s | {cost.age_most:.1f} s |"
            )
    return []


if __name__ == "__main__":
    sys.exit(main())
