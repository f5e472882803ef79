"""The days in two places, and their moves, with moto and with the fake."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

import pytest

from router import items
from router.contract import tables
from router.items import Visit
from tests.router.fake_dynamodb import VISITS, FakeDynamoDB
from tests.router.faults import Fault, FaultyClient
from tests.router.rig import NOW, store_over

if TYPE_CHECKING:
    from collections.abc import Callable

    from router.storage.store import Store

DAY = 86_400
LIFE = 3600


def visit(store: Store, at: int, name: str = "", number: int = 1) -> None:
    """Count visits at a time, directly."""
    for _ in range(number):
        visit_id = f"visit-{at}-{store.broadcasts.totals().count}-{name}"
        visits = [Visit(visit_id, at), *([Visit(f"{visit_id}#{name}", at)] if name else [])]
        assert store.count_directly(visits, at, LIFE).applied


def put_day(store: Store, day: str, **numbers: int) -> None:
    """Add to a day's own item, as an earlier release does."""
    more = {tables.named_attribute(name): number for name, number in numbers.items() if name != "visits"}
    action = tables.addition(VISITS, tables.day_key(day), "visits", numbers.get("visits", 0), more)
    store.client.transact_write_items(TransactItems=[action])


def row(store: Store, key: str) -> dict[str, Any]:
    answer = store.client.batch_get_item(RequestItems={VISITS: {"Keys": [{"id": {"S": key}}], "ConsistentRead": True}})
    rows: list[Any] = answer["Responses"][VISITS]
    return {name: value for name, value in rows[0].items() if name != "id"} if rows else {}


def test_the_history_has_every_day_up_to_a_gap_of_a_thousand(store: Store) -> None:
    assert store.days.history(NOW) == {}
    ago = {days: NOW - days * items.DAY_SECONDS for days in (0, 99, 100, 1_050, 2_250)}
    for days, moment in ago.items():
        assert store.record_visit(f"visit-{days:04}", moment, LIFE)
        assert store.count([Visit(f"visit-{days:04}", moment)], NOW).applied
    dates = [tables.day_of(items.day_key(Visit("", moment), NOW)) for moment in ago.values()]
    assert store.days.history(NOW) == dict.fromkeys(dates[:-1], 1)


def test_a_day_that_is_no_longer_recent_is_moved_into_its_own_item(store: Store) -> None:
    visit(store, NOW, "blog", 2)
    visit(store, NOW + DAY)
    before = store.broadcasts.totals()
    assert store.days.settle(NOW + 29 * DAY, ["blog"])
    assert row(store, "day#2026-11-29") == {}, "the 30th day is shown"
    assert store.days.settle(NOW + 30 * DAY, ["blog"])
    assert row(store, "day#2026-11-29") == {"visits": {"N": "2"}, "visits#blog": {"N": "2"}}
    assert store.numbers().days == {"2026-11-30": 1}
    assert store.numbers("blog").days == {}
    assert store.days.history(NOW + 30 * DAY) == {"2026-11-29": 2, "2026-11-30": 1}
    assert store.days.settle(NOW + 30 * DAY, ["blog"])
    assert store.broadcasts.totals() == replace(before, last_visit="")


def test_a_late_visit_of_an_older_day_is_added_to_its_item_before_and_after_the_move(store: Store) -> None:
    visit(store, NOW)
    now = NOW + 40 * DAY
    for number in range(2):
        store.record_visit(f"late-{number}", NOW, LIFE)
        assert store.count([Visit(f"late-{number}", NOW)], now).applied
        assert store.days.history(now) == {"2026-11-29": 2 + number}
        assert store.days.settle(now, [])
    assert row(store, "day#2026-11-29") == {"visits": {"N": "3"}}


