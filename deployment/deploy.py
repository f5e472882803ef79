"""The steps of a deploy:

1. Prepare, on this machine: settings → template → lint → zip → site.
2. Recover: complete failed rollbacks and delete leftover change sets.
3. Plan: read the account, create a change set, compare the site. This changes no resources.
4. Approve: show the plan and ask for confirmation, unless the caller has approved it in advance. A plan that loses data
   is refused unless the options allow it.
5. Execute: artifact bucket → certificate → zip → the planned change set → stack outputs → site upload → invalidation →
   smoke test → record of the release. If the stack has changed since the plan was made, nothing is executed and the
   deploy restarts at step 2.

The steps are the same for an AWS account and for the embedded cloud: only the `Target` and the parameters differ. Every
step reads the current state and does nothing if it is up to date, so the next deploy completes an interrupted one.
"""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

from console import SILENT, Reporter
from deployment.aws.target import Target
from deployment.execution import ChangedMeanwhileError, Execution
from deployment.interruption import interruption_message
from deployment.options import Deployed, Options
from deployment.package.prepared import prepare
from deployment.plan.approval import Approval, require_approval
from deployment.plan.cost import Traffic
from deployment.plan.plan import Plan
from deployment.plan.planner import PlanningResult, make_plan
from deployment.plan.stacks import Stacks
from deployment.recovery import recover, settle
from deployment.site.upload_plan import require_few_deletions
from deployment.stack.stack import Stack
from errors import StackError
from settings import Settings
from site_gen.pdf import Printer
from template_gen import names

ATTEMPTS = 3
"""Number of plans to make before giving up on a stack that is being changed by someone else."""


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
        options=options.stack,
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
                return Execution(prepared, planned, stacks, reporter, options).act()
            except ChangedMeanwhileError:
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
    """Raise UsageError, after deleting the change set, if the plan is refused."""

    def check() -> None:
        require_few_deletions(planned.upload, allowed=options.allow_mass_delete)

    with main.change_sets.deleted_if_refused(planned.plan.main.change_set):
        require_approval(planned.plan, approval, allow_data_loss=options.allow_data_loss, check=check)
