"""The claims of the scaling benchmark, with numbers small enough for the test suite."""

from __future__ import annotations

import pytest

from benchmarks.simulation import Account, Simulation
from router.broadcasting.freshness import interval


@pytest.mark.parametrize(("readers", "rate", "pace"), [(200, 50.0, 100), (50, 0.5, 1000), (3, 2.0, 1000)])
def test_posts_are_bounded_and_no_page_waits_for_more_than_the_interval_or_a_round(
    readers: int, rate: float, pace: int
) -> None:
    simulation = Simulation(readers, rate, pace)
    simulation.run(8)
    took = simulation.now - simulation.begin
    assert set(simulation.ages.shown.values()) == {len(simulation.ages.arrived)}
    assert simulation.posts <= pace * (took + 1)
    assert simulation.posts <= readers * len(simulation.ages.arrived)
    assert max(simulation.ages.seconds) <= 1 + max(interval(readers, 5), readers / pace)
    assert not simulation.ages.older


def test_more_shards_and_few_functions_change_no_count() -> None:
    simulation = Simulation(20, 300.0, 1000, Account(concurrency=4, shards=16))
    simulation.run(5)
    assert simulation.throttled["connect"] + simulation.throttled["visits"] > 0
    assert simulation.most_running == 4
    assert set(simulation.ages.shown.values()) == {len(simulation.ages.arrived)}


def test_a_broadcast_in_segments_is_by_several_functions() -> None:
    simulation = Simulation(60, 5.0, 100, environment={"SEGMENT_CONNECTIONS": "20"})
    simulation.run(5)
    assert simulation.broadcasts.invocations >= 4
    assert set(simulation.ages.shown.values()) == {len(simulation.ages.arrived)}
    assert not simulation.ages.older


def test_transactions_on_one_item_conflict() -> None:
    """A transaction that starts while another holds the item is cancelled; a later one counts the visits."""
    simulation = Simulation(5, 150.0, 1000, Account(shards=32))
    simulation.run(4)
    assert simulation.locks.conflicts > 0
    assert set(simulation.ages.shown.values()) == {len(simulation.ages.arrived)}
