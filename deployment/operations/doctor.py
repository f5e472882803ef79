"""Checks for problems that would make a deploy fail: on this machine, then in the account.

Each finding has a state and, for a problem, a fix. The checks of this machine work without credentials.
"""

from __future__ import annotations

import os
import re
import shutil
import sys
from collections.abc import Callable, Iterator, Mapping
from functools import partial
from importlib import metadata
from itertools import chain
from pathlib import Path

from boto3 import Session
from botocore.exceptions import ClientError

from console import Say
from deployment.aws.access import require_region
from deployment.aws.errors import NO_ACCOUNT, error_code, translated
from deployment.aws.finding import MARKS, Finding
from deployment.aws.target import Target
from deployment.domain.certificate_validation import find_certificate, pending_records
from deployment.domain.domain_check import check_domain
from deployment.operations.account_plan import account_plan
from deployment.role.deploy_policy import write_policies
from deployment.role.permissions import permissions, place_of
from errors import CloudError, ProjectError, UsageError
from settings import Settings
from template_gen import certificate

CHROMIUM = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable", "chrome", "msedge")
FEW_EXECUTIONS = 100
"""A new account may have a limit of 10; each visit and each broadcast uses one briefly. The default quota is 1,000."""

_PIN = re.compile(r"^([\w.-]+)==([^\s;\\]+)", re.MULTILINE)


def examine_all(pins: Path, account: Callable[[], tuple[Settings, Target]], say: Say) -> bool:
    """Print every finding. Return False if a deploy would fail."""
    well = [_print_finding(finding, say) for finding in check_machine(pins)]
    try:
        settings, target = account()
    except ProjectError as exc:
        _print_finding(Finding("settings", f"{exc.where}: {exc.what}", False, exc.next_step), say)
        return False
    checks = chain(check_settings(settings), check_account(settings, target), check_site(settings))
    well += [_print_finding(finding, say) for finding in checks]
    say("no problems found: ready to deploy" if all(well) else "fix the problems marked !!, then run doctor again")
    return all(well)


def write_role(settings: Settings, target: Target, output: Path, say: Say) -> None:
    """Write the IAM policies of a deploy role. Raises CloudError without valid credentials."""
    for path in write_policies(settings, place_of(_caller(target)["Arn"], target), output):
        say(f"wrote {path}: {len(path.read_bytes()):,} bytes")
    say("create a managed policy from each (aws iam create-policy) and attach all of them to the deploy role")


def _print_finding(finding: Finding, say: Say) -> bool:
    say(f"{MARKS[finding.well]}  {finding.part:<18} {finding.state}")
    if finding.fix:
        say(f"    {'':<18} next: {finding.fix}")
    return finding.well is not False


def check_machine(pins: Path, which: Callable[[str], str | None] = shutil.which) -> Iterator[Finding]:
    """Yield the findings of this machine. pins: the file of the pinned requirements."""
    yield Finding("Python", f"{sys.version.split()[0]} at {sys.executable}")
    yield _packages(pins)
    browser = next(filter(None, map(which, CHROMIUM)), None)
    if browser:
        yield Finding("Chromium", browser)
    else:
        yield Finding("Chromium", "not found; only the browser tests need it", None, "install Chromium or Chrome")


def check_settings(settings: Settings) -> Iterator[Finding]:
    """Yield the finding of valid settings."""
    region = settings.stack.region or "from your AWS configuration"
    yield Finding("settings", f"valid: stack {settings.stack.name}, region {region}")


def check_site(settings: Settings) -> Iterator[Finding]:
    """Yield the finding of the site. Last, because it takes longer than reporting a missing Region or credentials."""
    from site_gen.pages.edition import Edition
    from site_gen.pipeline import plan_site
    from site_gen.policy.check import require_publishable

    try:
        notes = require_publishable(settings)
        planned = plan_site(settings.site.folder, Edition.of(settings), ignore=settings.site.ignore)
    except ProjectError as exc:
        yield Finding("site", f"{exc.where}: {exc.what}", False, exc.next_step)
    else:
        yield Finding("site", f"{settings.site.folder.name}: {len(planned.contents)} files")
        yield from (Finding("site", note) for note in notes)


