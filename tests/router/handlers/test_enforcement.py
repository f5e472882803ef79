"""What the router does in each step of the budget, and how it comes back."""

from __future__ import annotations

import json
from concurrent.futures import ThreadPoolExecutor

import pytest

from router.contract.budget import CLOSED, OPEN, REFUSING, SPACED, STEPS, THINNED
from router.handlers.enforcement import CLOSED_PER_SECOND
from tests.router.budget_rig import MONTH, THROTTLES, BudgetRig
from tests.router.fake_dynamodb import CONNECTIONS, VISITS
from tests.router.rig import NOW, message_event, recorded

DAY = 86_400
SPENT = {OPEN: 3.0, SPACED: 4.4, THINNED: 4.55, REFUSING: 4.7, CLOSED: 4.8}
"""Dollars of 5, on November 29 at 23:33: 0.9656 of the month has passed, so 4.62 are usable."""


@pytest.fixture
def rig() -> BudgetRig:
    rig = BudgetRig.of(5)
    rig.random = lambda: 0.999
    return rig


def enter(rig: BudgetRig, step: int) -> None:
    """Let the month have cost so much that the budget is in a step, and tick."""
    usable = 0.20 + 0.75 * (28 + (NOW % DAY) / DAY) / 30
    left = {OPEN: 0.2, SPACED: 0.07, THINNED: 0.04, REFUSING: 0.01, CLOSED: -0.01}[step]
    rig.spend(5 * (usable - left))
    rig.tick()


def steps(rig: BudgetRig) -> list[str]:
    return [line["step"] for line in rig.logged("budget_step")]


def test_each_step_is_told_once_and_once_when_it_is_open_again(rig: BudgetRig) -> None:
    rig.tick()
    for step in (SPACED, THINNED, REFUSING, CLOSED, CLOSED, OPEN):
        enter(rig, step)
        rig.tick()
    assert steps(rig) == [*STEPS[1:], "open"]
    assert [subject for subject, _ in rig.topic.sent] == [
        f"Visitor counter, budget: {step}" for step in [*STEPS[1:], "open"]
    ]
    assert rig.topic.sent[3][1].startswith("Spent $4.")
    assert "of $5" in rig.topic.sent[3][1]
    assert rig.row()["step"] == "0"


def test_a_step_that_comes_and_goes_is_told_once_until_it_is_open_again(rig: BudgetRig) -> None:
    for step in (REFUSING, SPACED, REFUSING, SPACED, CLOSED, SPACED, CLOSED, OPEN, SPACED):
        enter(rig, step)
    told = [subject.rpartition(" ")[2] for subject, _ in rig.topic.sent]
    assert told == ["refusing", "closed", "open", "spaced"]
    assert len(steps(rig)) == 9


def test_spaced_and_thinned(rig: BudgetRig) -> None:
    rig.connect("c", "visit-1234")
    rig.send(message_event("c"))
    assert len(rig.transport.received["c"][-1]["days"]) == 30
    enter(rig, SPACED)
    assert 4 < rig.invocation().budget.spacing(NOW) < 30
    rig.send(message_event("c"))
    assert len(rig.transport.received["c"][-1]["days"]) == 30
    enter(rig, THINNED)
    rig.send(message_event("c"))
    assert rig.transport.received["c"][-1]["days"] == [], "an answer for the component, without history"
    assert rig.transport.received["c"][-1]["count"] == 1


def test_refusing_is_told_to_pages_and_a_refused_visitor_is_not_counted(rig: BudgetRig) -> None:
    assert rig.connect("c", "visit-1234") == {"statusCode": 200}
    rig.fold()
    rig.fold()
    assert b"live" not in rig.bucket.files["count.json"]
    enter(rig, REFUSING)
    assert rig.connect("d", "visit-5678") == {"statusCode": 429}
    assert rig.logged("connection_refused")[-1]["reason"] == "budget"
    assert json.loads(rig.bucket.files["count.json"])["live"] is False
    rig.fold()
    assert rig.count() == 1
    assert "d" not in rig.table.rows[CONNECTIONS]
    enter(rig, OPEN)
    assert b"live" not in rig.bucket.files["count.json"]
    assert rig.connect("d", "visit-5678") == {"statusCode": 200}
    rig.fold()
    assert rig.count() == 2


@pytest.mark.parametrize("event", ["count", "sweep"])
def test_an_environment_that_knows_nothing_does_not_tell_pages_to_connect(rig: BudgetRig, event: str) -> None:
    rig.store.broadcasts.record(2, 0, 0, None)
    enter(rig, REFUSING)
    rig.restart()
    rig.table.rows[VISITS]["visitorCount"] = {"id": {"S": "visitorCount"}, "currentCount": {"N": "7"}}
    rig.clock.now += 600
    rig.send(rig.count_event() if event == "count" else recorded("scheduled"))
    assert json.loads(rig.bucket.files["count.json"])["live"] is False
    written = rig.logged("badge_written")
    rig.restart()
    rig.clock.now += 600
    rig.send(recorded("scheduled"))
    assert rig.logged("badge_written") == written


