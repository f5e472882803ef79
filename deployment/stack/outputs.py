"""The outputs of the stack."""

from __future__ import annotations

from collections.abc import Mapping

from deployment.aws.target import Target
from deployment.stack.stack import Stack
from deployment.stack.state import StackState
from errors import StackError
from settings import Settings
from template_gen import names


def read_stack(settings: Settings, target: Target) -> StackState:
    """Return the state of the stack. Raises StackError when it does not exist."""
    state = Stack(settings.stack.name, target).read()
    if not state.exists:
        raise StackError(
            f"stack {settings.stack.name}",
            f"does not exist in {target.resolved_region}",
            "deploy it: python3 build.py deploy",
        )
    return state


def read_outputs(settings: Settings, target: Target) -> Mapping[str, str]:
    """Return output -> value. Raises StackError when the stack does not exist or its creation is not complete."""
    state = read_stack(settings, target)
    if names.VISITOR_COUNTS_TABLE not in state.outputs:
        raise StackError(
            f"stack {settings.stack.name}",
            f"it is {state.status} and has no outputs",
            "deploy again: python3 build.py deploy",
        )
    return state.outputs
