"""A CloudWatch alarm that closes the budget while it is on."""

from __future__ import annotations

import copy
from typing import Any

import pytest

from router.events import Alarm, Unknown, parse
from tests.router.budget_rig import THROTTLES, BudgetRig
from tests.router.rig import recorded

ALARM = recorded("alarm")


def in_state(value: str) -> dict[str, Any]:
    event = copy.deepcopy(ALARM)
    event["alarmData"]["state"]["value"] = value
    return event


@pytest.fixture
def rig() -> BudgetRig:
    rig = BudgetRig.of(5)
    rig.random = lambda: 0.999
    return rig


def test_the_event_is_parsed() -> None:
    assert parse(ALARM) == Alarm("cloud-resume-messages", is_on=True)
    assert parse(in_state("OK")) == Alarm("cloud-resume-messages", is_on=False)
    assert isinstance(parse(in_state("INSUFFICIENT_DATA")), Unknown)


def test_an_alarm_closes_at_once_until_it_is_off(rig: BudgetRig) -> None:
    rig.tick()
    assert rig.send(ALARM) == {"step": 4}
    assert rig.stage.throttles["$connect"] == (0.0, 0)
    (line,) = rig.logged("budget_step")
    assert (line["step"], line["alarm"], line["level"]) == ("closed", "cloud-resume-messages", "WARNING")
    assert rig.topic.sent[0][1].startswith("The alarm cloud-resume-messages is on.")
    rig.restart()
    rig.tick()
    assert rig.connect("c", "visit-1234") == {"statusCode": 429}, "another environment knows it"
    assert rig.send(in_state("OK")) == {"step": 0}
    assert rig.stage.throttles == THROTTLES
    assert [line["step"] for line in rig.logged("budget_step")] == ["closed", "open"]
    assert rig.connect("c", "visit-1234") == {"statusCode": 200}


NEW_MONTH = 1_796_083_200
"""December 1, 2026."""


def test_an_alarm_outlasts_the_month(rig: BudgetRig) -> None:
    rig.clock.now = NEW_MONTH - 600
    rig.tick()
    rig.send(ALARM)
    rig.clock.now += 1200
    rig.tick()
    assert rig.stage.throttles["$connect"] == (0.0, 0)
    assert rig.row("2026-12") | {"expiresAt": ""} == {
        "alarmedAt": str(NEW_MONTH - 600),
        "id": "budget#2026-12",
        "alarm": "cloud-resume-messages",
        "step": "4",
        "told": "4",
        "expiresAt": "",
    }
    rig.send(in_state("OK"))
    assert rig.stage.throttles == THROTTLES


@pytest.mark.parametrize("at", [NEW_MONTH - 86_400, NEW_MONTH - 1800])
def test_an_alarm_whose_end_was_lost_is_dropped_after_an_hour(rig: BudgetRig, at: int) -> None:
    rig.clock.now = at
    rig.tick()
    rig.send(ALARM)
    rig.clock.now += 3599
    rig.tick()
    assert rig.stage.throttles["$connect"] == (0.0, 0)
    rig.clock.now += 1
    rig.tick()
    assert rig.stage.throttles == THROTTLES
    assert rig.connect("c", "visit-1234") == {"statusCode": 200}


def test_an_alarm_is_not_carried_over_a_month_after_its_hour(rig: BudgetRig) -> None:
    rig.clock.now = NEW_MONTH - 600
    rig.tick()
    rig.send(ALARM)
    rig.clock.now += 7200
    rig.tick()
    assert rig.stage.throttles == THROTTLES


def test_an_alarm_that_ends_before_the_first_tick_of_a_month_is_not_carried_over(rig: BudgetRig) -> None:
    rig.clock.now = NEW_MONTH - 60
    rig.tick()
    rig.send(ALARM)
    rig.clock.now += 90
    assert rig.send(in_state("OK")) == {"step": 0}
    assert rig.stage.throttles == THROTTLES


def test_without_a_budget_an_alarm_changes_nothing() -> None:
    rig = BudgetRig.of(0)
    assert rig.send(ALARM) == {"step": 0}
    assert rig.table.calls == []
