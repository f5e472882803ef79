"""What events cost, and that no error of the meter fails an event."""

from __future__ import annotations

from typing import Any

import pytest

from router.budget import prices
from router.errors import StoreBusyError
from tests.router.budget_rig import PRICES, BudgetRig
from tests.router.rig import disconnect_event, message_event, recorded
from tests.router.test_metering import Some


@pytest.fixture
def rig() -> BudgetRig:
    rig = BudgetRig.of(100)
    rig.random = lambda: 0.999  # no coin falls for a charge
    rig.dependencies.meter.take()
    return rig


def cost_of(rig: BudgetRig, event: Any) -> dict[str, float]:
    """Return the units that an event counts, without those of the log."""
    meter = rig.dependencies.meter
    seen: dict[str, float] = {}

    def settle() -> bool:
        seen.update(meter.take())
        return False

    object.__setattr__(rig.dependencies, "settle", settle)
    rig.send(event)
    assert seen.pop(prices.LOG_GIGABYTE, 0) >= 0
    assert seen.pop(prices.GIGABYTE_SECOND) == pytest.approx(0.001)
    return {name: number for name, number in seen.items() if number}


def test_a_lone_visit_from_its_handshake_to_its_departure(rig: BudgetRig) -> None:
    arrival = cost_of(rig, recorded("connect"))
    assert (arrival[prices.REQUEST], arrival[prices.EDGE_REQUEST], arrival[prices.MESSAGE]) == (1, 1, 1)
    assert arrival[prices.WRITE] >= 2
    hello = cost_of(rig, message_event("Cc1lwfT9FiACE1A="))
    assert hello[prices.MESSAGE] == 2, "the message and the reply"
    assert hello[prices.READ] > 0
    departure = cost_of(rig, disconnect_event("Cc1lwfT9FiACE1A="))
    assert departure[prices.WRITE] >= 1
    assert prices.MESSAGE not in departure


def test_a_long_message_is_billed_by_32_kilobytes(rig: BudgetRig) -> None:
    event = {**message_event("c"), "body": "x" * (33 * 1024)}
    assert cost_of(rig, event)[prices.MESSAGE] == 3


@pytest.mark.parametrize("name", ["scheduled", "tick"])
def test_a_schedule_without_a_visitor_costs_nothing_of_the_budget(rig: BudgetRig, name: str) -> None:
    event = {"source": "cloud-resume", "detail-type": "Tick"} if name == "tick" else recorded(name)
    rig.send(event)
    rig.dependencies.meter.take()
    rig.environment.pop("SITE_BUCKET")
    rig.random = lambda: 0.0  # any amount would be charged
    before = rig.spent()
    for _ in range(5):
        rig.send(event)
    assert rig.spent() == before


def test_the_time_is_billed(rig: BudgetRig) -> None:
    rig.random = lambda: 0.0
    rig.transport.on_post = lambda: rig.clock.sleep(10.0)
    rig.connect("c", "visit-1234")
    before = rig.spent()
    rig.send(message_event("c"))
    assert rig.spent() - before >= 10 * 0.5 * PRICES["lambda_gigabyte_second"]


def test_an_error_of_the_flush_fails_no_event_and_is_charged_later(rig: BudgetRig) -> None:
    settle = type(rig.dependencies).settle

    def broken() -> None:
        raise StoreBusyError("UpdateItem", "ThrottlingException")

    object.__setattr__(rig.dependencies, "settle", broken)
    assert rig.connect("c", "visit-1234") == {"statusCode": 200}
    assert [line["reason"] for line in rig.logged("budget_failed")] == ["UpdateItem: ThrottlingException"]
    object.__setattr__(rig.dependencies, "settle", lambda: settle(rig.dependencies))
    rig.random = lambda: 0.0
    rig.send(message_event("c"))
    assert rig.spent() > 0.000007


def test_a_wrong_configuration_is_reported_as_before(rig: BudgetRig) -> None:
    rig.environment["PRICES"] = "{}"
    rig.restart()
    assert rig.connect("c") == {"statusCode": 500}
    (line,) = rig.logged("failed")
    assert "PRICES" in line["reason"]


def test_a_client_that_cannot_be_made_fails_no_event(rig: BudgetRig) -> None:
    def fails(_: Any) -> Any:
        raise KeyError("apigatewayv2")

    rig.tick()
    rig.spend(99)
    rig.random = lambda: 0.0
    object.__setattr__(rig.dependencies, "make_stage", fails)
    assert rig.connect("c", "visit-1234") == {"statusCode": 200}
    assert len(rig.logged("budget_failed")) == 1
    rig.tick()
    assert len(rig.logged("budget_failed")) == 2
    object.__setattr__(rig.dependencies, "make_stage", lambda _: rig.stage)
    object.__setattr__(rig.dependencies, "make_topic", fails)
    rig.tick()
    assert rig.row()["step"] == "4"


def test_without_time_nothing_is_charged_until_the_next_event(rig: BudgetRig) -> None:
    rig.random = lambda: 0.0
    rig.clock.timeout = 2
    rig.connect("c", "visit-1234")
    assert rig.spent() == 0
    rig.clock.timeout = 30
    rig.connect("d", "visit-5678")
    assert rig.spent() > 2 * 0.000003


def test_with_little_time_a_step_is_left_to_the_next_event(rig: BudgetRig) -> None:
    rig.tick()
    rig.spend(99)
    rig.random = lambda: 0.0
    rig.clock.timeout = 9
    rig.connect("c", "visit-1234")
    assert (rig.stage.changes, rig.spent() > 99) == (0, True)
    rig.clock.timeout = 30
    rig.connect("d", "visit-5678")
    assert rig.stage.changes == 1


def test_a_new_environment_asks_what_was_spent_before_a_broadcast(rig: BudgetRig) -> None:
    rig.spend(99)
    posts = Some(30)
    rig.dependencies.transport.run(posts)
    assert rig.transport.tries == 0
    assert rig.dependencies.meter.take()[prices.MESSAGE] == -30, "they are taken back"
