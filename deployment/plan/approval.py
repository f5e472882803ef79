"""Approval of a plan: by a user at a terminal, or in advance with --yes."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from console import Console
from deployment.plan.plan import Plan
from deployment.plan.text import plan_lines
from deployment.stack.changes import require_no_losses
from errors import UsageError

SEE_THE_PLAN = "to see the plan: python3 build.py diff"


@dataclass(frozen=True)
class Approval:
    """Functions that show a plan with changes and ask for its approval."""

    show: Callable[[Plan], None]
    ask: Callable[[], bool]


def approval_on(console: Console, *, yes: bool, verb: str = "deploy", hint: str = SEE_THE_PLAN) -> Approval:
    """Return the approval by a user at `console`; yes: approve without asking. hint: how to see what
    would be done.

    Raises UsageError when the console is not interactive and `yes` is false.
    """
    if not yes and not console.interactive:
        raise UsageError(
            verb,
            "standard input is not a terminal, so the plan cannot be confirmed; nothing was changed",
            f"add --yes to execute the plan without confirmation; {hint}",
        )

    def show(plan: Plan) -> None:
        for line in plan_lines(plan, console.painted):
            console(line)

    def ask() -> bool:
        return yes or console.confirm("Execute this plan?")

    return Approval(show, ask)


def require_approval(
    plan: Plan,
    approval: Approval | None,
    *,
    allow_data_loss: bool,
    verb: str = "deploy",
    check: Callable[[], None] = lambda: None,
) -> None:
    """Show the plan, check it, and ask for confirmation; approval: None to only check it.

    check: raises UsageError for a plan that needs another permission. Raises UsageError if the plan loses data and
    `allow_data_loss` is false, or if it is not confirmed.
    """
    if approval and not plan.empty:
        approval.show(plan)
    require_no_losses(plan.losses, allowed=allow_data_loss, verb=verb)
    check()
    if approval and not plan.empty and not approval.ask():
        raise UsageError(verb, "not confirmed, so nothing was changed", "answer yes, or add --yes")
