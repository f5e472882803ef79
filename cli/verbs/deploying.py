"""Verbs that plan, deploy, list and delete stacks."""

from __future__ import annotations

import json

from cli.context import Context
from cli.declaration import Verbs, switch
from cli.options import ACCOUNT, JSON, TRAFFIC, YES
from cli.places import OUTPUT
from errors import ProjectError, UsageError

VERBS = Verbs()


@VERBS(*ACCOUNT, *TRAFFIC, JSON, switch("--cost", "show every item of the cost estimate"))
def diff(context: Context) -> None:
    """Show the changes that a deploy would make, without making them. Exits with 0 for no changes, 2 for changes, 1 for
    an error.
    """
    from deployment.aws.emulated import parameters
    from deployment.deploy import diff as plan_of
    from deployment.plan.cost import traffic
    from deployment.plan.plan import as_json
    from deployment.plan.text import plan_lines

    arguments, console = context.arguments, context.console
    try:
        settings, target = context.account()
        plan = plan_of(
            settings,
            target,
            output=OUTPUT,
            parameters=parameters(target.endpoint_url),
            reporter=context.stderr if arguments.json else console,  # keep progress out of the JSON
            traffic=traffic(arguments.visits, arguments.minutes),
            print_pdf=context.printer(context.stderr),
        )
    except ProjectError as error:
        error.exit_code = 1
        raise
    lines = plan_lines(plan, console.painted, detailed_cost=arguments.cost)
    context.say(json.dumps(as_json(plan), indent=2, ensure_ascii=False) if arguments.json else "\n".join(lines))
    raise SystemExit(0 if plan.empty else 2)


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
    switch("--new-origin-secret", "replace the secret shared by the distribution and the router"),
)
def deploy(context: Context) -> None:
    """Show the plan, ask for confirmation, then deploy the stack and the site. Run it again after any change, or to
    resume after an interruption.
    """
    from deployment.aws.emulated import parameters
    from deployment.deploy import Options
    from deployment.deploy import deploy as deploy_to
    from deployment.plan.approval import approval_on
    from deployment.plan.cost import traffic
    from template_gen import names

    arguments, console = context.arguments, context.console
    approval = approval_on(console, yes=arguments.yes)
    settings, target = context.account()
    console(f"deploying {settings.stack.name} to {target.endpoint_url or 'AWS'}, {target.resolved_region}")
    deployed = deploy_to(
        settings,
        target,
        output=OUTPUT,
        parameters=parameters(target.endpoint_url),
        reporter=console,
        approval=approval,
        print_pdf=context.printer(),
        options=Options(
            allow_data_loss=arguments.allow_data_loss,
            allow_mass_delete=arguments.allow_mass_delete,
            wait=arguments.wait,
            smoke_test=not arguments.no_smoke_test,
            rollback_on_smoke_failure=arguments.rollback_on_smoke_failure,
            skip_stuck=arguments.skip_stuck,
            new_origin_secret=arguments.new_origin_secret,
            traffic=traffic(arguments.visits, arguments.minutes),
        ),
    )
    if not deployed.changed:
        context.say("no changes")
    context.say(f"Live: {deployed.outputs[names.SITE_URL]}")


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


@VERBS(*ACCOUNT, YES, switch("--delete-data", "also delete the tables and the bucket, regardless of the settings"))
def destroy(context: Context) -> None:
    """Delete the stack. Lists what will be deleted and what will be retained, and asks for the stack's name. Data is
    retained unless --delete-data is given. Exits with 2 if the name is not confirmed.
    """
    from deployment.destroy import describe, plan_destroy
    from deployment.destroy import destroy as destroy_at

    settings, target = context.account()
    plan = plan_destroy(settings, target, delete_data=context.arguments.delete_data)
    context.say("\n".join(describe(plan)))
    if plan.nothing:
        return
    name = settings.stack.name
    if not context.confirm(f"Type the stack's name ({name}) to continue:", name):
        raise UsageError("destroy", "not confirmed, so nothing was deleted", f"type {name}, or add --yes")
    destroy_at(plan, settings, target, context.console)