def check_account(settings: Settings, target: Target) -> Iterator[Finding]:
    """Yield the findings of the account."""
    try:
        require_region(target, os.environ)
    except UsageError as exc:
        yield Finding("region", f"{target.resolved_region} {exc.what}", False, exc.next_step)
        return
    try:
        caller = _caller(target)
    except CloudError as exc:
        yield Finding("credentials", exc.what, False, exc.next_step)
        yield Finding("account", "not checked, as there are no valid credentials", None, NO_ACCOUNT)
        return
    yield Finding("credentials", f"account {caller['Account']}, {caller['Arn']}")
    checks: Mapping[str, Callable[[], Finding | None]] = {
        "region": partial(_region, target),
        "account plan": partial(account_plan, target),
        "permissions": lambda: permissions(settings, caller["Arn"], target),
        "Lambda quota": partial(_lambda_quota, target),
        "API Gateway quota": partial(_gateway_quota, settings, target),
        "domain": partial(_domain, settings, target),
        "certificate": partial(_certificate, settings, target),
    }
    for part, check in checks.items():
        try:
            with translated(part):
                if finding := check():
                    yield finding
        except CloudError as exc:
            wrong = part == "domain"
            denied = isinstance(exc.__cause__, ClientError) and error_code(exc.__cause__).startswith("AccessDenied")
            yield Finding(part, exc.what, False if wrong and not denied else None, exc.next_step)


def _packages(pins: Path) -> Finding:
    pinned: dict[str, set[str]] = {}
    for name, version in _PIN.findall(pins.read_text(encoding="utf-8")):
        pinned.setdefault(name, set()).add(version)  # several, if they differ by Python version
    wrong = []
    for name, versions in pinned.items():
        try:
            installed = metadata.version(name)
        except metadata.PackageNotFoundError:
            continue  # for another platform; a package that is really missing fails at its import
        if installed not in versions:
            wrong.append(f"{name} {installed} instead of {' or '.join(sorted(versions))}")
    if wrong:
        return Finding(
            "packages", "; ".join(wrong[:5]), False, "delete .venv and run any command, which creates it again"
        )
    return Finding("packages", f"as pinned in {pins.parent.name}/{pins.name}")


def _caller(target: Target) -> Mapping[str, str]:
    with translated("credentials"):
        caller: Mapping[str, str] = target.client("sts").get_caller_identity()
    return caller


def _region(target: Target) -> Finding:
    region = target.resolved_region
    if not target.endpoint_url and region not in Session().get_available_regions("apigatewayv2"):
        return Finding(
            "region", f"{region} has no WebSocket APIs according to this SDK", False, "choose another stack.region"
        )
    where = f" at {target.endpoint_url}" if target.endpoint_url else ""
    return Finding("region", f"{region}{where}")


def _lambda_quota(target: Target) -> Finding:
    limits = target.client("lambda").get_account_settings()["AccountLimit"]
    number = limits["ConcurrentExecutions"]
    if number < FEW_EXECUTIONS:
        fix = "request 1,000 in Service Quotas, AWS Lambda, Concurrent executions (L-B99A9384); free of charge"
        return Finding(
            "Lambda quota", f"{number} concurrent executions: many visitors at once are throttled", None, fix
        )
    return Finding("Lambda quota", f"{number:,} concurrent executions")


def _gateway_quota(settings: Settings, target: Target) -> Finding:
    """Check the throttling limit of the account, which all of its APIs share."""
    throttle = target.client("apigateway").get_account().get("throttleSettings", {})
    rate = int(throttle.get("rateLimit", 0))
    if not rate:
        return Finding("API Gateway quota", "unknown", None)
    wanted = settings.throttle.connects_per_second + settings.throttle.messages_per_second
    if rate < wanted:
        return Finding(
            "API Gateway quota",
            f"{rate:,} requests/s, and throttle.connects_per_second and messages_per_second are {wanted:,} together",
            False,
            "lower throttle.connects_per_second or throttle.messages_per_second in settings.toml",
        )
    return Finding("API Gateway quota", f"{rate:,} requests/s over all APIs of the account")


def _domain(settings: Settings, target: Target) -> Finding:
    if not settings.domain.name:
        return Finding("domain", "none: the site uses the domain name of CloudFront")
    check_domain(settings, target)
    where = f"zone {settings.domain.hosted_zone}" if settings.domain.hosted_zone else "DNS elsewhere"
    return Finding("domain", f"{', '.join(settings.domain.aliases)}, {where}")


def _certificate(settings: Settings, target: Target) -> Finding:
    domain = settings.domain
    if not domain.name or domain.certificate_arn:
        return Finding("certificate", "from the settings, issued" if domain.name else "none needed")
    found = find_certificate(domain, target.in_region(certificate.REGION))
    if not found:
        return Finding("certificate", "none yet: deploy requests one in us-east-1")
    if found["Status"] == "ISSUED":
        return Finding("certificate", "issued")
    records = "; ".join(map(str, pending_records(found)))
    fix = f"create {records}; then deploy" if records and not domain.hosted_zone else "python3 build.py deploy"
    return Finding("certificate", found["Status"], None, fix)
