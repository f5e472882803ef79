"""The status of the stack: its state, the last deploy, outputs, the count, health and alarms."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from deployment.aws.bucket import read_bucket
from deployment.aws.finding import MARKS, Finding
from deployment.aws.target import Target
from deployment.counter.count import CountTable
from deployment.operations.health import examine
from deployment.release.release import UNVERIFIED, code_of, load
from deployment.stack.outputs import read_stack
from deployment.stack.stack import Stack
from deployment.stack.state import SUCCEEDED, StackState
from errors import CloudError
from settings import Settings
from template_gen import names

FINE = {*SUCCEEDED, "UPDATE_ROLLBACK_COMPLETE"}
"""Statuses of a working stack; after the rollback of a failed update it works as before."""


@dataclass(frozen=True)
class Status:
    """The status. code: the hash of the router's zip, shortened. count: None if there is no table yet."""

    stack: str
    region: str
    state: str
    updated: datetime | None
    code: str
    outputs: Mapping[str, str]
    count: int | None
    findings: Sequence[Finding]

    @property
    def healthy(self) -> bool:
        """Return True if no part is unhealthy; a part that could not be checked does not count."""
        return all(finding.well is not False for finding in self.findings)

    def as_json(self) -> dict[str, Any]:
        """Return the status as a JSON object, for `--json`."""
        return {
            "stack": self.stack,
            "region": self.region,
            "state": self.state,
            "lastDeploy": f"{self.updated:%Y-%m-%dT%H:%M:%SZ}" if self.updated else None,
            "code": self.code,
            "healthy": self.healthy,
            "count": self.count,
            "outputs": dict(sorted(self.outputs.items())),
            "health": [finding.as_json() for finding in self.findings],
        }

    def lines(self) -> list[str]:
        """Return the status as lines for the terminal."""
        when = f"{self.updated:%Y-%m-%d %H:%M} UTC" if self.updated else "never"
        code = f", code {self.code}" if self.code else ""
        lines = [f"{self.stack} in {self.region}: {self.state}, last deploy {when}{code}"]
        lines += [f"  {name:<22} {self.outputs[name]}" for name in sorted(self.outputs)]
        if self.count is not None:
            lines.append(f"  {'visits counted':<22} {self.count:,}")
        lines.append("health:")
        for finding in self.findings:
            lines.append(f"  {MARKS[finding.well]}  {finding.part:<24} {finding.state}")
            if finding.fix:
                lines.append(f"      next: {finding.fix}")
        return lines


def status(settings: Settings, target: Target, now: datetime | None = None) -> Status:
    """Read the status of the stack. Raises StackError when it does not exist, and CloudError."""
    state = read_stack(settings, target)
    findings = [_stack_finding(state)]
    if names.VISITOR_COUNTS_TABLE in state.outputs:
        # Imported here: importing aiohttp is slow, and a stack without outputs does not need it.
        from deployment.operations.probe import probe

        findings += [_release_finding(state, target), *probe(state.outputs, target)]
        resources = Stack(settings.stack.name, target).typed_resources()
        findings += examine(state.outputs, resources, target, now or datetime.now(UTC))
        count = visitor_count(state.outputs[names.VISITOR_COUNTS_TABLE], target)
    else:
        count = None
    return Status(
        settings.stack.name,
        target.resolved_region,
        state.status,
        state.updated,
        code_of(state.parameters)[:12],
        state.outputs,
        count,
        findings,
    )


def visitor_count(table: str, target: Target) -> int:
    """Return the present count. Raises CloudError."""
    return CountTable(table, target).count()


def _stack_finding(present: StackState) -> Finding:
    state = present.status
    if state in FINE and names.VISITOR_COUNTS_TABLE not in present.outputs:
        return Finding("stack", f"{state}, but incomplete", False, "deploy again: python3 build.py deploy")
    if state in FINE:
        return Finding(
            "stack",
            state,
            True,
            "the last update failed; fix the problem and deploy again" if "ROLLBACK" in state else "",
        )
    if state.endswith("_IN_PROGRESS"):
        return Finding("stack", f"{state}: an operation is in progress")
    return Finding("stack", state, False, "deploy again: python3 build.py deploy")


def _release_finding(state: StackState, target: Target) -> Finding:
    """Compare what is deployed with the latest release."""
    try:
        release = load(state.parameters[names.CODE_BUCKET], target)
        if release and release.is_deployed(state, read_bucket(release.bucket, target)):
            return Finding("release", f"of {release.at}, which passed the smoke test", True)
    except CloudError as error:
        return Finding("release", f"unknown: {error.what}", None, error.next_step)
    return Finding("release", UNVERIFIED, None, "python3 build.py deploy, which runs it")
