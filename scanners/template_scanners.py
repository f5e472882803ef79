"""The scanners that read templates: cfn-lint, checkov and cdk-nag."""

from __future__ import annotations

import json
import re
import shutil
from collections.abc import Iterable, Iterator
from importlib.metadata import version
from pathlib import Path
from typing import Any

from deployment.package.lint import findings as cfn_lint_findings
from errors import ProjectError
from scanners.acceptance import accepted_in_templates, apply_acceptances
from scanners.finding import CannotRunError, Finding, Report, Workplace
from scanners.node_packages import Node
from scanners.tools import run, run_json, script, tool_error

CFN_LINT_RULES = re.compile(r"[EWI]\d{4}$")
CHECKOV_RULES = re.compile(r"CKV2?_")
NAG_RULES = re.compile(r"(AwsSolutions|Serverless)-")
NODE = Path(__file__).with_name("node")


def cfn_lint(workplace: Workplace) -> Report:
    """Run AWS's linter, including its informational rules, with the same function as `build.py lint`."""
    found = [
        Finding(one.rule, _logical_id(one.path), f"{variant}, line {one.line}", one.message)
        for variant, path in workplace.templates.items()
        for one in cfn_lint_findings(path.read_text(), workplace.region)
    ]
    return _report(version("cfn-lint"), workplace, found, CFN_LINT_RULES)


def checkov(workplace: Workplace) -> Report:
    """Run Prisma Cloud's checks, offline. Raises ProjectError when it cannot parse a template."""
    options = ["--framework", "cloudformation", "--output", "json", "--compact", "--quiet", "--skip-download"]
    folder = next(iter(workplace.templates.values())).parent
    # A relative path: checkov mistakes a 40-character path in a resolved reference for a secret (CKV_AWS_45).
    command = [script(workplace, "checkov"), "-d", ".", *options]
    result = run_json("checkov", command, folder, accepted_codes=(0, 1))
    summary = result["summary"]
    if summary["parsing_errors"] or not summary["passed"]:
        raise ProjectError(
            "scan checkov", f"it could not read the templates: {summary}", "update the pin in requirements/scan.in"
        )
    names = {path.name: variant for variant, path in workplace.templates.items()}
    found = [
        Finding(one["check_id"], one["resource"].split(".")[-1], names[Path(one["file_path"]).name], one["check_name"])
        for one in result["results"]["failed_checks"]
    ]
    return _report(summary["checkov_version"], workplace, found, CHECKOV_RULES)


def cdk_nag(workplace: Workplace) -> Report:
    """Run the rule packs AwsSolutions and Serverless on each template, included in a CDK stack."""
    node = Node.of(workplace.environment.folder)
    if not node.is_here:
        raise CannotRunError("this system has no Node in requirements/scan.txt")
    folder = node.installed(NODE, "cdk-nag")
    shutil.copy(NODE / "nag.mjs", folder)
    answer = workplace.folder / "cdk-nag"
    shutil.rmtree(answer, ignore_errors=True)
    names = {f"t{number}": variant for number, variant in enumerate(workplace.templates)}
    command = [str(node.program), str(folder / "nag.mjs"), str(answer)]
    done = run([*command, *(f"t{n}={path}" for n, path in enumerate(workplace.templates.values()))], folder)
    report = answer / "validation-report.json"
    # It exits with 1 for violations and for any failure; only a report that covers every template counts.
    if not report.exists() or set(json.loads((answer / "read.json").read_text())) != names.keys():
        raise tool_error("cdk-nag", done)
    lock = json.loads((NODE / "package-lock.json").read_text())
    found = _violations(json.loads(report.read_text()), names)
    return _report(lock["packages"]["node_modules/cdk-nag"]["version"], workplace, found, NAG_RULES)


def _violations(report: dict[str, Any], names: dict[str, str]) -> Iterator[Finding]:
    for pack in report["pluginReports"]:
        for violation in pack["violations"]:
            for construct in violation["violatingConstructs"]:
                stack, _, *path = construct["constructPath"].split("/")
                yield Finding(violation["ruleName"], path[0] if path else "", names[stack], violation["description"])


def _report(version: str, workplace: Workplace, found: Iterable[Finding], rules: re.Pattern[str]) -> Report:
    return apply_acceptances(version, f"{len(workplace.templates)} templates", found, accepted_in_templates(), rules)


def _logical_id(path: str) -> str:
    """Return the logical ID in a path: Resources/Router/Properties/Runtime -> Router."""
    parts = path.split("/")
    return parts[1] if parts[0] == "Resources" and len(parts) > 1 else path
