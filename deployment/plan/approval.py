"""Who approves a plan: somebody at a terminal, or --yes beforehand."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from console import Console
from deployment.plan.plan import Plan
from deployment.plan.text import plan_lines
from errors import UsageError


@dataclass(frozen=True)
class Approval:
    """How a plan that changes something is shown, and how somebody is asked to approve it."""

    show: Callable[[Plan], None]
    ask: Callable[[], bool]


def approval_on(console: Console, *, yes: bool) -> Approval:
    """Raises UsageError at once when there is nobody to ask and nobody has said yes."""
    if not yes and not console.interactive:
        raise UsageError(
            "deploy",
            "there is no terminal to ask on, so nothing was changed",
            "add --yes to execute the plan without asking; python3 build.py diff shows it",
        )

    def show(plan: Plan) -> None:
        for line in plan_lines(plan, console.painted):
            console(line)

    def ask() -> bool:
        return yes or console.confirm("Execute this plan?")

    return Approval(show, ask)
