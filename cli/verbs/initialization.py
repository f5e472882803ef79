"""The verb `init`: the settings, and deploys from GitHub."""

from __future__ import annotations

from cli.context import Context
from cli.declaration import Verbs, argument, switch
from cli.options import ACCOUNT, SETTINGS, YES
from cli.places import OUTPUT, ROOT
from errors import UsageError

VERBS = Verbs()
INIT = VERBS.group(
    "init",
    "Write the settings, or set up deploys from GitHub. `init` alone asks a few questions and writes the answers to "
    "settings.toml; `init ci` sets up the workflows and their roles.",
    default="settings",
)


@INIT(
    SETTINGS,
    YES,
    argument("--name", help="the stack's name"),
    argument("--region", help="the AWS Region"),
    argument("--domain", help="a custom domain name; empty for none"),
    argument("--hosted-zone", help="the ID of its Route 53 hosted zone"),
    argument("--email", help="the e-mail address for alarm notifications"),
)
def settings(context: Context) -> None:
    """Ask a few questions and write the answers to settings.toml. Everything else in the file is left unchanged."""
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


@INIT(
    *ACCOUNT,
    YES,
    argument("--repository", metavar="OWNER/NAME", help="the GitHub repository (default: the remote origin)"),
    argument("--branch", help="the branch that is deployed, the default branch on GitHub"),
    switch("--remove", "delete the workflows and their roles"),
)
def ci(context: Context) -> None:
    """Set up deploys from GitHub without stored keys: workflows, and the roles that they assume. Shows the plan, asks
    for confirmation, and prints the commands that make the roles known to the repository. Running it again updates
    both.
    """
    from deployment.github import ci as github
    from deployment.github.repository import deployed_branch, repository_of, require_top_folder, valid_branch

    arguments, console = context.arguments, context.console
    _require_what_the_workflows_use(context)
    if arguments.remove:
        _remove(context)
        return
    if arguments.branch is not None:
        valid_branch(arguments.branch)
    require_top_folder(ROOT)
    repository = repository_of(arguments.repository, ROOT)
    branch = deployed_branch(arguments.branch, repository, ROOT)
    loaded, target = context.account()
    plan = github.plan_ci(loaded, target, github.Source(repository, branch, ROOT), OUTPUT)
    if plan.empty:
        context.say("no changes; the variables of the repository:")
        context.say("\n".join(github.deployed_lines(loaded, target, repository)))
        return
    context.say("\n".join(github.plan_lines(plan, ROOT, console.painted)))
    if not context.confirm("Execute this plan?"):
        raise UsageError("init ci", "not confirmed, so nothing was changed", "answer yes, or add --yes")
    lines = github.apply_ci(plan, loaded, target, console)
    context.say("done. Paste these lines to make the roles known to the workflows; they are not secrets:")
    context.say("\n".join(lines))
    context.say("next: commit .github/workflows and push; see docs/ci.md for what to protect on GitHub")


def _require_what_the_workflows_use(context: Context) -> None:
    """Raise UsageError for an option by which the roles would be for another stack than the workflows deploy."""
    arguments = context.arguments
    if arguments.env:
        raise UsageError("init ci --env", "the workflows deploy the main stack and its previews", "omit --env")
    if arguments.settings.resolve() != SETTINGS.options["default"].resolve():
        raise UsageError("init ci --settings", "the workflows use settings.toml", "omit --settings")
    region = context.settings().stack.region
    if arguments.region and region and arguments.region != region:
        raise UsageError(
            f"init ci --region {arguments.region}",
            f"the workflows deploy to the Region in settings.toml, {region}",
            "omit --region, or change stack.region",
        )


def _remove(context: Context) -> None:
    from deployment.github.removal import plan_removal, removal_lines, remove_ci

    loaded, target = context.account()
    plan = plan_removal(loaded, target, ROOT)
    context.say("\n".join(removal_lines(plan, ROOT)))
    if plan.nothing:
        return
    if not context.confirm("Delete all of this?"):
        raise UsageError("init ci --remove", "not confirmed, so nothing was deleted", "answer yes, or add --yes")
    context.say("\n".join(remove_ci(plan, loaded, target, context.console)))
