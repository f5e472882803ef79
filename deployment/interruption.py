"""The message after an interrupted deploy."""

from __future__ import annotations

from deployment.aws.target import Target
from deployment.plan.stacks import Stacks
from errors import ProjectError
from settings import Settings


def interruption_message(settings: Settings, target: Target) -> str:
    """Return a message that names the operations still in progress, and what the next deploy does."""
    name = settings.stack.name
    try:
        states = {stack.name: stack.read() for stack in Stacks.of(settings, target)}
        main = states[name]
    except (ProjectError, KeyboardInterrupt):
        return f"stopped: the state of {name} could not be read; to see it: python3 build.py status"
    if busy := [f"{one} ({state.status})" for one, state in states.items() if state.busy]:
        return (
            f"stopped: an operation is still in progress in your account: {', '.join(busy)}; the next deploy waits for "
            "it to complete, then continues"
        )
    if not main.exists:
        return f"stopped: no operation is in progress in your account; the next deploy creates {name}"
    return f"stopped: no operation is in progress in your account ({name}: {main.status}); the next deploy continues"
