"""Verbs that plan, deploy, list and delete stacks."""

from __future__ import annotations

import argparse
import json
from typing import TYPE_CHECKING

from cli.context import Context
from cli.declaration import Verbs, argument, switch
from cli.options import ACCOUNT, JSON, TRAFFIC, YES
from cli.places import OUTPUT
from errors import ProjectError, UsageError

if TYPE_CHECKING:
    from deployment.options import Options
    from deployment.plan.cost import Traffic

VERBS = Verbs()


@VERBS(
    *ACCOUNT,
    *TRAFFIC,
    JSON,
    switch("--cost", "show every item of the cost estimate"),
    switch("--drift", "also run CloudFormation drift detection, which takes a minute"),
)
def diff(context: Context) -> None:
    """Show the changes that a deploy would make, without making them. Exits with 0 for no changes; 2 for changes, for
    drift, or if what is deployed has not passed the smoke test; 1 for an error.
    """
    from deployment.aws.emulated import parameters
    from deployment.deploy import diff as plan_of
    from deployment.plan.cost import traffic
    from deployment.plan.plan import as_json
    from deployment.plan.text import plan_lines
    from deployment.stack.drift import drift

    arguments, console = context.arguments, context.console
    try:
        expected = traffic(arguments.visits, arguments.minutes)
        settings, target = context.account()
        plan = plan_of(
            settings,
            target,
            output=OUTPUT,
            parameters=parameters(target.endpoint_url),
            reporter=context.stderr if arguments.json else console,  # keep progress out of the JSON
            traffic=expected,
            print_pdf=context.printer(context.stderr),
        )
        drifted: list[str] = []
        has_drift = arguments.drift and plan.main.exists and drift(settings, target, drifted.append)
    except ProjectError as error:
        error.exit_code = 1
        raise
    if arguments.json:
        found = {**as_json(plan), **({"drift": drifted} if arguments.drift else {})}
        context.say(json.dumps(found, indent=2, ensure_ascii=False))
    else:
        context.say("\n".join([*plan_lines(plan, console.painted, detailed_cost=arguments.cost), *drifted]))
    raise SystemExit(2 if has_drift or not plan.up_to_date else 0)


@VERBS(
    *ACCOUNT,
    YES,
    *TRAFFIC,
    switch("--allow-data-loss", "execute a plan that replaces or deletes a table or the bucket"),
    switch("--allow-mass-delete", "execute a plan that deletes most of the site"),
    switch("--wait", "wait for the CloudFront invalidation to complete"),
    switch("--no-smoke-test", "skip the smoke test after the deploy"),
    switch("--rollback-on-smoke-failure", "restore the previous version if the smoke test fails"),
    switch("--skip-stuck", "skip the resources that CloudFormation cannot roll back after a failed update"),
    switch("--revert-drift", "also revert manual changes to the resources of the stack"),
    argument("--adopt-from", metavar="STACK", default="", help="adopt the data that a stack of this name has retained"),
    switch("--new-data", "create new tables and a new bucket, even if an earlier stack has retained its own"),
    switch("--new-origin-secret", "replace the secret shared by the distribution and the router"),
    argument(
        "--permissions-boundary", metavar="ARN", help="the boundary of the function's role, instead of the settings'"
    ),
)
def deploy(context: Context) -> None:
    """Show the plan, ask for confirmation, then deploy the stack and the site. Run it again after any change, or to
    resume after an interruption.
    """
    from deployment.aws.emulated import parameters
    from deployment.deploy import deploy as deploy_to
    from deployment.operations.environments import with_boundary
    from deployment.plan.approval import approval_on
    from deployment.plan.cost import traffic
    from deployment.release.release import UNVERIFIED
    from deployment.stack.required_output import required
    from template_gen import names

    arguments, console = context.arguments, context.console
    approval = approval_on(console, yes=arguments.yes)
    expected = traffic(arguments.visits, arguments.minutes)
    settings, target = context.account()
    if arguments.permissions_boundary is not None:
        settings = with_boundary(settings, arguments.permissions_boundary)
    console(f"deploying {settings.stack.name} to {target.endpoint_url or 'AWS'}, {target.resolved_region}")
    deployed = deploy_to(
        settings,
        target,
        output=OUTPUT,
        parameters=parameters(target.endpoint_url),
        reporter=console,
        approval=approval,
        print_pdf=context.printer(),
        options=_options(arguments, expected),
    )
    if not deployed.changed:
        context.say("no changes")
    if not deployed.verified:
        context.say(f"{UNVERIFIED}; the next deploy without --no-smoke-test runs it")
    context.say(f"Live: {required(deployed.outputs, names.SITE_URL)}")


