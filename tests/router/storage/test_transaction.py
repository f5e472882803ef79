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


@given(st.lists(st.integers(0, 150), max_size=400))
def test_groups_hold_every_visit_once_in_order_and_fit(days: list[int]) -> None:
    visits = [Visit(str(number), NOW + day * DAY_SECONDS) for number, day in enumerate(days)]
    groups = transaction.groups(visits, NOW)
    assert [visit for group in groups for visit in group] == visits
    for group in groups:
        assert 1 <= len(transaction.actions("table", group, NOW)) <= 100


def test_a_group_is_as_large_as_it_can_be() -> None:
    today = [Visit(str(number), NOW) for number in range(200)]
    assert [len(group) for group in transaction.groups(today, NOW)] == [98, 98, 4]
    midnight = [Visit("late", NOW - DAY_SECONDS), *today]
    assert [len(group) for group in transaction.groups(midnight, NOW)] == [97, 98, 6]
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
        tables.addition("table", "visitorCount", "currentCount", 3),
        tables.addition("table", "day#2026-11-29", "visits", 2),
        tables.addition("table", "day#2026-11-30", "visits", 1),
        *map(unmark, ("visit#a", "visit#b", "visit#c")),
    ]


def test_visits_without_a_time_belong_to_the_day_on_which_they_are_counted() -> None:
    odd = [Visit("a", None), Visit("b", None)]
    assert transaction.groups(odd, NOW) == [tuple(odd)]
    assert transaction.actions("table", odd, NOW)[1] == tables.addition("table", "day#2026-11-29", "visits", 2)
    codes = ["None", "ValidationError", "None", "None"]
    assert transaction.read_cancellation(codes, odd, NOW) == Attempt(False, rejected=frozenset(odd))


def test_reasons_are_read_per_visit() -> None:
    none, gone, invalid = "None", "ConditionalCheckFailed", "ValidationError"
    a, b, c = VISITS
    read = transaction.read_cancellation
    assert read([none] * 3 + [gone, none, invalid], VISITS, NOW) == Attempt(False, frozenset({a}), frozenset({c}))
    assert read([none] * 3 + [gone] * 3, VISITS, NOW) == Attempt(False, frozenset({a, b, c}))


@pytest.mark.parametrize("code", ["TransactionConflict", "ThrottlingError", "ProvisionedThroughputExceeded", "New"])
@pytest.mark.parametrize("place", range(6))
def test_retryable_codes_are_busy(code: str, place: int) -> None:
    codes = ["None"] * 6
    codes[place] = code
    assert transaction.read_cancellation(codes, VISITS, NOW) == Attempt(False, busy=True)


def test_a_count_that_is_not_a_number_is_an_error() -> None:
    with pytest.raises(StoreError) as raised:
        transaction.read_cancellation(["ValidationError", *["None"] * 5], VISITS, NOW)
    assert str(raised.value) == "TransactWriteItems: cancelled: visitorCount does not contain a number"


def test_a_day_that_is_not_a_number_rejects_only_its_visits() -> None:
    a, b, c = VISITS
    codes = ["None", "ValidationError", "None", "ConditionalCheckFailed", "None", "None"]
    attempt = transaction.read_cancellation(codes, VISITS, NOW)
    assert attempt == Attempt(False, repeated=frozenset({a}), rejected=frozenset({c}))
    assert b not in attempt.rejected


def test_a_wrong_number_of_reasons_is_an_error() -> None:
    with pytest.raises(StoreError) as raised:
        transaction.read_cancellation([], VISITS, NOW)
    assert str(raised.value) == "TransactWriteItems: cancelled: 0 reasons for 6 actions"
