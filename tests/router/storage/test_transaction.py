from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from router.contract import tables
from router.errors import StoreError
from router.items import Visit
from router.storage import transaction
from router.storage.transaction import Attempt
from tests.router.rig import NOW

DAY_SECONDS = 86_400
VISITS = [Visit("a", NOW), Visit("b", NOW + DAY_SECONDS), Visit("c", NOW)]
LATE = [Visit("a", NOW), Visit("b", NOW), Visit("c", NOW - 40 * DAY_SECONDS)]
"""With an action for the day of the last one."""


@given(st.lists(st.integers(0, 150), max_size=400))
def test_groups_hold_every_visit_once_in_order_and_fit(days: list[int]) -> None:
    visits = [Visit(str(number), NOW + day * DAY_SECONDS) for number, day in enumerate(days)]
    groups = transaction.groups(visits, NOW)
    assert [visit for group in groups for visit in group] == visits
    for group in groups:
        assert 1 <= len(transaction.actions("table", group, NOW)) <= 100


def test_a_group_is_as_large_as_it_can_be() -> None:
    today = [Visit(str(number), NOW) for number in range(200)]
    assert [len(group) for group in transaction.groups(today, NOW)] == [99, 99, 2]
    midnight = [Visit("late", NOW - DAY_SECONDS), *today]
    assert [len(group) for group in transaction.groups(midnight, NOW)] == [99, 99, 3]
    older = [Visit("late", NOW - 40 * DAY_SECONDS), Visit("late#blog", NOW), *today]
    assert [len(group) for group in transaction.groups(older, NOW)] == [97, 99, 6]
    assert transaction.groups([], NOW) == []


def test_actions_add_to_the_count_and_to_each_day_and_remove_the_marks() -> None:
    def unmark(key: str) -> object:
        return {
            "Update": {
                "TableName": "table",
                "Key": {"id": {"S": key}},
                "UpdateExpression": "REMOVE uncounted",
                "ConditionExpression": "attribute_exists(uncounted)",
            }
        }

    assert transaction.actions("table", VISITS, NOW) == [
        tables.addition("table", "visitorCount", "currentCount", 3, {"day#2026-11-29": 2, "day#2026-11-30": 1}),
        *map(unmark, ("visit#a", "visit#b", "visit#c")),
    ]


def test_visits_without_a_time_belong_to_the_day_on_which_they_are_counted() -> None:
    odd = [Visit("a", None), Visit("b", None)]
    assert transaction.groups(odd, NOW) == [tuple(odd)]
    count, *_ = transaction.actions("table", odd, NOW)
    assert count == tables.addition("table", "visitorCount", "currentCount", 2, {"day#2026-11-29": 2})


def test_reasons_are_read_per_visit() -> None:
    none, gone, invalid = "None", "ConditionalCheckFailed", "ValidationError"
    a, b, c = LATE
    read = transaction.read_cancellation
    assert read([none] * 2 + [gone, none, invalid], LATE, NOW) == Attempt(False, frozenset({a}), frozenset({c}))
    assert read([none] * 2 + [gone] * 3, LATE, NOW) == Attempt(False, frozenset({a, b, c}))


@pytest.mark.parametrize("code", ["TransactionConflict", "ThrottlingError", "ProvisionedThroughputExceeded", "New"])
@pytest.mark.parametrize("place", range(5))
def test_retryable_codes_are_busy(code: str, place: int) -> None:
    codes = ["None"] * 5
    codes[place] = code
    assert transaction.read_cancellation(codes, LATE, NOW) == Attempt(False, busy=True)


def test_a_count_that_is_not_a_number_is_an_error() -> None:
    with pytest.raises(StoreError) as raised:
        transaction.read_cancellation(["ValidationError", *["None"] * 4], LATE, NOW)
    assert str(raised.value) == "TransactWriteItems: cancelled: visitorCount does not contain a number"


def test_a_day_that_is_not_a_number_rejects_only_its_visits() -> None:
    a, b, c = LATE
    codes = ["None", "ValidationError", "ConditionalCheckFailed", "None", "None"]
    attempt = transaction.read_cancellation(codes, LATE, NOW)
    assert attempt == Attempt(False, repeated=frozenset({a}), rejected=frozenset({c}))
    assert b not in attempt.rejected


def test_a_wrong_number_of_reasons_is_an_error() -> None:
    with pytest.raises(StoreError) as raised:
        transaction.read_cancellation([], LATE, NOW)
    assert str(raised.value) == "TransactWriteItems: cancelled: 0 reasons for 5 actions"


def test_direct_actions_put_the_visits_and_add_to_the_count_and_to_the_history_of_the_name() -> None:
    visits = [Visit("a", NOW), Visit("a#blog", NOW)]
    put_site, put_name, count, history = transaction.direct_actions("table", visits, NOW, 60)
    assert [put["Put"]["Item"]["id"] for put in (put_site, put_name)] == [{"S": "visit#a"}, {"S": "named#a#blog"}]
    assert {put["Put"]["ConditionExpression"] for put in (put_site, put_name)} == {"attribute_not_exists(id)"}
    added = tables.addition("table", "visitorCount", "currentCount", 1, {"day#2026-11-29": 1, "visits#blog": 1})
    assert count == tables.with_last_visit(added, "a#blog")
    assert history == tables.addition("table", "history#blog", "day#2026-11-29", 1)


def test_reasons_of_a_direct_count() -> None:
    a, b = visits = [Visit("a", NOW), Visit("a#blog", NOW)]
    none, known = "None", "ConditionalCheckFailed"
    read = transaction.read_direct_cancellation
    assert read([known, none, none, none], visits) == Attempt(False, repeated=frozenset({a}))
    assert read([known, known, none, none], visits) == Attempt(False, repeated=frozenset({a, b}))
    assert read([known, none, "TransactionConflict", none], visits) == Attempt(False, frozenset({a}), busy=True)
    for odd in ([], [none] * 4, [none, none, "ValidationError", none], ["TransactionConflict", none, none, none]):
        assert read(odd, visits) == Attempt(False, busy=True)
