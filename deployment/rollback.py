"""The rollback to an earlier release, with a plan: `plan_rollback` reads, `roll_back` acts."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from console import Reporter
from deployment.aws.bucket import read_bucket
from deployment.aws.target import Target
from deployment.domain.certificates import certificate_exists
from deployment.plan.approval import Approval, require_approval
from deployment.plan.plan import CodePlan, Plan, SitePlan, StackPlan
from deployment.release.release import Release, code_of, load_releases
from deployment.release.restore import (
    SiteRestoration,
    plan_site_restoration,
    restore,
    restoring_change,
)
from deployment.site.invalidation import EVERYTHING
from deployment.stack.change_sets import ChangeSet, is_stale
from deployment.stack.outputs import read_outputs
from deployment.stack.ownership import require_ours
from deployment.stack.required_output import required
from deployment.stack.stack import Stack
from deployment.stack.state import StackState
from errors import CloudError, SmokeTestError, StackError, UsageError
from settings import Settings
from template_gen import names


@dataclass(frozen=True)
class RollbackPlan:
    """The plan of a rollback to `release`.

    change_set: None if the stack does not change. stamp: of the state of the stack that was planned for.
    """

    release: Release
    plan: Plan
    change_set: ChangeSet | None
    stamp: str


def releases(settings: Settings, target: Target) -> list[tuple[Release, bool]]:
    """Return the recorded releases, the latest first, each with True if it is deployed.

    Raises StackError and CloudError.
    """
    read_outputs(settings, target)
    state = Stack(settings.stack.name, target).read()
    return list(_releases(state, target))


def release_lines(found: Sequence[tuple[Release, bool]]) -> list[str]:
    """Return a line for each release, for `rollback --list`."""
    lines = [
        f"{release.at}  code {release.code[:12]}  {len(release.site)} files{'  deployed' if deployed else ''}"
        for release, deployed in found
    ]
    return lines or ["no release is recorded yet: a deploy that passes the smoke test records one"]


def plan_rollback(settings: Settings, target: Target, reporter: Reporter, *, to: str = "") -> RollbackPlan:
    """Return the plan of a rollback, for which it creates a change set.

    to: the time of a release, or its beginning; "" for the latest release that differs from what is deployed.
    Raises StackError if there is no such release, or a part of it has expired; UsageError for an unknown `to`;
    CloudError.
    """
    read_outputs(settings, target)
    stack = Stack(settings.stack.name, target, reporter)
    state = stack.complete_rollback(stack.read_settled())
    require_ours(stack.name, stack.template())
    stack.change_sets.delete_leftovers()
    release = _chosen(list(_releases(state, target)), to, stack.name)
    _require_possible(release, state, target)
    site = plan_site_restoration(release, target)
    change = restoring_change(release, target)
    change_set = None if stack.unchanged(change, state) else stack.propose(change, state)
    stack_plan = (
        StackPlan(stack.name, "update", change_set.changes, change_set.arn)
        if change_set
        else StackPlan(stack.name, "keep")
    )
    plan = Plan(
        stack.name,
        target.resolved_region,
        (stack_plan,),
        CodePlan(code_of(state.parameters), release.code),
        _site_plan(site, release),
        cost=None,
    )
    return RollbackPlan(release, plan, change_set, state.stamp)


def approve(planned: RollbackPlan, target: Target, approval: Approval, *, allow_data_loss: bool) -> None:
    """Show the plan and ask for confirmation. Raises UsageError, after deleting the change set, if it is refused."""
    with Stack(planned.plan.name, target).change_sets.deleted_if_refused(planned.plan.main.change_set):
        require_approval(planned.plan, approval, allow_data_loss=allow_data_loss, verb="rollback")


def roll_back(planned: RollbackPlan, target: Target, reporter: Reporter) -> None:
    """Execute the plan. Raises SmokeTestError if the restored release fails the smoke test, StackError, CloudError."""
    stack = Stack(planned.plan.name, target, reporter)
    changed = StackError(
        f"stack {stack.name}", "it has changed since the plan was made; nothing was restored", "roll back again"
    )
    if stack.read().stamp != planned.stamp:
        raise changed
    try:
        passed = restore(stack, planned.release, target, reporter, change_set=planned.change_set)
    except CloudError as error:
        if is_stale(error):
            raise changed from error
        raise
    if not passed:
        raise SmokeTestError(
            f"release of {planned.release.at}",
            "it was restored, but does not pass the smoke test",
            "look for the cause with python3 build.py logs, or roll back further (python3 build.py rollback --list)",
        )


def _require_possible(release: Release, state: StackState, target: Target) -> None:
    """Raise StackError if the release refers to a site bucket or a certificate that has gone, and CloudError."""
    if release.bucket != state.outputs.get(names.SITE_BUCKET_NAME):
        raise StackError(
            f"release of {release.at}",
            f"its site is in {release.bucket}, which the stack no longer has",
            "check out the sources of that release and deploy them",
        )
    arn = release.parameters.get(names.CERTIFICATE_ARN, "")
    if arn and not certificate_exists(arn, target):
        raise StackError(
            f"release of {release.at}",
            "the certificate of its domain was deleted when the domain changed",
            "set domain.name in settings.toml to the earlier one and deploy",
        )


def _releases(state: StackState, target: Target) -> Iterator[tuple[Release, bool]]:
    site = read_bucket(required(state.outputs, names.SITE_BUCKET_NAME), target)
    for release in load_releases(state.parameters[names.CODE_BUCKET], target):
        yield release, release.is_deployed(state, site)


def _chosen(found: Sequence[tuple[Release, bool]], to: str, stack: str) -> Release:
    if to:
        return _named(found, to)
    now = next((release for release, deployed in found if deployed), None)
    # A rollback records its result, so the deployed version may be recorded twice: go back from the earlier record.
    same = [number for number, (release, _) in enumerate(found) if now is not None and release.same_content(now)]
    earlier = found[same[-1] + 1 :] if same else found
    if not earlier:
        raise StackError(
            f"stack {stack}",
            "no earlier release is recorded; a deploy that passes the smoke test records one, for 30 days",
            "check out the sources of the version you want and deploy them",
        )
    return earlier[0][0]


def _named(found: Sequence[tuple[Release, bool]], to: str) -> Release:
    """Return the release whose time is `to` or begins with it. Raises UsageError unless there is exactly one."""
    named = [one for one in found if one[0].at.startswith(to)]
    if len(named) == 1 and not named[0][1]:
        return named[0][0]
    problem = (
        f"there is no release of {to}"
        if not named
        else f"there are {len(named)} releases of {to}"
        if len(named) > 1
        else "this release is deployed"
    )
    raise UsageError("--to", problem, "to list the releases: python3 build.py rollback --list")


def _site_plan(site: SiteRestoration, release: Release) -> SitePlan:
    return SitePlan(
        new=site.added,
        changed=tuple(sorted(site.restored.keys() - set(site.added))),
        unchanged=tuple(sorted(release.site.keys() - site.restored.keys())),
        delete=site.deleted,
        invalidate=(EVERYTHING,) if site.number else (),
    )
