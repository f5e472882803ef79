"""`init ci --remove` deletes the stack of the roles and the workflow files.

It deletes the identity provider only if the stack has created it, and refuses to while a role of another project trusts
it. It also refuses while a preview exists: its role has the boundary that would be deleted.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from console import Reporter
from deployment.aws.target import Target
from deployment.github.ci_stack import VARIABLES, created_provider, github_stack
from deployment.github.provider import trusting_roles
from deployment.github.workflow_files import FOLDER, generated_files
from deployment.operations.environments import PREVIEWS, environments
from deployment.stack.ownership import require_ours
from deployment.stack.title import title
from errors import StackError
from settings import Settings


@dataclass(frozen=True)
class RemovalPlan:
    """The plan of `init ci --remove`. stack: "" if it does not exist. provider: "" if it stays or does not exist."""

    stack: str
    files: tuple[Path, ...]
    provider: str

    @property
    def nothing(self) -> bool:
        return not self.stack and not self.files


def plan_removal(settings: Settings, target: Target, root: Path) -> RemovalPlan:
    """Return the plan of the removal.

    Raises StackError while a preview exists, or if a role of another project trusts the stack's provider.
    """
    stack = github_stack(settings, target)
    state = stack.read_settled()
    if not state.status:
        return RemovalPlan("", tuple(generated_files(root)), "")
    if state.exists:
        require_ours(stack.name, stack.template())
    _require_no_previews(settings, target, stack.name)
    provider = created_provider(stack, state) or ""
    own = set(stack.resources().values()) if provider else set()
    others = [role for role in trusting_roles(provider, target) if role not in own] if provider else []
    if others:
        raise StackError(
            title(stack.name),
            f"other roles trust the identity provider that it has created: {', '.join(others)}; nothing was deleted",
            "delete those roles first, or keep this stack: without the variables of the repository it is not used",
        )
    return RemovalPlan(stack.name, tuple(generated_files(root)), provider)


def removal_lines(plan: RemovalPlan, root: Path) -> list[str]:
    """Return a line for each thing that will be deleted."""
    if plan.nothing:
        return ["the workflows and their roles do not exist: nothing to delete"]
    lines = [f"DELETE  {path.relative_to(root).as_posix()}" for path in plan.files]
    if plan.stack:
        lines.insert(0, f"DELETE  stack {plan.stack}: the roles of the workflows and their policies")
    if plan.provider:
        lines.append(f"DELETE  identity provider {plan.provider}")
    return lines


def remove_ci(plan: RemovalPlan, settings: Settings, target: Target, reporter: Reporter) -> list[str]:
    """Execute the plan, and return what is left to do. Raises StackError when the stack cannot be deleted."""
    if plan.stack:
        github_stack(settings, target, reporter).delete()
        reporter(f"stack {plan.stack}: deleted")
    for path in plan.files:
        path.unlink(missing_ok=True)
    return [
        f"next: commit the removal of the files in {FOLDER.as_posix()}, and delete the variables in the repository: "
        + "; ".join(f"gh variable delete {name}" for name in VARIABLES),
    ]


def _require_no_previews(settings: Settings, target: Target, stack: str) -> None:
    left = [one.name for one in environments(settings, target) if one.name.startswith(PREVIEWS)]
    if left:
        raise StackError(
            title(stack),
            f"previews still use its boundary: {', '.join(left)}; nothing was deleted",
            "close their pull requests, or destroy them: "
            + "; ".join(f"python3 build.py destroy --env {name} --delete-data" for name in left),
        )
