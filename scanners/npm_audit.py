"""`npm audit` for every package-lock.json of the project."""

from __future__ import annotations

import json
import shutil
import tempfile
from pathlib import Path

from scanners.checkout import files_of
from scanners.node_packages import Node
from scanners.tools import run
from scanners.vulnerabilities import AuditResult

DATABASE = "npm's registry"


def audit_npm(root: Path, node: Node, registry: str | None) -> list[AuditResult]:
    """Return one result for each lock file, from npm's registry or the one at `registry`."""
    return [_answer(root / name, name, node, registry) for name in files_of(root, "*package-lock.json")]


def _answer(lock: Path, name: str, node: Node, registry: str | None) -> AuditResult:
    packages = len(json.loads(lock.read_text())["packages"]) - 1
    if not node.is_here:
        return AuditResult(name, DATABASE, packages, unreachable="this system has no npm in requirements/scan.txt")
    command = node.npm("audit", "--json", "--package-lock-only", "--fetch-retries=0")
    with tempfile.TemporaryDirectory() as folder:  # npm may write beside the lock
        for file in (lock, lock.with_name("package.json")):
            shutil.copy(file, folder)
        done = run([*command, *([f"--registry={registry}"] if registry else [])], Path(folder))
    try:
        answer = json.loads(done.stdout)
    except ValueError:
        answer = {}
    if "auditReportVersion" not in answer:
        reason = str(answer.get("message") or "no answer").partition(" - ")[0]
        return AuditResult(name, DATABASE, packages, unreachable=reason[:80])
    known = [f"{name}: {one['name']} {one['range']}: {one['severity']}" for one in answer["vulnerabilities"].values()]
    return AuditResult(name, DATABASE, packages, tuple(known))
