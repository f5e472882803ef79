"""The deploy, told once:

1. Prepare, on this machine: settings → template → lint → zip → site.
2. Recover: a stack that is stuck is brought back.
3. Plan: read the account, have a change set made, compare the site. Nothing is changed.
4. Approve: the plan is shown and somebody says yes, or the caller has said so before. One that loses data is refused
   unless that was asked for.
5. Execute: artifact bucket → certificate → zip → that very change set → stack outputs → site upload → invalidation →
   smoke test. If the stack has changed since the plan was made, nothing of it is executed, and 2 begins again.

The same for an AWS account and for the embedded cloud: only the `Target` and the parameters differ. Every step looks
first and does nothing where nothing changed, so that a deploy that was interrupted is completed by the next.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from pathlib import Path

from console import Console
from deployment.aws.target import Target
from deployment.domain.certificate_validation import print_site_records
from deployment.domain.certificates import certificate_arn, remove_unused
from deployment.interruption import what_goes_on
from deployment.package.artifacts import artifact_bucket, template_url, upload_package
from deployment.package.prepared import Prepared, prepare
from deployment.plan.approval import Approval
from deployment.plan.cost import Traffic
from deployment.plan.plan import Plan
from deployment.plan.planner import PlanningResult, main_change, make_plan, site_place
from deployment.plan.stacks import Stacks
from deployment.recovery import recover
from deployment.rollback import Before, remember, roll_back
from deployment.site.progress import Lines, progress_for
from deployment.site.upload import plan_site, publish, require_few_deletions
from deployment.stack.change_sets import is_stale
from deployment.stack.changes import losses
from deployment.stack.stack import ChangeSet, Say, Stack
from deployment.stack.state import StackState
from errors import CloudError, SmokeTestError, StackError, UsageError
from settings import Settings
from site_gen.pdf import Printer
from template_gen import names

ATTEMPTS = 3
"""Plans that are made before giving up on a stack that somebody else keeps changing."""


@dataclass(frozen=True)
class Options:
    """What a command line may ask for.

    allow_data_loss: carry out a plan that replaces or removes a table or the bucket.
    allow_mass_delete: carry out one that deletes most of the site.
    skip_stuck: leave what cannot go back from a failed update as it is.
    wait: wait for the CloudFront invalidation to complete.
    smoke_test: see whether it works, afterwards. rollback_on_smoke_failure: and go back if it does not.
    new_origin_secret: give distribution and router another secret than they have.
    lint: refuse a template that cfn-lint objects to.
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
    """What a deploy led to. `outputs` are the stack's; `changed` is False when there was nothing to do."""

    outputs: Mapping[str, str]
    changed: bool


class _ChangedMeanwhileError(Exception):
    """The stack is not what it was when the plan was made."""


def diff(  # noqa: PLR0913 - all but the first two are by name
    settings: Settings,
    target: Target,
    *,
    output: Path,
    parameters: Mapping[str, str] | None = None,
    say: Say,
    traffic: Traffic,
    print_pdf: Printer | None = None,
) -> Plan:
    """What a deploy would do. Leaves no trace in the account. Raises ProjectError."""
    stacks = Stacks.of(settings, target, say)
    address = _address(stacks)
    prepared = prepare(settings, target, output, parameters or {}, print_pdf=print_pdf, address=address)
    return make_plan(prepared, stacks, traffic, dry=True).plan


def deploy(  # noqa: PLR0913 - all but the first two are by name
    settings: Settings,
    target: Target,
    *,
    output: Path,
    parameters: Mapping[str, str] | None = None,
    say: Say,
    approval: Approval | None = None,
    options: Options | None = None,
    print_pdf: Printer | None = None,
) -> Deployed:
    """Brings the stack and the site at `target` to what `settings` and the folders say.

    output: the folder for everything generated.
    parameters: values of template parameters that are not AWS's own, for the embedded cloud.
    approval: how somebody is asked; without it nobody is.
    print_pdf: makes the site's resume.pdf; it takes a second or two.
    Raises the ProjectError of whatever step fails; what was done until then stays, and the next deploy goes on.
    """
    options = options or Options()
    prepared = prepare(
        settings,
        target,
        output,
        parameters or {},
        print_pdf=print_pdf,
        address=_address(Stacks.of(settings, target, say)),
        lint=options.lint,
    )
    prepared = replace(prepared, renew_secret=options.new_origin_secret)
    for note in prepared.notes:
        say(f"note: {note}")
    try:
        for _ in range(ATTEMPTS):
            stacks = Stacks.of(settings, target, say)
            recover(stacks, skip_stuck=options.skip_stuck)
            planned = make_plan(prepared, stacks, options.traffic, dry=False)
            _require_approval(planned, stacks.main, approval, options)
            try:
                return _Deploy(prepared, planned, stacks.main, say, options).act()
            except _ChangedMeanwhileError:
                say(f"stack {settings.stack.name} has changed since this plan was made: planning again")
    except KeyboardInterrupt:
        say(what_goes_on(settings, target))
        raise
    raise StackError(
        f"stack {settings.stack.name}", "somebody else keeps changing it", "wait until they are done, then deploy again"
    )


