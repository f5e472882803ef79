"""The steps of a deploy:

1. Prepare, on this machine: settings → template → lint → zip → site.
2. Recover: complete failed rollbacks and delete leftover change sets.
3. Plan: read the account, create a change set, compare the site. This changes no resources.
4. Approve: show the plan and ask for confirmation, unless the caller has approved it in advance. A plan that loses data
   is refused unless the options allow it.
5. Execute: artifact bucket → certificate → zip → the planned change set → stack outputs → site upload → invalidation →
   smoke test. If the stack has changed since the plan was made, nothing is executed and the deploy restarts at step 2.

The steps are the same for an AWS account and for the embedded cloud: only the `Target` and the parameters differ. Every
step reads the current state and does nothing if it is up to date, so the next deploy completes an interrupted one.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from pathlib import Path

from console import SILENT, Reporter
from deployment.aws.target import Target
from deployment.domain.certificate_validation import print_site_records
from deployment.domain.certificates import certificate_arn, delete_unused
from deployment.interruption import interruption_message
from deployment.package.artifacts import artifact_bucket, template_url, upload_package
from deployment.package.prepared import Prepared, prepare
from deployment.plan.approval import Approval
from deployment.plan.cost import Traffic
from deployment.plan.plan import Plan
from deployment.plan.planner import PlanningResult, main_change, make_plan
from deployment.plan.stacks import Stacks
from deployment.recovery import recover, settle
from deployment.rollback import Snapshot, roll_back, take_snapshot
from deployment.site.progress import progress_for
from deployment.site.upload import SitePlace, plan_site, publish
from deployment.site.upload_plan import require_few_deletions
from deployment.stack.change_sets import ChangeSet, is_stale
from deployment.stack.changes import losses
from deployment.stack.stack import Stack
from deployment.stack.state import StackState
from errors import CloudError, SmokeTestError, StackError, UsageError
from settings import Settings
from site_gen.pdf import Printer
from template_gen import names

ATTEMPTS = 3
"""Number of plans to make before giving up on a stack that is being changed by someone else."""


@dataclass(frozen=True)
class Options:
    """The options of a deploy.

    allow_data_loss: execute a plan that replaces or removes a table or the bucket.
    allow_mass_delete: execute a plan that deletes most of the site.
    skip_stuck: skip the resources that cannot be rolled back after a failed update.
    wait: wait for the CloudFront invalidation to complete.
    smoke_test: run the smoke test after the deploy. rollback_on_smoke_failure: roll back if it fails.
    new_origin_secret: replace the secret shared by the distribution and the router.
    lint: raise LintError if cfn-lint has findings.
    traffic: the traffic to estimate the cost for.
    """

    allow_data_loss: bool = False
    allow_mass_delete: bool = False
    skip_stuck: bool = False
    wait: bool = False
    smoke_test: bool = False
    rollback_on_smoke_failure: bool = False
    new_origin_secret: bool = False
    lint: bool = True
    traffic: Traffic = field(default_factory=Traffic)


@dataclass(frozen=True)
class Deployed:
    """The result of a deploy. outputs: the outputs of the stack. changed: False if everything was up to date."""

    outputs: Mapping[str, str]
    changed: bool


class _ChangedMeanwhileError(Exception):
    """The stack has changed since the plan was made."""


def diff(  # noqa: PLR0913 - all but the first two are keywords
    settings: Settings,
    target: Target,
    *,
    output: Path,
    parameters: Mapping[str, str] | None = None,
    reporter: Reporter = SILENT,
    traffic: Traffic,
    print_pdf: Printer | None = None,
) -> Plan:
    """Return the plan of a deploy, leaving the account unchanged. Raises ProjectError when a step fails."""
    stacks = Stacks.of(settings, target, reporter)
    prepared = prepare(settings, target, output, parameters or {}, print_pdf=print_pdf, address=_address(stacks))
    return make_plan(prepared, stacks, settle(stacks), traffic, dry=True).plan


def deploy(  # noqa: PLR0913 - all but the first two are keywords
    settings: Settings,
    target: Target,
    *,
    output: Path,
    parameters: Mapping[str, str] | None = None,
    reporter: Reporter = SILENT,
    approval: Approval | None = None,
    options: Options | None = None,
    print_pdf: Printer | None = None,
) -> Deployed:
    """Deploy the stack and the site described by `settings` to `target`.

    output: the folder for generated files. reporter: prints the progress.
    parameters: values of the template parameters that only an emulator needs.
    approval: shows the plan and asks for confirmation; None to deploy without asking.
    print_pdf: the printer of the site's resume.pdf, which takes a second or two.
    Raises ProjectError when a step fails. Completed steps are not undone; the next deploy continues from there.
    """
    options = options or Options()
    prepared = prepare(
        settings,
        target,
        output,
        parameters or {},
        print_pdf=print_pdf,
        address=_address(Stacks.of(settings, target)),
        lint=options.lint,
        renew_secret=options.new_origin_secret,
    )
    for note in prepared.notes:
        reporter(f"note: {note}")
    try:
        for _ in range(ATTEMPTS):
            stacks = Stacks.of(settings, target, reporter)
            states = recover(stacks, skip_stuck=options.skip_stuck)
            planned = make_plan(prepared, stacks, states, options.traffic, dry=False)
            _require_approval(planned, stacks.main, approval, options)
            try:
                return _Deploy(prepared, planned, stacks, reporter, options).act()
            except _ChangedMeanwhileError:
                reporter(f"stack {settings.stack.name} has changed since the plan was made; planning again")
    except KeyboardInterrupt:
        reporter(interruption_message(settings, target))
        raise
    raise StackError(
        f"stack {settings.stack.name}", "someone else keeps changing it", "wait for their changes, then deploy again"
    )


def _address(stacks: Stacks) -> str | None:
    """Return the site's URL from the stack outputs, or None before the first deploy. Raises CloudError."""
    return stacks.main.read().outputs.get(names.SITE_URL)


