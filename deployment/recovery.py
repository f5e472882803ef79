"""Reading the stacks before planning, and recovery from states that block an update."""

from __future__ import annotations

from collections.abc import Mapping

from deployment.plan.stacks import Stacks
from deployment.stack.ownership import require_ours
from deployment.stack.state import StackState


def settle(stacks: Stacks) -> Mapping[str, StackState]:
    """Wait for operations in progress, and return stack name -> state.

    Raises StackError for another project's stack, and CloudError when a request fails.
    """
    states = {stack.name: stack.read_settled() for stack in stacks}
    for stack in stacks:
        if states[stack.name].exists:
            require_ours(stack.name, stack.template())
    return states


def recover(stacks: Stacks, *, skip_stuck: bool) -> Mapping[str, StackState]:
    """Settle the stacks, complete failed rollbacks, and delete change sets that were not executed.

    Returns stack name -> state. skip_stuck: skip resources that cannot be rolled back. Raises StackError for another
    project's stack, and when a rollback cannot be completed.
    """
    settled = settle(stacks)
    recovered = {stack.name: stack.complete_rollback(settled[stack.name], skip_stuck=skip_stuck) for stack in stacks}
    for stack in stacks:
        if recovered[stack.name].status:
            stack.change_sets.delete_leftovers()
    return recovered
