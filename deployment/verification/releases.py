"""Checks of releases: a version that fails its smoke test, and the way back."""

from __future__ import annotations

from collections.abc import Callable

from deployment.options import Options
from deployment.package.prepared import StackOptions
from deployment.rollback import RollbackPlan, plan_rollback, releases, roll_back
from deployment.smoke.smoke_test import Patience
from deployment.stack.required_output import required
from deployment.verification.check import Checks, FailedError, require
from deployment.verification.environment import Environment
from errors import SmokeTestError
from template_gen import names

RELEASES = Checks()
HEADERS = ("ContentType", "CacheControl")
FILES = ("index.html", "style.css")


@RELEASES(minutes=6)
def a_broken_router_fails_twice_and_is_rolled_back(environment: Environment) -> str:
    """A deploy whose smoke test fails fails again when it is repeated, and --rollback-on-smoke-failure restores the
    release before: stack, page, and a passed smoke test."""
    environment.write_site("Before")
    environment.deploy()
    before = _page(environment)
    environment.write_site("Broken")
    for _ in range(2):
        _failing(environment)
        require(environment.plan().unverified, "diff does not say that the smoke test is missing")
    _failing(environment, roll_back=True)
    found = releases(environment.settings, environment.target)
    require(found[0][1], "the restored release is not what is deployed")
    require(_page(environment) == before, "the page is not the one from before")
    environment.write_site("Before")
    require(not environment.deploy().changed, "the restored version differs from what was deployed before")
    return "failed three times, then restored and verified"


@RELEASES(minutes=4)
def a_rollback_keeps_types_and_caching(environment: Environment) -> str:
    """`rollback` restores the release before by copying object versions; copy_object keeps Content-Type and
    Cache-Control."""
    environment.write_site("One")
    environment.deploy()
    before = _headers(environment)
    environment.write_site("Two")
    environment.deploy()
    roll_back(_planned(environment), environment.target, environment.reporter)
    require(b"One" in _page(environment), "the page is not the one of the release before")
    require(_headers(environment) == before, f"the headers are {_headers(environment)} and not {before}")
    (_, _), (returning, _), *_ = releases(environment.settings, environment.target)
    roll_back(_planned(environment, to=returning.at), environment.target, environment.reporter)
    require(b"Two" in _page(environment), "the rollback to a later release did not return")
    return "; ".join(f"{key}: {', '.join(values)}" for key, values in before.items())


@RELEASES(minutes=5, emulator="its distribution sends no secret")
def a_new_origin_secret_reaches_distribution_and_router(environment: Environment) -> str:
    """The distribution and the router exchange their secret in one update, and sockets open again after it."""
    deployed = environment.deploy(Options(smoke_test=True, stack=StackOptions(new_origin_secret=True)))
    require(deployed.changed and deployed.verified, "the secret was not replaced")
    return "replaced; the smoke test opens a socket"


def _failing(environment: Environment, *, roll_back: bool = False) -> None:
    """Deploy a router that cannot send anything. Raises FailedError if it passes the smoke test."""
    patience = Patience(30.0 if environment.on_aws else 1.0, 1.0 if environment.on_aws else 0.1)
    if roll_back:
        patience = Patience(max(patience.seconds, 5.0), patience.pause_seconds)  # it also tests what is restored
    options = Options(smoke_test=True, rollback_on_smoke_failure=roll_back, patience=patience)
    _expect_failure(lambda: environment.deploy(options, broken=True))


def _expect_failure(act: Callable[[], object]) -> None:
    try:
        act()
    except SmokeTestError as error:
        require("socket" in error.where, f"another step fails: {error.where}")
        return
    raise FailedError("a router that cannot send anything passes the smoke test")


def _planned(environment: Environment, to: str = "") -> RollbackPlan:
    return plan_rollback(environment.settings, environment.target, environment.reporter, to=to)


def _page(environment: Environment) -> bytes:
    bucket = required(environment.outputs, names.SITE_BUCKET_NAME)
    body: bytes = environment.client("s3").get_object(Bucket=bucket, Key="index.html")["Body"].read()
    return body


def _headers(environment: Environment) -> dict[str, tuple[str, ...]]:
    bucket = required(environment.outputs, names.SITE_BUCKET_NAME)
    found = {key: environment.client("s3").head_object(Bucket=bucket, Key=key) for key in FILES}
    return {key: tuple(head.get(name, "") for name in HEADERS) for key, head in found.items()}