def _options(arguments: argparse.Namespace, expected: Traffic) -> Options:
    from deployment.options import Options
    from deployment.package.prepared import StackOptions
    from deployment.stack.change_sets import Mode

    return Options(
        allow_data_loss=arguments.allow_data_loss,
        allow_mass_delete=arguments.allow_mass_delete,
        wait=arguments.wait,
        smoke_test=not arguments.no_smoke_test,
        rollback_on_smoke_failure=arguments.rollback_on_smoke_failure,
        skip_stuck=arguments.skip_stuck,
        stack=StackOptions(
            new_data=arguments.new_data,
            adopt_from=arguments.adopt_from,
            new_origin_secret=arguments.new_origin_secret,
            mode=Mode(express=bool(arguments.env) and not arguments.revert_drift, revert_drift=arguments.revert_drift),
        ),
        traffic=expected,
    )


@VERBS(
    *ACCOUNT,
    YES,
    argument("--to", metavar="TIME", default="", help="the time of a release in --list, or its beginning"),
    switch("--list", "list the recorded releases and exit"),
    switch("--allow-data-loss", "execute a plan that replaces or deletes a table or the bucket"),
)
def rollback(context: Context) -> None:
    """Restore the release before the deployed one: template, code and site. Shows the plan and asks. Visits counted
    since stay counted. A release is a version that has passed the smoke test; it can be restored for 30 days.
    """
    from deployment.plan.approval import approval_on
    from deployment.rollback import approve, plan_rollback, release_lines, releases, roll_back

    arguments, console = context.arguments, context.console
    settings, target = context.account()
    if arguments.list:
        context.say("\n".join(release_lines(releases(settings, target))))
        return
    approval = approval_on(
        console, yes=arguments.yes, verb="rollback", hint="to see the releases: python3 build.py rollback --list"
    )
    planned = plan_rollback(settings, target, console, to=arguments.to)
    approve(planned, target, approval, allow_data_loss=arguments.allow_data_loss)
    roll_back(planned, target, console)


@VERBS(*ACCOUNT)
def environments(context: Context) -> None:
    """List the environments of this stack in the Region: status, last update, URL."""
    from deployment.operations.environments import environment_lines
    from deployment.operations.environments import environments as environments_at

    settings, target = context.account()
    lines = environment_lines(environments_at(settings, target))
    context.say(
        "\n".join(lines)
        if lines
        else f"no environments in {target.resolved_region}; to create one: python3 build.py deploy"
    )


@VERBS(
    *ACCOUNT,
    YES,
    switch("--delete-data", "also delete the tables and the bucket, regardless of the settings"),
    switch("--force", "of a stack in DELETE_FAILED, leave the resources that cannot be deleted"),
    switch("--only-retained", "delete only data that an earlier stack has retained; a deployed stack is not affected"),
)
def destroy(context: Context) -> None:
    """Delete the stack. Lists what will be deleted and what will be retained, and asks for the stack's name. Data is
    retained unless --delete-data is given. Exits with 2 if the name is not confirmed.
    """
    from deployment.destroy import describe, plan_destroy
    from deployment.destroy import destroy as destroy_at

    settings, target = context.account()
    arguments = context.arguments
    plan = plan_destroy(
        settings,
        target,
        context.console,
        delete_data=arguments.delete_data,
        only_retained=arguments.only_retained,
        force=arguments.force,
    )
    context.say("\n".join(describe(plan)))
    if plan.nothing:
        return
    name = settings.stack.name
    if not context.confirm(f"Type the stack's name ({name}) to continue:", name):
        raise UsageError("destroy", "not confirmed, so nothing was deleted", f"type {name}, or add --yes")
    destroy_at(plan, settings, target, context.console)
