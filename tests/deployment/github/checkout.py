"""A checkout of a user's repository, its emulated account, and a stand-in for GitHub's CLI."""

from __future__ import annotations

import json
import os
import shlex
import subprocess
import sys
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import yaml

from deployment.aws.target import Target
from tests.local_system import copy_project

FAKE_GH = Path(__file__).with_name("fake_gh.py")
PATIENCE = 300


@dataclass
class Checkout:
    """A copy of the project in `folder`, whose stack is `name` at `endpoint`. The steps of its workflows run here."""

    folder: Path
    endpoint: str
    name: str
    root: Path = field(init=False)

    def __post_init__(self) -> None:
        self.root = copy_project(self.folder / "checkout")
        site = self.root / "mysite"
        site.mkdir()
        (site / "index.html").write_text("<h1>One</h1>")
        (site / "404.html").write_text("<h1>None</h1>")
        (self.root / "settings.toml").write_text(f'[stack]\nname = "{self.name}"\n\n[site]\nfolder = "mysite"\n')
        programs = self.folder / "bin"
        programs.mkdir()
        for name, command in {"gh": [sys.executable, str(FAKE_GH)], "python3": [sys.executable]}.items():
            (programs / name).write_text(f'#!/bin/sh\nexec {shlex.join(command)} "$@"\n')
            (programs / name).chmod(0o755)
        self.set_github()

    def set_github(self, **state: Any) -> None:
        (self.folder / "github.json").write_text(json.dumps(state))

    @property
    def github(self) -> dict[str, Any]:
        state: dict[str, Any] = json.loads((self.folder / "github.json").read_text())
        return state

    def comments(self, number: int) -> list[str]:
        return [one["body"] for one in self.github.get("comments", {}).get(str(number), [])]

    def build(self, *arguments: str) -> subprocess.CompletedProcess[str]:
        """Run `build.py` with these arguments."""
        return self._run([sys.executable, "build.py", *arguments], {})

    def step(self, workflow: str, job: str, name: str, **values: str) -> subprocess.CompletedProcess[str]:
        """Run the script of a step as the runner does: its environment from the workflow, with `values` in place of
        expressions.
        """
        steps = yaml.safe_load((self.root / f".github/workflows/cloud-resume-{workflow}.yml").read_text())["jobs"][job][
            "steps"
        ]
        (step,) = [one for one in steps if one.get("name") == name]
        given = {key: values.get(key, value) for key, value in step.get("env", {}).items()}
        unknown = {key: value for key, value in given.items() if "${{" in value}
        assert not unknown, f"give a value for {unknown}"
        return self._run(["bash", "--noprofile", "--norc", "-eo", "pipefail", "-c", step["run"]], given)

    @property
    def target(self) -> Target:
        return Target("us-east-1", self.endpoint, access_key="test", secret_key="test")

    def stacks(self) -> set[str]:
        """Return the names of the stacks of this checkout."""
        pages = self.target.client("cloudformation").get_paginator("describe_stacks").paginate()
        return {one["StackName"] for page in pages for one in page["Stacks"] if one["StackName"].startswith(self.name)}

    def _run(self, command: list[str], more: Mapping[str, str]) -> subprocess.CompletedProcess[str]:
        kept = {name: value for name, value in os.environ.items() if not name.startswith(("AWS_", "GITHUB_", "GH_"))}
        environment = {
            **kept,
            "PATH": f"{self.folder / 'bin'}{os.pathsep}{os.environ['PATH']}",
            "FAKE_GH": str(self.folder / "github.json"),
            "GITHUB_REPOSITORY": "octo-org/cv",
            "GITHUB_OUTPUT": str(self.folder / "outputs"),
            "AWS_ENDPOINT_URL": self.endpoint,
            "AWS_REGION": "us-east-1",
            "AWS_ACCESS_KEY_ID": "test",
            "AWS_SECRET_ACCESS_KEY": "test",
            "AWS_CONFIG_FILE": os.devnull,
            "AWS_SHARED_CREDENTIALS_FILE": os.devnull,
            "AWS_EC2_METADATA_DISABLED": "true",
            "GIT_CEILING_DIRECTORIES": str(self.folder),
            **more,
        }
        done = subprocess.run(
            command, cwd=self.root, env=environment, stdin=subprocess.DEVNULL, capture_output=True, text=True,
            timeout=PATIENCE, check=False,
        )  # fmt: skip
        assert "Traceback" not in done.stderr, done.stderr
        return done
