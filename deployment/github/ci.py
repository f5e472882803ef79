"""`init ci`: deploys from GitHub without stored keys.

1. repository   the one of --repository, or of the remote `origin`, in the form that its tokens name it
2. provider     GitHub's identity provider: the account has it, or the stack creates it
3. plan         the stack of the two roles and the workflow files, each compared with what exists
4. apply        the stack first, then the files, then the lines to paste: the roles as variables of the repository

`init ci --remove` deletes the stack and the files. It deletes the identity provider only if the stack has created it,
and refuses to while a role of another project trusts it.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from console import SILENT, Reporter
from deployment.aws.errors import translated
from deployment.aws.target import Target
from deployment.github.provider import Provider, create_provider, find_provider, trusting_roles
from deployment.github.repository import Repository
from deployment.github.roles import boundary, main_access, preview_access
from deployment.github.workflow_files import FOLDER, WorkflowFile, file_lines, generated_files, plan_files, write_files
from deployment.package.lint import require_clean
from deployment.plan.plan import StackPlan
from deployment.plan.planner import side_plan
from deployment.plan.text import Paint, stack_lines
from deployment.role.permissions import place_of
from deployment.stack.change_sets import Change
from deployment.stack.ownership import require_ours
from deployment.stack.stack import Stack
from errors import StackError
from settings import Settings
from template_gen import github_roles
from template_gen.github_roles import Access, generate_github_roles
from template_gen.stack import compact_json

VARIABLES = {
    "AWS_PREVIEW_ROLE": github_roles.PREVIEW_ROLE_ARN,
    "AWS_PREVIEW_BOUNDARY": github_roles.BOUNDARY_ARN,
    "AWS_MAIN_ROLE": github_roles.MAIN_ROLE_ARN,
}
"""Variable of the repository -> output of the stack."""


@dataclass(frozen=True)
class Source:
    """What is deployed: a branch of a repository, of which `root` is a checkout."""

    repository: Repository
    branch: str
    root: Path


@dataclass(frozen=True)
class CiPlan:
    """The plan of `init ci`. access: role -> its access."""

    repository: Repository
    stack: StackPlan
    template: str
    files: tuple[WorkflowFile, ...]
    access: Mapping[str, Access]
    provider: Provider

    @property
    def empty(self) -> bool:
        return self.stack.empty and all(file.unchanged for file in self.files)


@dataclass(frozen=True)
class RemovalPlan:
    """The plan of `init ci --remove`. stack: "" if it does not exist. provider: "" if it stays or does not exist."""

    stack: str
    files: tuple[Path, ...]
    provider: str

    @property
    def nothing(self) -> bool:
        return not self.stack and not self.files


def github_stack(settings: Settings, target: Target, reporter: Reporter = SILENT) -> Stack:
    """Return the stack of the roles."""
    return Stack(f"{settings.stack.name}-github", target, reporter)


def plan_ci(settings: Settings, target: Target, source: Source, output: Path) -> CiPlan:
    """Return the plan. output: the folder for generated files.

    Raises SettingsError for a stack name that is too long, LintError, and CloudError.
    """
    stack = github_stack(settings, target)
    state = stack.read_settled()
    if state.exists:
        require_ours(stack.name, stack.template())
    provider = find_provider(target, _created_provider(stack))
    with translated("credentials"):
        caller = target.client("sts").get_caller_identity()
    place = place_of(caller["Arn"], target)
    preview = preview_access(settings, source.repository, source.branch, place)
    main = main_access(settings, source.repository, source.branch, place)
    template = generate_github_roles(
        settings, preview, main, boundary(settings, place), with_provider=provider.in_stack
    )
    text = compact_json(template)
    require_clean(text, place.region, output)
    planned, _ = side_plan(stack, state, template, github_roles.MAIN_ROLE_ARN)
    files = plan_files(source.root, source.branch, place.region)
    return CiPlan(
        source.repository,
        planned,
        text,
        tuple(files),
        {github_roles.PREVIEW: preview, github_roles.MAIN: main},
        provider,
    )


def plan_lines(plan: CiPlan, root: Path, paint: Paint) -> list[str]:
    """Return the lines that show the plan and who is trusted."""
    how = (
        "created by this stack" if plan.provider.in_stack else "the account has it already; it is used and not changed"
    )
    if not plan.provider.arn and not plan.provider.in_stack:
        how = "created beside the stack, as this is an emulator"
    lines = [
        f"plan for the workflows of {plan.repository.full_name}:",
        *stack_lines(plan.stack, paint),
        f"  identity provider {github_roles.HOST}: {how}",
    ]
    for name, access in plan.access.items():
        lines += [f"  role {name}: may be assumed by {subject}" for subject in access.subjects]
    return [*lines, *file_lines(plan.files, root)]


def apply_ci(plan: CiPlan, settings: Settings, target: Target, reporter: Reporter) -> list[str]:
    """Execute the plan, and return the lines to paste. Raises StackError, CloudError and OutputError."""
    if not plan.provider.arn and not plan.provider.in_stack:
        create_provider(target)
    outputs = github_stack(settings, target, reporter).apply(Change(plan.template, {})).outputs
    write_files(plan.files)
    return variable_lines(plan.repository, outputs)


def variable_lines(repository: Repository, outputs: Mapping[str, str]) -> list[str]:
    """Return the commands that set the variables of the repository."""
    return [
        f"gh variable set {variable} --repo {repository.full_name} --body {outputs[output]}"
        for variable, output in VARIABLES.items()
    ]


def deployed_lines(settings: Settings, target: Target, repository: Repository) -> list[str]:
    """Return `variable_lines` of the existing stack. Raises CloudError."""
    return variable_lines(repository, github_stack(settings, target).read().outputs)


def plan_removal(settings: Settings, target: Target, root: Path) -> RemovalPlan:
    """Return the plan of the removal. Raises StackError if a role of another project trusts the stack's provider."""
    stack = github_stack(settings, target)
    state = stack.read()
    if not state.status:
        return RemovalPlan("", tuple(generated_files(root)), "")
    require_ours(stack.name, stack.template())
    provider = _created_provider(stack) or ""
    own = set(stack.resources().values())
    others = [role for role in trusting_roles(provider, target) if role not in own] if provider else []
    if others:
        raise StackError(
            f"stack {stack.name}",
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
        "previews that still exist: python3 build.py environments",
    ]


def _created_provider(stack: Stack) -> str | None:
    """Return the ARN of the provider that the stack has created, if any."""
    return stack.resources().get(github_roles.PROVIDER) if stack.read().exists else None
