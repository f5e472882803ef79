"""Verbs for operating a stack: status, logs, diagnosis, settings."""

from __future__ import annotations

import json
import os
from contextlib import suppress

from cli.context import Context
from cli.declaration import Verbs, argument, switch
from cli.options import ACCOUNT, JSON
from cli.places import OUTPUT, ROOT

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
