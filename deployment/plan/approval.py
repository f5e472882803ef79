"""Approval of a plan: by a user at a terminal, or in advance with --yes."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from console import Console
from deployment.plan.plan import Plan
from deployment.plan.text import plan_lines
from errors import UsageError


@dataclass(frozen=True)
class Approval:
    """Functions that show a plan with changes and ask for its approval."""

    show: Callable[[Plan], None]
    ask: Callable[[], bool]


def approval_on(console: Console, *, yes: bool) -> Approval:
    """Return the approval by a user at `console`; yes: approve without asking.

    Raises UsageError when the console is not interactive and `yes` is false.
    """
    if not yes and not console.interactive:
        raise UsageError(
            "deploy",
            "standard input is not a terminal, so the plan cannot be confirmed; nothing was changed",
            "add --yes to execute the plan without confirmation; to see the plan: python3 build.py diff",
        )

    def show(plan: Plan) -> None:
        for line in plan_lines(plan, console.painted):
            console(line)

    def ask() -> bool:
        return yes or console.confirm("Execute this plan?")

    return Approval(show, ask)
