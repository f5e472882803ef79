"""Verbs for operating a stack: status, logs, diagnosis, settings."""

from __future__ import annotations

import json
import os
from contextlib import suppress

from cli.context import Context
from cli.declaration import Verbs, argument, switch
from cli.options import ACCOUNT, JSON, YES
from cli.places import OUTPUT, ROOT
from errors import UsageError

VERBS = Verbs()


@VERBS(*ACCOUNT, JSON, switch("--drift", "run CloudFormation drift detection, which takes a minute"))
def status(context: Context) -> None:
    """Show the status of the stack: last deploy, outputs, count, health, alarms. Exits with 1 if any part is
    unhealthy.
    """
    from deployment.operations.status import status as status_of

    settings, target = context.account()
    state = status_of(settings, target)
    drifted: list[str] = []
    if context.arguments.drift:
        from deployment.stack.drift import drift

        drift(settings, target, drifted.append)
    if context.arguments.json:
        found = {**state.as_json(), **({"drift": drifted} if context.arguments.drift else {})}
        context.say(json.dumps(found, indent=2))
    else:
        context.say("\n".join([*state.lines(), *drifted]))
    raise SystemExit(0 if state.healthy else 1)


@VERBS(
    *ACCOUNT,
    argument("--since", default="1h", metavar="SPAN", help="the time span to show: 90s, 30m, 1h, 2d (1h)"),
    switch("--follow", "keep printing new entries until Ctrl-C"),
)
def logs(context: Context) -> None:
    """Show the router's log, one readable line per entry."""
    from deployment.operations.logs import seconds_in, show_logs
    from deployment.stack.outputs import read_outputs
    from deployment.stack.required_output import required
    from template_gen import names

    since = seconds_in(context.arguments.since)
    settings, target = context.account()
    group = required(read_outputs(settings, target), names.ROUTER_LOG_GROUP)
    with suppress(KeyboardInterrupt):  # ends --follow
        show_logs(group, target, context.say, since_seconds=since, follow=context.arguments.follow)


@VERBS(*ACCOUNT)
def open_(context: Context) -> None:
    """Open the site in the browser and print its URL."""
    from deployment.stack.outputs import read_outputs
    from deployment.stack.required_output import required
    from local_cloud.browser import open_page
    from template_gen import names

    settings, target = context.account()
    url = required(read_outputs(settings, target), names.SITE_URL)
    context.say(url)
    if target.endpoint_url:
        context.say("this host name does not resolve outside the emulator; to see the page: python3 build.py local")
        return
    opening = open_page(url, os.environ)
    if opening:
        opening.join()


@VERBS(*ACCOUNT, switch("--policy", "write the least-privilege policies of a deploy role to output/deploy-role"))
def doctor(context: Context) -> None:
    """Check for problems that would make a deploy fail, and suggest a fix for each. Exits with 1 if there are any."""
    from deployment.operations.doctor import examine_all, write_role

    if context.arguments.policy:
        write_role(*context.account(), OUTPUT, context.say)
        return
    pins = ROOT / "requirements" / "run.txt"
    raise SystemExit(0 if examine_all(pins, context.unchecked_account, context.say) else 1)


@VERBS(
    *ACCOUNT,
    YES,
    argument("--only", metavar="TEXT", default="", help="run only the checks whose name contains TEXT"),
)
def verify(context: Context) -> None:
    """Check in your account what only an account can confirm. Deploys an environment of its own (--env to name it),
    runs every check, writes output/verify.md, destroys the environment with its data, and compares the account before
    and after. Shows the plan and asks. Exits with 1 if a check fails or anything is left.
    """
    from deployment.verification.catalog import select
    from deployment.verification.environment import new_name
    from deployment.verification.run import Verification

    arguments, console = context.arguments, context.console
    if not (arguments.yes or console.interactive):
        raise UsageError(
            "verify", "standard input is not a terminal, so the plan cannot be confirmed", "add --yes to start at once"
        )
    settings = context.settings()
    name, checks = arguments.env or new_name(), select(arguments.only)
    verification = Verification(settings, context.target(settings), name, OUTPUT / "verify", checks)
    console("\n".join(verification.describe()))
    if not context.confirm("Verify now?"):
        raise UsageError("verify", "not confirmed, so nothing was created", "answer yes, or add --yes")
    raise SystemExit(0 if verification.run(console).good else 1)
