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


def test_an_alarm_outlasts_the_month(rig: BudgetRig) -> None:
    rig.tick()
    rig.send(ALARM)
    rig.clock.now += 2 * 86_400
    rig.tick()
    assert rig.stage.changes == 1
    assert rig.row("2026-12") | {"expiresAt": ""} == {
        "id": "budget#2026-12",
        "alarm": "cloud-resume-messages",
        "step": "4",
        "told": "4",
        "expiresAt": "",
    }
    rig.send(in_state("OK"))
    assert rig.stage.throttles == THROTTLES


def test_without_a_budget_an_alarm_changes_nothing() -> None:
    rig = BudgetRig.of(0)
    assert rig.send(ALARM) == {"step": 0}
    assert rig.table.calls == []
