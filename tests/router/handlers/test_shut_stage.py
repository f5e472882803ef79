"""The stage and its sockets when something fails, or another environment acts at the same time."""

from __future__ import annotations

from collections import deque
from typing import Any

import pytest

from router.contract.budget import CLOSED, SPACED
from router.contract.log_values import Outcome
from tests.router.budget_rig import THROTTLES, BudgetRig
from tests.router.fake_dynamodb import CONNECTIONS, VISITS
from tests.router.handlers.test_enforcement import enter, steps


@pytest.fixture
def rig() -> BudgetRig:
    rig = BudgetRig.of(5)
    rig.random = lambda: 0.999
    return rig


def test_what_time_does_not_allow_is_closed_by_the_next_tick(rig: BudgetRig) -> None:
    for number in range(20):
        rig.connect(f"c{number}")
    rig.clock.now += 61
    rig.clock.timeout = 2.7
    enter(rig, CLOSED)
    left = rig.logged("sockets_closed")[0]["left"]
    assert 0 < left < 20
    rig.clock.timeout = 30
    rig.transport.scripts.update({one: deque([Outcome.GONE]) for one in rig.transport.closed})
    rig.tick()
    assert rig.logged("sockets_closed")[1]["left"] == 0
    assert len(rig.table.rows[CONNECTIONS]) == left, "those that are gone are forgotten"


def test_a_socket_that_cannot_be_closed_keeps_no_other_open(rig: BudgetRig) -> None:
    for number in range(5):
        rig.connect(f"c{number}", name="page" if number == 1 else "")
    rig.transport.scripts["c0"].extend([Outcome.REFUSED])
    enter(rig, CLOSED)
    assert set(rig.transport.closed) == {f"c{number}" for number in range(5)}
    assert [(line["closed"], line["left"]) for line in rig.logged("sockets_closed")] == [(4, 1)]


def test_a_throttle_that_cannot_be_set_is_set_by_the_next_tick(rig: BudgetRig) -> None:
    rig.stage.broken = True
    enter(rig, CLOSED)
    assert steps(rig) == []
    assert rig.logged("budget_failed")
    rig.stage.broken = False
    rig.tick()
    assert steps(rig) == ["closed"]
    assert rig.stage.throttles["$connect"] == (0.0, 0)


def test_a_throttle_that_cannot_be_set_is_tried_by_one_visit_in_a_minute_and_sockets_are_closed(rig: BudgetRig) -> None:
    rig.tick()
    rig.connect("c", "visit-1234")
    rig.spend(4.8)
    rig.random = lambda: 0.0
    rig.stage.broken = True
    for number in range(3):
        rig.connect(f"d{number}", f"visit-567{number}")
    assert len(rig.logged("budget_failed")) == 1
    rig.tick()
    assert len(rig.logged("budget_failed")) == 2
    assert "c" in rig.transport.closed
    rig.clock.now += 60
    rig.connect("d", "visit-5678")
    assert len(rig.logged("budget_failed")) == 3


def test_a_stage_that_was_shut_while_another_opened_the_budget_is_opened(rig: BudgetRig) -> None:
    rig.tick()
    rig.random = lambda: 0.0
    rig.spend(4.8)
    throttle = rig.stage.throttle

    def meanwhile(routes: Any) -> None:
        rig.table.rows[VISITS]["budget#2026-11"]["step"] = {"N": str(SPACED)}
        throttle(routes)

    rig.stage.throttle = meanwhile  # type: ignore[method-assign]
    rig.connect("c", "visit-1234")
    assert rig.stage.throttles == THROTTLES
    assert steps(rig) == []
