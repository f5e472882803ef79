"""Options that several verbs share."""

from __future__ import annotations

from cli.declaration import argument, path, switch
from cli.places import ROOT

SETTINGS = argument(
    "--settings", type=path, default=ROOT / "settings.toml", metavar="FILE", help="instead of settings.toml"
)
ACCOUNT = (
    SETTINGS,
    argument("--env", metavar="NAME", default="", help="the environment: an independent copy of the stack"),
    argument("--endpoint-url", metavar="URL", help="an AWS emulator instead of AWS"),
    argument("--profile", help="the AWS profile; AWS_PROFILE is respected too"),
    argument("--region", help="the AWS Region, instead of the one in the settings"),
)
"""The options of every verb that makes requests to AWS."""
YES = switch("--yes", "do not ask for confirmation")
JSON = switch("--json", "print JSON")
TRAFFIC = (
    argument("--visits", type=int, default=1000, metavar="N", help="visits a month, for the cost estimate (1000)"),
    argument("--minutes", type=float, default=3, metavar="M", help="minutes per visit, for the cost estimate (3)"),
)
