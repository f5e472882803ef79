"""The stack of the roles, and the variables of the repository that name its outputs."""

from __future__ import annotations

from console import SILENT, Reporter
from deployment.aws.target import Target
from deployment.stack.stack import Stack
from deployment.stack.state import StackState
from settings import Settings
from template_gen import github_roles

VARIABLES = {
    "AWS_PREVIEW_ROLE": github_roles.PREVIEW_ROLE_ARN,
    "AWS_PREVIEW_BOUNDARY": github_roles.BOUNDARY_ARN,
    "AWS_MAIN_ROLE": github_roles.MAIN_ROLE_ARN,
}
"""Variable of the repository -> output of the stack."""


def github_stack(settings: Settings, target: Target, reporter: Reporter = SILENT) -> Stack:
    """Return the stack of the roles."""
    return Stack(f"{settings.stack.name}-github", target, reporter)


def created_provider(stack: Stack, state: StackState) -> str | None:
    """Return the ARN of the provider that the stack in this state has created, if any. Raises CloudError."""
    return stack.resources().get(github_roles.PROVIDER) if state.exists else None