def test_recent_days_of_an_earlier_release_are_moved_to_the_count(store: Store) -> None:
    put_day(store, "2026-11-29", visits=3, blog=2)
    put_day(store, "2026-11-01", visits=5)
    put_day(store, "2026-10-30", visits=7)
    visit(store, NOW, "blog")
    before = store.days.history(NOW)
    assert before == {"2026-11-29": 4, "2026-11-01": 5, "2026-10-30": 7}
    last = store.numbers().last_visit
    assert store.days.settle(NOW, ["blog"])
    assert store.days.history(NOW) == before
    assert store.numbers() == items.Numbers(1, {"2026-11-29": 4, "2026-11-01": 5}, last)
    assert store.numbers("blog").days == {"2026-11-29": 3}
    assert row(store, "day#2026-11-29") == row(store, "day#2026-11-01") == {}
    assert row(store, "day#2026-10-30") == {"visits": {"N": "7"}}
    assert store.days.settle(NOW, ["blog"])
    assert store.days.history(NOW) == before


def test_the_id_of_the_last_visit_is_forgotten_after_two_days_without_one(store: Store) -> None:
    visit(store, NOW)
    store.days.settle(NOW + DAY, [])
    assert store.numbers().last_visit
    store.days.settle(NOW + 2 * DAY, [])
    assert store.numbers() == items.Numbers(1, {"2026-11-29": 1})


def test_a_day_whose_number_changes_meanwhile_is_left_to_the_next_time() -> None:
    table = FakeDynamoDB()
    visit(store_over(table), NOW)

    def late() -> None:
        store = store_over(table)
        store.record_visit("late", NOW, LIFE)
        assert store.count([Visit("late", NOW)], NOW).applied

    client = FaultyClient(table, [Fault.NONE, Fault.NONE, Fault.MEANWHILE], late)
    now = NOW + 30 * DAY
    assert not store_over(client).days.settle(now, [])
    assert row(store_over(table), "day#2026-11-29") == {}
    assert store_over(client).days.settle(now, [])
    assert store_over(table).days.history(now) == {"2026-11-29": 2}


@pytest.mark.parametrize("fault", [Fault.THROTTLED, Fault.CONFLICT, Fault.LOST_REQUEST, Fault.LOST_ANSWER])
def test_a_move_that_fails_is_repeated_and_never_doubled(fault: Fault) -> None:
    table = FakeDynamoDB()
    visit(store_over(table), NOW, "blog")
    now = NOW + 30 * DAY
    assert not store_over(FaultyClient(table, [Fault.NONE, Fault.NONE, fault])).days.settle(now, ["blog"])
    for _ in range(2):
        assert store_over(table).days.settle(now, ["blog"])
        assert row(store_over(table), "day#2026-11-29") == {"visits": {"N": "1"}, "visits#blog": {"N": "1"}}


@pytest.mark.parametrize("reads_before", range(1, 14))
def test_a_day_that_is_moved_while_the_history_is_read_is_neither_lost_nor_doubled(reads_before: int) -> None:
    table, now = FakeDynamoDB(), NOW + 30 * DAY
    visit(store_over(table), NOW, number=2)
    visit(store_over(table), NOW + DAY)

    def settle() -> None:
        assert store_over(table).days.settle(now, [])

    client = FaultyClient(table, [*[Fault.NONE] * reads_before, Fault.MEANWHILE], settle)
    assert store_over(client).days.history(now) == {"2026-11-29": 2, "2026-11-30": 1}


def test_what_is_no_number_stays_where_it_is() -> None:
    table = FakeDynamoDB()
    table.rows[VISITS]["day#2026-11-29"] = {"id": {"S": "day#2026-11-29"}, "visits": {"S": "mended by hand"}}
    assert store_over(table).days.settle(NOW, [])
    assert store_over(table).days.history(NOW) == {}


def test_a_day_with_more_names_than_a_transaction_has_actions_is_moved_in_parts(store: Store) -> None:
    numbers: dict[str, int] = {f"name-{number}": 1 for number in range(97)}
    put_day(store, "2026-11-29", visits=3, **numbers)
    settled: Callable[[], bool] = lambda: store.days.settle(NOW, [])  # noqa: E731
    assert settled()
    assert settled()
    assert row(store, "day#2026-11-29") == {}
    assert store.numbers() == items.Numbers(0, {"2026-11-29": 3})
    assert store.numbers("name-96").days == {"2026-11-29": 1}
