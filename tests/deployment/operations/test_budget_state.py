"""The step of the budget in `status`: read from the row of the month, computed as the router computes it."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import pytest

from deployment.operations.budget_state import MEANING, budget_state
from router.contract.budget import STEPS
from tests.deployment.fakes import FakeTarget

NOW = datetime(2026, 11, 16, tzinfo=UTC)
"""Half of November is over, so that 57.5 % of the budget may have been spent."""


class Services:
    """Lambda and DynamoDB. spent: in dollars, in the row of November; None: there is no row yet."""

    def __init__(self, spent: float | None, alarm: str = "", **environment: str) -> None:
        self.spent = spent
        self.alarm = alarm
        self.environment = environment
        self.asked = ""

    def get_function_configuration(self, **_: Any) -> Any:
        return {"Environment": {"Variables": self.environment}}

    def get_item(self, Key: Any, **_: Any) -> Any:  # noqa: N803 - as boto3 has it
        self.asked = Key["id"]["S"]
        if self.spent is None:
            return {}
        row = {"spent": {"N": str(round(self.spent * 1e9))}, "step": {"N": "4"}, "alarm": {"S": self.alarm}}
        return {"Item": row}


def state_of(services: Services) -> Any:
    target = FakeTarget(clients={"lambda": services, "dynamodb": services})
    return budget_state("cv-router", "counts", target, NOW)


@pytest.mark.parametrize(
    ("spent", "step", "well"),
    [
        (None, "open", True),
        (1.0, "open", True),
        (2.4, "spaced", None),
        (2.7, "thinned", None),
        (2.8, "refusing", None),
        (2.875, "closed", False),
        (4.9, "closed", False),
    ],
)
def test_the_step_is_the_one_that_the_router_takes(spent: float | None, step: str, well: bool | None) -> None:
    found = state_of(Services(spent, BUDGET_DOLLARS="5"))
    assert found.state.startswith(step)
    assert found.well is well
    assert bool(found.fix) == (step != "open")


def test_it_says_why() -> None:
    services = Services(2.7, BUDGET_DOLLARS="5")
    assert state_of(services).state == (
        "thinned: counts are told less often, and answers have no history; "
        "$2.70 of $2.88 usable by now, 50% into 2026-11, of $5.00 a month; the router last acted upon: closed"
    )
    assert services.asked == "budget#2026-11"


@pytest.mark.parametrize("spent", [0.0, 2.7, 4.9])
def test_an_alarm_that_is_on_keeps_it_closed_whatever_was_spent(spent: float) -> None:
    found = state_of(Services(spent, alarm="cv-ManyMessages-1A2B", BUDGET_DOLLARS="5"))
    assert found.state.startswith("closed, because the alarm cv-ManyMessages-1A2B is on: all visitors see")
    assert found.well is False
    assert "alarm" in found.fix
    assert "the router last acted upon" not in found.state


def test_a_month_of_minutes_has_a_row_of_its_own() -> None:
    services = Services(None, BUDGET_DOLLARS="0.0001", BUDGET_MONTH_SECONDS="300")
    assert "$0.000000 of $0.00" in state_of(services).state
    assert services.asked == f"budget#{int(NOW.timestamp()) // 300}"


@pytest.mark.parametrize("environment", [{"BUDGET_DOLLARS": "0"}, {}])
def test_without_a_budget_it_says_so(environment: dict[str, str]) -> None:
    found = state_of(Services(None, **environment))
    assert found.state.startswith("none")
    assert found.well is True


def test_every_step_has_a_meaning() -> None:
    assert tuple(MEANING) == STEPS