def test_closed_throttles_the_stage_closes_sockets_at_a_steady_pace_and_restores_it(rig: BudgetRig) -> None:
    for number in range(50):
        rig.connect(f"c{number}", f"visit-{number:04}")
    rig.transport.received.clear()
    started = rig.clock.now
    enter(rig, CLOSED)
    assert rig.clock.now - started == pytest.approx(50 / CLOSED_PER_SECOND, abs=0.1)
    assert rig.stage.throttles == {**dict.fromkeys(THROTTLES, (0.0, 0)), "$disconnect": (50.0, 1000)}
    assert len(rig.transport.closed) == 50
    assert rig.logged("sockets_closed") == [
        {**rig.logged("sockets_closed")[0], "closed": 50, "left": 0},
    ]
    rig.stage.throttles.update(THROTTLES)  # by a deploy
    rig.tick()
    assert rig.stage.throttles["$connect"] == (0.0, 0)
    rig.send(message_event("c1"))
    assert rig.transport.received == {}, "a message that still comes has no reply"
    rig.fold()
    assert rig.count() == 50, "who was admitted is counted"
    enter(rig, REFUSING)
    assert rig.stage.throttles["$connect"] == (0.0, 0), "it stays closed until it can be open for a while"
    enter(rig, THINNED)
    assert rig.stage.throttles == THROTTLES
    rig.stage.throttles["$connect"] = (0.0, 0)  # by a request that was on its way
    rig.tick()
    assert rig.stage.throttles == THROTTLES
    changes = rig.stage.changes
    rig.tick()
    assert rig.stage.changes == changes


def test_the_environment_that_acts_knows_the_step(rig: BudgetRig) -> None:
    enter(rig, REFUSING)
    enter(rig, OPEN)
    enter(rig, THINNED)
    assert rig.connect("c", "visit-1234") == {"statusCode": 200}
    assert rig.invocation().budget.account(NOW).acted == THINNED


def test_an_email_that_cannot_be_sent_changes_nothing(rig: BudgetRig) -> None:
    rig.topic.broken = True
    enter(rig, SPACED)
    assert steps(rig) == ["spaced"]
    assert rig.logged("budget_failed")


def test_of_ticks_at_the_same_time_one_sends_the_email(rig: BudgetRig) -> None:
    rig.tick()
    usable = 0.20 + 0.75 * (28 + (NOW % DAY) / DAY) / 30
    rig.spend(5 * (usable - 0.07))
    with ThreadPoolExecutor(8) as threads:
        list(threads.map(lambda _: rig.tick(), range(8)))
    assert len(rig.topic.sent) == 1


def test_the_event_that_finds_a_worse_step_acts_at_once_and_a_better_one_is_left_to_the_tick(rig: BudgetRig) -> None:
    rig.tick()
    rig.random = lambda: 0.0
    rig.spend(4.8)
    rig.connect("c", "visit-1234")
    assert steps(rig) == ["closed"]
    assert rig.stage.throttles["$connect"] == (0.0, 0)
    rig.spend(1)
    rig.connect("d", "visit-5678")
    assert steps(rig) == ["closed"]
    rig.tick()
    assert steps(rig) == ["closed", "open"]


def test_the_answer_to_a_page_tells_its_environment_the_step(rig: BudgetRig) -> None:
    rig.connect("c", "visit-1234")
    rig.spend(4.55)
    rig.send(message_event("c"))
    assert rig.connect("d", "visit-5678") == {"statusCode": 429}
    rig.spend(1)
    rig.send(message_event("c"))
    assert rig.connect("d", "visit-5678") == {"statusCode": 429}, "it does not read it again within a minute"
    rig.clock.now += 61
    rig.send(message_event("c"))
    assert rig.connect("d", "visit-5678") == {"statusCode": 200}


def test_an_environment_that_refuses_asks_again_after_a_minute(rig: BudgetRig) -> None:
    enter(rig, CLOSED)
    rig.spend(1)
    assert rig.connect("d", "visit-5678") == {"statusCode": 429}
    rig.clock.now += 61
    assert rig.connect("d", "visit-5678") == {"statusCode": 429}
    assert 1 < rig.spent() < 1.00001, "it charged what it owed, and no whole quantum"
    assert rig.connect("d", "visit-5678") == {"statusCode": 200}


def test_before_the_first_tick_of_a_month_no_event_acts(rig: BudgetRig) -> None:
    rig.random = lambda: 0.0
    rig.spend(4.8)
    rig.connect("c", "visit-1234")
    assert (steps(rig), rig.stage.changes) == ([], 0)
    rig.tick()
    assert steps(rig) == ["closed"]


def test_held_sockets_are_charged_each_minute(rig: BudgetRig) -> None:
    for number in range(400):
        rig.store.connections.add(f"c{number}", NOW)
    before = rig.spent()
    rig.tick()
    assert rig.spent() - before == pytest.approx(400 * 0.25e-6, rel=0.1)


def test_a_new_month_opens_what_the_old_one_closed(rig: BudgetRig) -> None:
    enter(rig, CLOSED)
    rig.clock.now += 2 * DAY
    rig.tick()
    assert steps(rig) == ["closed", "open"]
    assert rig.stage.throttles == THROTTLES
    assert rig.row("2026-12")["step"] == "0"
    rig.tick()
    assert len(rig.topic.sent) == 2


def test_a_raised_budget_reopens(rig: BudgetRig) -> None:
    enter(rig, CLOSED)
    rig.environment |= {"BUDGET_DOLLARS": "10"}
    rig.restart()
    rig.tick()
    assert steps(rig) == ["closed", "open"]
    assert rig.stage.throttles == THROTTLES


def test_without_a_budget_the_tick_reads_no_more_than_before() -> None:
    rig = BudgetRig.of(0)
    rig.tick()
    assert rig.table.calls == ["BatchGetItem"]
    assert MONTH not in str(rig.table.rows)


def test_without_throttles_or_topic_a_step_is_only_logged(rig: BudgetRig) -> None:
    rig.environment |= {"STAGE_THROTTLES": "", "ALERTS_TOPIC": ""}
    rig.restart()
    enter(rig, CLOSED)
    assert (steps(rig), rig.stage.changes, rig.topic.sent) == (["closed"], 0, [])
