"""Who says that a plan may be carried out: somebody at a terminal, or --yes beforehand."""

from __future__ import annotations

from deployment.console import Console
from deployment.deploy import Agreement
from deployment.plan import Plan
from deployment.plan_text import plan_lines
from errors import UsageError


def agreement(console: Console, *, yes: bool) -> Agreement:
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

    return Agreement(show, ask)
