"""The log events of the budget (`log_events` has all others)."""

from __future__ import annotations

from dataclasses import dataclass

from router.contract.budget import STEPS
from router.contract.event_kinds import Event, MinorFailure
from router.contract.log_values import Level


@dataclass(frozen=True)
class BudgetStep(Event):
    """The budget has entered another step.

    step: its name (`contract.budget`)
    spent: the dollars of this month so far
    dollars: those of a whole month
    alarm: the name of the alarm that closed the sockets, None without one
    """

    message = "budget_step"
    step: str
    spent: float
    dollars: float
    alarm: str | None = None

    @property
    def level(self) -> Level:
        """Return WARNING unless everything is open."""
        return Level.INFO if self.step == STEPS[0] else Level.WARNING


@dataclass(frozen=True)
class SocketsClosed(Event):
    """Sockets that were closed, because the budget is. `left` is the number that later ticks close."""

    message = "sockets_closed"
    closed: int
    left: int


class BudgetFailed(MinorFailure):
    """What was spent could not be charged, or a step not be acted upon, or an e-mail not be sent.

    A warning: a later event tries again, except to send an e-mail.
    """

    message = "budget_failed"


BudgetEvent = BudgetStep | SocketsClosed | BudgetFailed
