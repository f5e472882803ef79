"""The whole system on this machine."""

from __future__ import annotations

from pathlib import Path

from cli.context import Context, require_posix
from cli.declaration import Verbs, argument, switch
from cli.options import OUTPUT, SETTINGS

VERBS = Verbs()


@VERBS(
    SETTINGS,
    argument("--port", type=int, default=8080, help="the port of the page (8080)"),
    switch("--no-open", "do not open a browser"),
    argument("--state", type=Path, default=OUTPUT / "local", metavar="DIR", help="where the count is kept"),
    switch("--fresh", "start at zero; the previous count is moved aside"),
)
def local(context: Context) -> None:
    """Run the whole system on this machine, without an account: page, socket, tables, router."""
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
    )
    raise SystemExit(run(options, context.say))