def _address(stacks: Stacks) -> str | None:
    """Where the site is, as far as the stack says it: None before the first deploy. Raises CloudError."""
    return stacks.main.read().outputs.get(names.SITE_URL)


def _require_approval(planned: PlanningResult, main: Stack, approval: Approval | None, options: Options) -> None:
    """Raises UsageError when the plan may not be carried out; its change set is then gone."""
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
            "\n  ".join(["this would lose data, so it was not done:", *lost]),
            "save the count first (python3 build.py count export), then add --allow-data-loss",
        )


@dataclass(frozen=True)
class _Deploy:
    """Carries out what was found and agreed to."""

    prepared: Prepared
    planned: PlanningResult
    main: Stack
    say: Say
    options: Options

    def act(self) -> Deployed:
        """Raises _ChangedMeanwhileError when the plan is no longer true."""
        settings, target, plan = self.prepared.settings, self.prepared.target, self.planned.plan
        before = remember(settings, target) if self.options.rollback_on_smoke_failure and not plan.empty else None
        outputs, bucket = self._bring_up_stacks()
        self.say(f"stack: {settings.stack.name} {'unchanged' if plan.main.empty else 'is up to date now'}")
        self._publish(outputs, bucket)
        if settings.domain.name and not plan.empty:
            print_site_records(settings.domain, outputs, self.say)
        if self.options.smoke_test and not plan.empty:
            self._smoke_test(outputs, before)
        if not plan.empty:
            # Last, since the way back of a failed smoke test wants the certificate of before.
            remove_unused(settings, target, self.say)
        return Deployed(outputs, not plan.empty)

    def _bring_up_stacks(self) -> tuple[Mapping[str, str], str]:
        """The main stack's outputs and the artifact bucket, once all stacks are what the plan says."""
        prepared, place = self.prepared, self.planned.place
        package = prepared.package
        size = f"code: {package.sha256[:12]}, {len(package.content):,} bytes"
        if place and all(stack.empty for stack in self.planned.plan.stacks):
            self.say(f"{size}, unchanged")
            return self.planned.state.outputs, place.artifacts
        bucket = artifact_bucket(prepared.settings, prepared.target, self.say)
        new_code = upload_package(package, bucket, prepared.target)
        self.say(f"{size}, {'uploaded' if new_code else 'unchanged'}")
        certificate = certificate_arn(prepared.settings, prepared.target, self.say)
        return self._bring_up_main({names.CODE_BUCKET: bucket, **certificate}), bucket

    def _bring_up_main(self, known: Mapping[str, str]) -> Mapping[str, str]:
        """known: the parameters that the other stacks gave."""
        main, stack = self.planned.plan.main, self.main
        state = stack.read()
        if state.busy or state.stamp != main.stamp:
            raise _ChangedMeanwhileError
        if main.change_set:
            return _execute(stack, ChangeSet(main.change_set, state.stack_id, main.changes))
        if main.action == "keep":
            return state.outputs
        if main.action == "recreate":
            stack.remove_remains(state)
            state = StackState("")
        change = main_change(self.prepared, known, state)
        url = template_url(change.template, known[names.CODE_BUCKET], self.prepared.target)
        change_set = stack.propose(replace(change, template_url=url), state)
        if change_set is None:
            return state.outputs
        try:
            # This one could not be planned with: whether it loses data is known only now.
            _require_no_losses(losses(change_set.changes), self.options)
        except UsageError:
            stack.change_sets.delete(change_set.arn)
            raise
        return _execute(stack, change_set)

    def _publish(self, outputs: Mapping[str, str], bucket: str) -> None:
        place, target = site_place(outputs, bucket), self.prepared.target
        if place is None:
            raise StackError(
                f"stack {self.prepared.settings.stack.name}", "it has no site bucket among its outputs", "deploy again"
            )
        upload = self.planned.upload
        # Its first address, or another than the plan was made with: a domain has come or gone.
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
            progress=progress_for(self.say) if isinstance(self.say, Console) else Lines(self.say),
        )
        gone = len(upload.deleted) + len(upload.pruned)
        self.say(
            f"site: {len(upload.files)} files, {len(upload.uploads)} uploaded, {gone} deleted, "
            f"{len(upload.invalidate)} paths invalidated"
        )

    def _smoke_test(self, outputs: Mapping[str, str], before: Before | None) -> None:
        """Raises SmokeTestError, after going back to `before` if that was asked for."""
        # Imported here: aiohttp takes a moment, which an unchanged deploy does not owe.
        from deployment.smoke.smoke_test import smoke_test

        settings, target = self.prepared.settings, self.prepared.target
        try:
            smoke_test(settings, outputs, target, self.say)
        except SmokeTestError:
            if before:
                roll_back(settings, before, target, self.say)
            raise


def _execute(stack: Stack, change_set: ChangeSet) -> Mapping[str, str]:
    try:
        return stack.execute(change_set).outputs
    except CloudError as exc:
        if is_stale(exc):
            raise _ChangedMeanwhileError from exc
        raise
