"""The command line as a user runs it, in a copy of the project with its own settings and an endpoint."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import tomllib
import uuid
from collections.abc import Iterator, Mapping
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from deployment.aws.bucket import read_bucket
from deployment.aws.target import Target
from deployment.stack.stack import Stack
from errors import CloudError
from template_gen import names
from tests.deployment.warm_python import Forked, WarmPython

FAILING_RECORD = """\
    from troposphere import route53
    record = dict(Name="example.com", Type="TXT", TTL="60", ResourceRecords=['"x"'], DependsOn="Router")
    template.add_resource(route53.RecordSetType("Failing", HostedZoneId="Z0123456789ABCDEFGHIJ", **record))
"""

PATIENCE = 120
"""Timeout of a command in seconds, many times its usual duration."""


@dataclass
class Command:
    """`build.py VERB …` in `project`, for the stack `name` at `endpoint`, with a small site of its own."""

    project: Path
    folder: Path
    endpoint: str
    name: str = field(default_factory=lambda: f"cv-{uuid.uuid4().hex[:8]}")
    environment: Mapping[str, str] = field(default_factory=dict)
    python: WarmPython | None = None
    """The warm Python that runs it; None for a new Python process."""

    def __post_init__(self) -> None:
        self.site = self.folder / "mysite"
        (self.site / "assets").mkdir(parents=True)
        (self.site / "index.html").write_text("<h1>One</h1>")
        (self.site / "404.html").write_text("<h1>None</h1>")
        (self.site / "assets/app.0123456789ab.js").write_text("console.log(1)")
        self.settings = self.folder / "settings.toml"
        self.set()

    def set(self, *lines: str, keep: bool = True) -> None:
        """Write the settings. lines: additional TOML."""
        stack = f'[stack]\nname = "{self.name}"\nkeep_data_on_destroy = {str(keep).lower()}\n'
        text = "\n".join([stack, '[site]\nfolder = "mysite"\n', *lines])
        tomllib.loads(text)
        self.settings.write_text(text)

    @contextmanager
    def with_template(self, name: str, old: str, new: str) -> Iterator[None]:
        """Temporarily replace the first `old` in template_gen/`name`.py with `new`."""
        path = self.project / f"template_gen/{name}.py"
        before = path.read_text()
        assert old in before
        path.write_text(before.replace(old, new, 1))
        try:
            yield
        finally:
            path.write_text(before)

    def failing(self) -> AbstractContextManager[None]:
        """Temporarily add a resource whose creation fails: a record in a hosted zone that does not exist."""
        return self.with_template("stack", "    tag_everything(", FAILING_RECORD + "    tag_everything(")

    def start(self, *arguments: str, **more: str) -> Forked | subprocess.Popen[str]:
        command = ["build.py", *arguments, *self._where()]
        environment = {**_bare_environment(), **self.environment, **more}
        if self.python:
            return self.python.start(command, self.project, environment)
        return subprocess.Popen(
            [sys.executable, *command],
            cwd=self.project,
            env=environment,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
            start_new_session=True,
        )

    def run(self, *arguments: str, **more: str) -> subprocess.CompletedProcess[str]:
        process = self.start(*arguments, **more)
        try:
            out, err = process.communicate(timeout=PATIENCE)
        finally:
            if process.returncode is None:
                process.send_signal(signal.SIGKILL)
        assert "Traceback" not in err, err
        assert process.returncode is not None
        return subprocess.CompletedProcess(process.args, process.returncode, out, err)

    def deploy(self, *arguments: str, **more: str) -> subprocess.CompletedProcess[str]:
        """Deploy without the smoke test, which has its own tests."""
        return self.run("deploy", "--yes", "--no-smoke-test", *arguments, **more)

    def changes(self) -> bool:
        """Return True if `diff` shows changes. Without a smoke test, its exit code is 2 in either case."""
        planned = json.loads(self.run("diff", "--json").stdout)
        assert planned["changes"] or planned["unverified"]
        changes: bool = planned["changes"]
        return changes

    @property
    def target(self) -> Target:
        """Return the target of the command, for assertions."""
        return Target("us-east-1", self.endpoint, access_key="test", secret_key="test")

    @property
    def cloudformation(self) -> Any:
        return self.target.client("cloudformation")

    def stack(self, suffix: str = "") -> Stack:
        return Stack(self.name + suffix, self.target)

    def status(self, suffix: str = "") -> str:
        return self.stack(suffix).read().status

    def outputs(self, suffix: str = "") -> Mapping[str, str]:
        return self.stack(suffix).read().outputs

    def leftovers(self) -> list[str]:
        """Return change sets that were not executed, and the marker of an incomplete upload."""
        left = []
        for suffix in ("", "-artifacts"):
            listed = self.cloudformation.list_change_sets(StackName=self.name + suffix)["Summaries"]
            waiting = [one for one in listed if one["ExecutionStatus"] in ("AVAILABLE", "UNAVAILABLE")]
            left += [one["ChangeSetName"] for one in waiting]
        return left + [key for key in self.keys() if key.startswith(".")]

    def keys(self) -> list[str]:
        return sorted(read_bucket(self.outputs()[names.SITE_BUCKET_NAME], self.target))

    def clean_up(self) -> None:
        """Delete the stack, as all tests of a worker share the emulator."""
        for suffix in ("", "-artifacts"):
            try:
                if self.status(suffix):
                    self.cloudformation.delete_stack(StackName=self.name + suffix)
            except CloudError:
                pass

    def _where(self) -> list[str]:
        return ["--settings", str(self.settings), "--endpoint-url", self.endpoint, "--region", "us-east-1"]


def _bare_environment() -> dict[str, str]:
    """Return an environment without the user's AWS configuration; the emulator accepts any key."""
    kept = {name: value for name, value in os.environ.items() if not name.startswith("AWS_") and name != "NO_COLOR"}
    return {
        **kept,
        "AWS_ACCESS_KEY_ID": "test",
        "AWS_SECRET_ACCESS_KEY": "test",
        "AWS_CONFIG_FILE": os.devnull,
        "AWS_SHARED_CREDENTIALS_FILE": os.devnull,
        "AWS_EC2_METADATA_DISABLED": "true",
    }
