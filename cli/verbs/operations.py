"""Looking after a stack: its state, its logs, what stands in the way, its settings."""

from __future__ import annotations

import json
import os
from contextlib import suppress

from cli.context import Context
from cli.declaration import Verbs, argument, switch
from cli.options import ACCOUNT, JSON, SETTINGS, YES
from cli.places import OUTPUT, ROOT

VERBS = Verbs()


@VERBS(*ACCOUNT, JSON, switch("--drift", "ask CloudFormation for changes made by hand; takes a minute"))
def status(context: Context) -> None:
    """Show the state of the stack: last deploy, addresses, count, health, alarms. Exits with 1 when something is not
    well.
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
    argument("--since", default="1h", metavar="SPAN", help="how far back: 90s, 30m, 1h, 2d (1h)"),
    switch("--follow", "continue with new entries until Ctrl-C"),
)
def logs(context: Context) -> None:
    """Show the router's log, one readable line per entry."""
    from deployment.operations.logs import seconds_in, show_logs
    from deployment.stack.outputs import read_outputs
    from template_gen import names

    since = seconds_in(context.arguments.since)
    settings, target = context.account()
    group = read_outputs(settings, target)[names.ROUTER_LOG_GROUP]
    with suppress(KeyboardInterrupt):  # which is how --follow ends
        show_logs(group, target, context.say, since_seconds=since, follow=context.arguments.follow)


@VERBS(*ACCOUNT)
def open_(context: Context) -> None:
    """Open the site in the browser, and print its address."""
    from deployment.stack.outputs import read_outputs
    from local_cloud.browser import open_page
    from template_gen import names

    settings, target = context.account()
    url = read_outputs(settings, target)[names.SITE_URL]
    context.say(url)
    if target.endpoint_url:
        context.say("no DNS has an emulator's address: python3 build.py local serves the page on this machine")
        return
    opening = open_page(url, os.environ)
    if opening:
        opening.join()


@VERBS(*ACCOUNT, switch("--policy", "write least-privilege policies for a deploy role to output/deploy-role"))
def doctor(context: Context) -> None:
    """Find whatever would make a deploy fail, each with its fix. Exits with 1 when there is something."""
    from deployment.operations.doctor import examine_all, write_role

    if context.arguments.policy:
        write_role(*context.account(), OUTPUT, context.say)
        return
    pins = ROOT / "requirements" / "run.txt"
    raise SystemExit(0 if examine_all(pins, context.account, context.say) else 1)


@VERBS(
    SETTINGS,
    YES,
    argument("--name", help="the stack's name"),
    argument("--region", help="the AWS Region"),
    argument("--domain", help="your own domain; empty for none"),
    argument("--hosted-zone", help="the ID of its Route 53 hosted zone"),
    argument("--email", help="the e-mail address for alarms"),
)
def init(context: Context) -> None:
    """Ask a few questions and write the answers to settings.toml. Everything else in it stays as it is."""
    from deployment.operations.guided_start import init as begin

    arguments = context.arguments
    given = {
        "stack.name": arguments.name,
        "stack.region": arguments.region,
        "domain.name": arguments.domain,
        "domain.hosted_zone": arguments.hosted_zone,
        "alerts.email": arguments.email,
    }
    begin(arguments.settings, given, None if arguments.yes else context.console.ask, context.say)
