"""`init ci`: deploys from GitHub without stored keys.

1. repository   the one of --repository, or of the remote `origin`, in the form that its tokens name it
2. provider     GitHub's identity provider: the account has it, or the stack creates it
3. plan         the stack of the two roles and the workflow files, each compared with what exists
4. apply        the stack first, then the files, then the lines to paste: the roles as variables of the repository
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from console import Reporter
from deployment.aws.errors import translated
from deployment.aws.target import Target
from deployment.github.ci_stack import VARIABLES, created_provider, github_stack
from deployment.github.provider import Provider, create_provider, find_provider
from deployment.github.repository import Repository
from deployment.github.roles import boundary, main_access, preview_access
from deployment.github.workflow_files import WorkflowFile, file_lines, plan_files, write_files
from deployment.package.lint import require_clean
from deployment.plan.plan import StackPlan
from deployment.plan.planner import side_plan
from deployment.plan.text import Paint, stack_lines
from deployment.role.permissions import place_of
from deployment.stack.change_sets import Change
from deployment.stack.ownership import require_ours
from settings import Settings
from template_gen import github_roles
from template_gen.github_roles import Access, generate_github_roles
from template_gen.stack import compact_json


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


def plan_ci(settings: Settings, target: Target, source: Source, output: Path) -> CiPlan:
    """Return the plan. output: the folder for generated files.

    Raises SettingsError for a stack name that is too long, OutputError for a workflow that is not ours, LintError, and
    CloudError.
    """
    files = plan_files(source.root, source.branch, target.resolved_region)
    stack = github_stack(settings, target)
    state = stack.read_settled()
    if state.exists:
        require_ours(stack.name, stack.template())
    provider = find_provider(target, created_provider(stack, state))
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