def _require_approval(planned: PlanningResult, main: Stack, approval: Approval | None, options: Options) -> None:
    """Show the plan and ask for confirmation. Raises UsageError, after deleting the change set, if it is refused."""
    plan = planned.plan
    try:
        if approval and not plan.empty:
            approval.show(plan)
        _require_no_losses(plan.losses, options)
        require_few_deletions(planned.upload, allowed=options.allow_mass_delete)
        if approval and not plan.empty and not approval.ask():
            raise UsageError("deploy", "not confirmed, so nothing was changed", "answer yes, or add --yes")
    except (UsageError, KeyboardInterrupt):
        if plan.main.change_set:
            main.change_sets.delete(plan.main.change_set)
        raise


def _require_no_losses(lost: tuple[str, ...], options: Options) -> None:
    if lost and not options.allow_data_loss:
        raise UsageError(
            "deploy",
            "\n  ".join(["this deploy would lose data, so nothing was changed:", *lost]),
            "export the count first (python3 build.py count export FILE), then add --allow-data-loss",
        )


@dataclass(frozen=True)
class _Deploy:
    """The execution of an approved plan."""

    prepared: Prepared
    planned: PlanningResult
    stacks: Stacks
    reporter: Reporter
    options: Options

    def act(self) -> Deployed:
        """Execute the plan. Raises _ChangedMeanwhileError when the stack has changed since."""
        settings, target, plan = self.prepared.settings, self.prepared.target, self.planned.plan
        may_roll_back = self.options.rollback_on_smoke_failure and not plan.empty
        before = take_snapshot(self.stacks.main, self.planned.state, target) if may_roll_back else None
        outputs, bucket = self._bring_up_stacks()
        self.reporter(f"stack: {settings.stack.name} {'unchanged' if plan.main.empty else 'updated'}")
        self._publish(outputs, bucket)
        if settings.domain.name and not plan.empty:
            print_site_records(settings.domain, outputs, self.reporter)
        if self.options.smoke_test and not plan.empty:
            self._smoke_test(outputs, before)
        if not plan.empty:
            # Last, because a rollback after a failed smoke test needs the previous certificate.
            delete_unused(settings, target, self.reporter)
        return Deployed(outputs, not plan.empty)

    def _bring_up_stacks(self) -> tuple[Mapping[str, str], str]:
        """Deploy all stacks. Return the outputs of the main stack and the name of the artifact bucket."""
        prepared, place = self.prepared, self.planned.place
        package = prepared.package
        size = f"code: {package.sha256[:12]}, {len(package.content):,} bytes"
        if place and all(stack.empty for stack in self.planned.plan.stacks):
            self.reporter(f"{size}, unchanged")
            return self.planned.state.outputs, place.artifacts
        bucket = artifact_bucket(self.stacks.artifacts, prepared.settings)
        new_code = upload_package(package, bucket, prepared.target)
        self.reporter(f"{size}, {'uploaded' if new_code else 'unchanged'}")
        certificate = certificate_arn(prepared.settings, prepared.target, self.reporter)
        return self._bring_up_main({names.CODE_BUCKET: bucket, **certificate}), bucket

    def _bring_up_main(self, known: Mapping[str, str]) -> Mapping[str, str]:
        """Deploy the main stack and return its outputs. known: the parameters from the outputs of the other stacks."""
        main, stack = self.planned.plan.main, self.stacks.main
        state = stack.read()
        if state.busy or state.stamp != main.stamp:
            raise _ChangedMeanwhileError
        if main.change_set:
            return _execute(stack, ChangeSet(main.change_set, state.stack_id, main.changes))
        if main.action == "keep":
            return state.outputs
        if main.action == "recreate":
            stack.remove_failed(state)
            state = StackState("")
        change = main_change(self.prepared, known, state)
        url = template_url(change.template, known[names.CODE_BUCKET], self.prepared.target)
        change_set = stack.propose(replace(change, template_url=url), state)
        if change_set is None:
            return state.outputs
        try:
            # The change set did not exist when the plan was approved, so check it for data loss now.
            _require_no_losses(losses(change_set.changes), self.options)
        except UsageError:
            stack.change_sets.delete(change_set.arn)
            raise
        return _execute(stack, change_set)

    def _publish(self, outputs: Mapping[str, str], bucket: str) -> None:
        place, target = SitePlace.of(outputs, bucket), self.prepared.target
        if place is None:
            raise StackError(
                f"stack {self.prepared.settings.stack.name}", "its outputs have no site bucket", "deploy again"
            )
        upload = self.planned.upload
        # The first deploy, or one that added or removed a domain: the site's URL differs from the one in the plan.
        moved = outputs.get(names.SITE_URL) != self.planned.state.outputs.get(names.SITE_URL)
        if moved or place != self.planned.place:
            prepared = self.prepared.at(outputs.get(names.SITE_URL))
            days = prepared.settings.site.keep_assets_days
            upload = plan_site(prepared.site, place, target, now=datetime.now(UTC), keep_assets_days=days)
        publish(
            upload,
            place,
            target,
            allow_mass_delete=self.options.allow_mass_delete,
            wait=self.options.wait,
            progress=progress_for(self.reporter),
        )
        gone = len(upload.deleted) + len(upload.pruned)
        self.reporter(
            f"site: {len(upload.files)} files, {len(upload.uploads)} uploaded, {gone} deleted, "
            f"{len(upload.invalidate)} paths invalidated"
        )

    def _smoke_test(self, outputs: Mapping[str, str], before: Snapshot | None) -> None:
        """Raise SmokeTestError, after rolling back to `before` if given."""
        # Imported here: importing aiohttp is slow, and an unchanged deploy does not need it.
        from deployment.smoke.smoke_test import smoke_test

        settings, target = self.prepared.settings, self.prepared.target
        try:
            smoke_test(settings, outputs, target, self.reporter)
        except SmokeTestError:
            if before:
                roll_back(self.stacks.main, before, target, self.reporter)
            raise


def _execute(stack: Stack, change_set: ChangeSet) -> Mapping[str, str]:
    try:
        return stack.execute(change_set).outputs
    except CloudError as exc:
        if is_stale(exc):
            raise _ChangedMeanwhileError from exc
        raise
