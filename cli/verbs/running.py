"""Verbs that run the whole system on this machine."""

from __future__ import annotations

from cli.context import Context, require_posix
from cli.declaration import Verbs, argument, path, switch
from cli.options import SETTINGS
from cli.places import OUTPUT

VERBS = Verbs()


@VERBS(
    SETTINGS,
    argument("--port", type=int, default=8080, help="the port of the page (8080)"),
    switch("--no-open", "do not open a browser"),
    argument("--state", type=path, default=OUTPUT / "local", metavar="DIR", help="the folder that stores the count"),
    switch("--fresh", "start at zero; the previous count is kept as a backup"),
    argument(
        "--budget-month",
        type=int,
        default=0,
        metavar="SECONDS",
        help="let a month of the budget be this short, to watch its steps (docs/costs.md)",
    ),
)
def local(context: Context) -> None:
    """Run the whole system on this machine, without an AWS account: page, WebSocket, tables, router. Exits with 0 when
    stopped after it was ready.
    """
    require_posix("local")
    from local_cloud.options import Options
    from local_cloud.run import run

    arguments = context.arguments
    options = Options(
        settings_path=arguments.settings,
        output=OUTPUT,
        port=arguments.port,
        open_browser=not arguments.no_open,
        state=arguments.state,
        fresh=arguments.fresh,
        budget_month=arguments.budget_month,
    )
    raise SystemExit(run(options, context.say))


@VERBS(
    SETTINGS,
    argument("--seed", type=int, metavar="N", help="the random seed (default: a new one)"),
    argument("--rounds", type=int, metavar="N", help="the number of faults to inject (default: each once)"),
    argument("--visitors", type=int, default=10, metavar="N", help="the number of visitors per round (10)"),
    argument("--only", action="append", default=[], metavar="FAULT", help="inject only this fault; may be repeated"),
)
def chaos(context: Context) -> None:
    """Inject faults into an embedded cloud and check the count after each. Exits with 1 if the count was ever wrong."""
    require_posix("chaos")
    from local_cloud.chaos.options import Options, a_seed
    from local_cloud.chaos.run import run

    arguments = context.arguments
    options = Options(
        settings_path=arguments.settings,
        seed=a_seed() if arguments.seed is None else arguments.seed,
        rounds=arguments.rounds,
        visitors=arguments.visitors,
        only=tuple(arguments.only),
    )
    raise SystemExit(run(options, context.say))
