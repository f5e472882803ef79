"""The claims of the scaling benchmark, with numbers small enough for the test suite."""

from __future__ import annotations

import pytest

from benchmarks.simulation import Simulation, units


@pytest.mark.parametrize(("readers", "rate", "pace"), [(200, 50.0, 100), (50, 0.5, 1000)])
def test_posts_are_bounded_by_time_and_no_page_waits_for_more_than_a_round(
    readers: int, rate: float, pace: int
) -> None:
    simulation = Simulation(readers, rate, pace)
    simulation.run(8)
    took = simulation.now - simulation.begin
    assert set(simulation.ages.shown.values()) == {len(simulation.ages.arrived)}
    assert simulation.posts <= pace * (took + 1)
    assert simulation.posts <= readers * len(simulation.ages.arrived)
    assert max(simulation.ages.seconds) <= 2 + readers / pace


def test_units_are_what_dynamodb_charges() -> None:
    mark = {"Update": {"UpdateExpression": "REMOVE uncounted"}}
    count = {"Update": {"UpdateExpression": "ADD #number :more"}}
    assert units("transact_write_items", {"TransactItems": [count, count, mark]}, {}) == {"writes": 7}
    assert units("put_item", {"Item": {"uncounted": {}}}, {}) == {"writes": 2}
    assert units("batch_get_item", {"RequestItems": {"table": {"Keys": [1, 2]}}}, {}) == {"reads": 2}
    assert units("scan", {}, {"Items": [{}] * 1000}) == {"reads": 24}
