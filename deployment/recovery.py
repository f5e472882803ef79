"""Stacks that are stuck, brought back to where a plan can start. Before anything is planned: a plan only reads."""

from __future__ import annotations

from deployment.aws.target import Target
from deployment.domain.certificates import certificate_stack
from deployment.package.artifacts import artifact_stack
from deployment.stack.ownership import require_ours
from deployment.stack.stack import Say, Stack
from settings import Settings


def stacks_of(settings: Settings, target: Target, say: Say) -> list[Stack]:
    """The stacks of a deploy, in the order in which they are brought up to date; the main one is the last."""
    main = Stack(settings.stack.name, target, say)
    if settings.domain.name and not settings.domain.certificate_arn:
        return [artifact_stack(settings, target, say), certificate_stack(settings, target, say), main]
    return [artifact_stack(settings, target, say), main]


def recover(settings: Settings, target: Target, say: Say, *, skip_stuck: bool) -> None:
    """Waits for what is under way, completes rollbacks that failed, and deletes change sets that nobody executed.

    skip_stuck: skip resources that cannot be rolled back. Raises StackError for a stack that is not ours, or that
    cannot be brought back.
    """
    for stack in stacks_of(settings, target, say):
        state = stack.read_settled()
        if state.exists:
            require_ours(stack.name, stack.template())
            stack.at_rest(skip_stuck=skip_stuck)
        if state.status:
            stack.change_sets.delete_leftovers()
