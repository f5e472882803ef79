"""The emulator that all contestants deploy to, and what it says about a stack."""

from __future__ import annotations

import os
import subprocess
import sys
from contextlib import contextmanager
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Any

from benchmarks.measure import ROOT
from tests.deployment.conftest import free_port, is_healthy

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from pathlib import Path

REGION = "us-east-1"


@dataclass(frozen=True)
class Cloud:
    """A running emulator. environment: the variables by which every contestant finds it."""

    url: str

    @property
    def environment(self) -> Mapping[str, str]:
        kept = {name: value for name, value in os.environ.items() if not name.startswith(("AWS_", "PYTHONDONT"))}
        return {
            **kept,
            "AWS_ENDPOINT_URL": self.url,
            "AWS_ACCESS_KEY_ID": "test",
            "AWS_SECRET_ACCESS_KEY": "test",  # nosec B105 - the emulator accepts any
            "AWS_REGION": REGION,
            "AWS_DEFAULT_REGION": REGION,
            "AWS_CONFIG_FILE": os.devnull,
            "AWS_SHARED_CREDENTIALS_FILE": os.devnull,
            "AWS_EC2_METADATA_DISABLED": "true",
            "CDK_DISABLE_CLI_TELEMETRY": "1",
            "NO_COLOR": "1",
            "SAM_CLI_TELEMETRY": "0",
        }

    def client(self, service: str) -> Any:
        import boto3

        session: Any = boto3.Session(aws_access_key_id="test", aws_secret_access_key="test")  # noqa: S106 - no real one
        return session.client(service, region_name=REGION, endpoint_url=self.url)

    @cached_property
    def _cloudformation(self) -> Any:
        return self.client("cloudformation")

    def status(self, stack: str) -> str:
        """Return the status of the stack, "" if there is none."""
        from botocore.exceptions import ClientError

        try:
            return str(self._cloudformation.describe_stacks(StackName=stack)["Stacks"][0]["StackStatus"])
        except ClientError:
            return ""

    def outputs(self, stack: str) -> dict[str, str]:
        found = self._cloudformation.describe_stacks(StackName=stack)["Stacks"][0].get("Outputs", [])
        return {output["OutputKey"]: output["OutputValue"] for output in found}

    def resources(self, stack: str) -> list[tuple[str, str]]:
        """Return the type and the physical ID of each resource that is complete."""
        found = self._cloudformation.describe_stack_resources(StackName=stack)["StackResources"]
        return [
            (one["ResourceType"], one["PhysicalResourceId"])
            for one in found
            if one["ResourceStatus"].endswith("_COMPLETE")
        ]

    def change_sets(self, stack: str) -> int:
        """Return how many change sets wait to be executed."""
        found = self._cloudformation.list_change_sets(StackName=stack)["Summaries"]
        return len([one for one in found if one["ExecutionStatus"] == "AVAILABLE"])

    def last_change(self, stack: str) -> str:
        """Return the ID of the newest event of the stack."""
        return str(self._cloudformation.describe_stack_events(StackName=stack)["StackEvents"][0]["EventId"])

    def code(self, stack: str) -> str:
        """Return the hash of the router's code."""
        functions = (name for kind, name in self.resources(stack) if kind == "AWS::Lambda::Function")
        found = (self.client("lambda").get_function_configuration(FunctionName=name) for name in functions)
        return next(str(one["CodeSha256"]) for one in found if one["Handler"].startswith("router."))

    def log_group(self, stack: str) -> str:
        return next(name for kind, name in self.resources(stack) if kind == "AWS::Logs::LogGroup")

    def retention(self, stack: str) -> int | None:
        """Return the days that the router's log is kept, None for ever."""
        name = self.log_group(stack)
        groups = self.client("logs").describe_log_groups(logGroupNamePrefix=name)["logGroups"]
        days: int | None = next(one for one in groups if one["logGroupName"] == name).get("retentionInDays")
        return days

    def drift(self, stack: str, days: int) -> None:
        """Change the retention of the router's log behind CloudFormation's back."""
        self.client("logs").put_retention_policy(logGroupName=self.log_group(stack), retentionInDays=days)


@contextmanager
def emulator(folder: Path, translator: Path | None, seconds_per_resource: float = 0) -> Iterator[Cloud]:
    """Run an emulator on the loopback interface. translator: the folder that has SAM's transform."""
    folder.mkdir()
    port = free_port()
    environment = {
        **{name: value for name, value in os.environ.items() if not name.startswith("AWS_")},
        "GATEWAY_PORT": str(port),
        "BIND_HOST": "127.0.0.1",
        "DOCKER_HOST": "unix:///nonexistent",
        "IOT_MTLS_ENABLED": "0",
        "SFTP_ENABLED": "0",
        "HOME": str(folder),
        "STATE_DIR": str(folder / "state"),
    }
    command = [sys.executable, "-m", "benchmarks.deploys.slow_ministack", str(seconds_per_resource)]
    command += [str(translator)] if translator else []
    with (
        (folder / "log").open("ab") as log,
        subprocess.Popen(command, cwd=ROOT, env=environment, stdout=log, stderr=log) as process,
    ):
        try:
            url = f"http://127.0.0.1:{port}"
            assert is_healthy(f"{url}/_ministack/health", process), (folder / "log").read_text()[-2000:]
            yield Cloud(url)
        finally:
            process.terminate()
