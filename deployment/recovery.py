"""Recovery of stacks from states that block an update. Runs before planning, which only reads."""

from __future__ import annotations

from deployment.plan.stacks import Stacks
from deployment.stack.ownership import require_ours


def recover(stacks: Stacks, *, skip_stuck: bool) -> None:
    """Wait for operations in progress, complete failed rollbacks, and delete change sets that were not executed.

    skip_stuck: skip resources that cannot be rolled back. Raises StackError for a stack of another project, and when a
    rollback cannot be completed.
    """
    for stack in stacks:
        state = stack.read_settled()
        if state.exists:
            require_ours(stack.name, stack.template())
            stack.complete_rollback(state, skip_stuck=skip_stuck)
        if state.status:
            stack.change_sets.delete_leftovers()
