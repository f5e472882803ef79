"""What somebody is told who interrupts a deploy."""

from __future__ import annotations

from deployment.aws.target import Target
from deployment.plan.stacks import Stacks
from deployment.stack.progress import silent
from errors import ProjectError
from settings import Settings


def what_goes_on(settings: Settings, target: Target) -> str:
    """Whether anything goes on in the account, and what the next deploy does."""
    name = settings.stack.name
    try:
        states = {stack.name: stack.read() for stack in Stacks.of(settings, target, silent)}
        main = states[name]
    except (ProjectError, KeyboardInterrupt):
        return f"stopped: whether {name} is still being changed could not be read; python3 build.py status shows it"
    if busy := [f"{one} goes on in your account ({state.status})" for one, state in states.items() if state.busy]:
        return (
            f"stopped watching: {', '.join(busy)}, unharmed; the next deploy waits for its end, then does what is left"
        )
    if not main.exists:
        return f"stopped: nothing runs in your account, and {name} is not made yet; the next deploy makes it"
    return f"stopped: nothing runs in your account ({name}: {main.status}); the next deploy does what is left"
