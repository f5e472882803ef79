"""The row of a month's budget, with the fake and with moto."""

from __future__ import annotations

from typing import TYPE_CHECKING

from router.budget.budget import Account

if TYPE_CHECKING:
    from router.storage.store import Store


def test_what_was_spent_adds_up_by_month(store: Store) -> None:
    budgets = store.budgets(1000)
    assert budgets.add("2026-11", 20_625) == Account(20_625)
    assert budgets.add("2026-11", -625) == Account(20_000)
    assert budgets.add("2026-12", 5) == Account(5)
    assert budgets.read("2026-12", "2026-10", "2026-11") == [Account(5), Account(), Account(20_000)]


def test_one_of_two_enters_a_step(store: Store) -> None:
    budgets = store.budgets(1000)
    assert budgets.enter("2026-11", None, 1, 1)
    assert not budgets.enter("2026-11", None, 1, 1)
    assert budgets.enter("2026-11", 1, 3, 4)
    assert not budgets.enter("2026-11", 1, 3, 4)
    assert budgets.read("2026-11") == [Account(0, 3, "", 4)]


def test_an_alarm_is_stored_until_it_is_off(store: Store) -> None:
    budgets = store.budgets(1000)
    budgets.add("2026-11", 7)
    assert budgets.alarm("2026-11", "messages", 990) == Account(7, None, "messages", alarmed_at=990)
    assert budgets.alarm("2026-11", "", 999) == Account(7, alarmed_at=999)


def test_nothing_personal_is_in_the_row_and_it_expires(store: Store) -> None:
    budgets = store.budgets(1000)
    budgets.enter("2026-11", None, 1, 1)
    budgets.alarm("2026-11", "messages", 990)
    budgets.add("2026-11", 7)
    (row,) = store.client.scan(TableName=store.visits, ProjectionExpression="id, spent, alarm, expiresAt")["Items"]
    assert row == {
        "id": {"S": "budget#2026-11"},
        "spent": {"N": "7"},
        "alarm": {"S": "messages"},
        "expiresAt": {"N": str(1000 + 92 * 86_400)},
    }


def test_connections_are_counted(store: Store) -> None:
    assert store.connections.number() == 0
    for number in range(120):
        store.connections.add(f"c{number}", 1)
    assert store.connections.number() == 120
