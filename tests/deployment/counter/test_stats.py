"""The output of `stats`."""

from __future__ import annotations

import json
from typing import Any

import pytest

from deployment.counter.count import CountTable
from deployment.counter.stats import MOST_DAYS, Stats, plot, print_stats, require_days
from errors import UsageError
from tests.deployment.fakes import FakeTarget, Lines


class Table:
    """A DynamoDB with a count of 70 and no days."""

    def get_item(self, **_: Any) -> Any:
        return {"Item": {"id": {"S": "visitorCount"}, "currentCount": {"N": "70"}}}

    def batch_get_item(self, **_: Any) -> Any:
        return {"Responses": {}}


TABLE = CountTable("counts", FakeTarget(clients={"dynamodb": Table()}))


@pytest.mark.parametrize("days", [0, -1, MOST_DAYS + 1])
def test_a_number_of_days_out_of_range_is_refused(days: int) -> None:
    with pytest.raises(UsageError, match=rf"--days {days}: is not from 1 to"):
        require_days(days)


def test_as_json_every_day_has_a_number(say: Lines) -> None:
    print_stats(TABLE, 3, say, as_json=True, blocks=True)
    printed = json.loads(say[0])
    assert printed["total"] == 70
    assert list(printed["days"].values()) == [0, 0, 0]


def test_without_visits_there_are_no_bars(say: Lines) -> None:
    print_stats(TABLE, 1, say, as_json=False, blocks=True)
    assert say[0].endswith("0 visits in 1 days, 0.0 per day; 70 in total")
    assert "█" not in say[0]


@pytest.mark.parametrize(("blocks", "bar"), [(True, "▏"), (False, "#")])
def test_a_single_visit_is_seen_beside_many(blocks: bool, bar: str) -> None:
    lines = plot(Stats(100_001, {"2026-11-22": 100_000, "2026-11-23": 1}), 60, blocks=blocks)
    assert lines[1].endswith(f" 1 {bar}")
