"""Stacks that are stuck, brought back to where a plan can start. Before anything is planned: a plan only reads."""

from __future__ import annotations

from deployment.plan.stacks import Stacks
from deployment.stack.ownership import require_ours


def recover(stacks: Stacks, *, skip_stuck: bool) -> None:
    """Waits for what is under way, completes rollbacks that failed, and deletes change sets that nobody executed.

    skip_stuck: skip resources that cannot be rolled back. Raises StackError for a stack that is not ours, or that
    cannot be brought back.
    """
    for stack in stacks:
        state = stack.read_settled()
        if state.exists:
            require_ours(stack.name, stack.template())
            stack.bring_back(state, skip_stuck=skip_stuck)
        if state.status:
            stack.change_sets.delete_leftovers()
