"""What the stack says about itself: where everything is that it made."""

from __future__ import annotations

from collections.abc import Mapping

from deployment.aws.target import Target
from deployment.stack.progress import silent
from deployment.stack.stack import Stack
from deployment.stack.state import StackState
from errors import StackError
from settings import Settings
from template_gen import names


def read_stack(settings: Settings, target: Target) -> StackState:
    """The stack as it is. Raises StackError when there is none."""
    state = Stack(settings.stack.name, target, silent).read()
    if not state.exists:
        raise StackError(
            f"stack {settings.stack.name}", f"there is none in {target.resolved_region}", "python3 build.py deploy"
        )
    return state


def read_outputs(settings: Settings, target: Target) -> Mapping[str, str]:
    """Output -> value. Raises StackError when there is no stack, or none that was ever finished."""
    state = read_stack(settings, target)
    if names.VISITOR_COUNTS_TABLE not in state.outputs:
        raise StackError(
            f"stack {settings.stack.name}", f"it is {state.status} and has no outputs", "python3 build.py deploy"
        )
    return state.outputs
