"""Options shared by several verbs."""

from __future__ import annotations

from cli.declaration import argument, path, switch
from cli.places import ROOT

SETTINGS = argument(
    "--settings", type=path, default=ROOT / "settings.toml", metavar="FILE", help="the settings file (settings.toml)"
)
ACCOUNT = (
    SETTINGS,
    argument("--env", metavar="NAME", default="", help="the environment: an independent copy of the stack"),
    argument("--endpoint-url", metavar="URL", help="the endpoint of an AWS emulator to use instead of AWS"),
    argument("--profile", help="the AWS profile (default: AWS_PROFILE)"),
    argument("--region", help="the AWS Region, instead of the one in the settings"),
)
"""Options of every verb that makes requests to AWS."""
YES = switch("--yes", "do not ask for confirmation")
JSON = switch("--json", "print JSON")
TRAFFIC = (
    argument("--visits", type=int, default=1000, metavar="N", help="visits per month, for the cost estimate (1000)"),
    argument("--minutes", type=float, default=3, metavar="M", help="minutes per visit, for the cost estimate (3)"),
)
