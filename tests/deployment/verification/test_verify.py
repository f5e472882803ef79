"""The verification of an account, on the embedded cloud and on a slow emulator."""

from __future__ import annotations

import asyncio
import re
from collections.abc import Callable
from pathlib import Path

import pytest

from deployment.aws.target import Target
from deployment.verification.catalog import CHECKS
from deployment.verification.inventory import Difference, compare, take
from deployment.verification.report import Report
from deployment.verification.run import Verification
from local_cloud import emulator, environment
from local_cloud.visits.state import opened
from settings import Settings, validate
from tests.browser.node_tools import NODE
from tests.deployment.command import Command
from tests.deployment.fakes import Lines

pytestmark = pytest.mark.cloud

NAME = "verify-test"


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    return validate({"stack": {"name": "cv"}}, tmp_path / "settings.toml")


def unanswered(say: Lines) -> set[str]:
    return {found[1] for text in say if (found := re.match(r"not answerable here .* s  ([^:]*):", text))}


ONLY_ON_AWS = {check.name for check in CHECKS if check.emulator}


def on_the_embedded_cloud(folder: Path, act: Callable[[Target], Report]) -> Report:
    async def main() -> Report:
        with opened(folder) as state:
            running = await emulator.start(state, environment.REGION)
            keys = {"access_key": environment.ACCESS_KEY, "secret_key": environment.SECRET_KEY}
            target = Target(environment.REGION, running.access.endpoint_url, session_token=running.access.key, **keys)
            try:
                return await asyncio.to_thread(act, target)
            finally:
                await running.stop()

    return asyncio.run(main())


def test_nothing_is_created_without_a_confirmation(users_command: Command) -> None:
    refused = users_command.run("verify")
    assert refused.returncode == 2
    assert "verify: standard input is not a terminal" in refused.stderr
    assert "add --yes" in refused.stderr
    named = users_command.run("verify", "--yes", "--env", "No Name")
    assert named.returncode == 2
    assert "--env No Name: is not a valid name of an environment" in named.stderr
    other = users_command.run("verify", "--yes", "--only", "moon")
    assert other.returncode == 2
    assert "--only moon: no check has such a name" in other.stderr


def test_on_the_embedded_cloud_every_check_passes_or_says_why_not(
    settings: Settings, tmp_path: Path, linted: Path, say: Lines, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PATH", str(NODE.parent), prepend=":")  # which runs the distribution's function
    output = tmp_path / "output/verify"

    def verify(target: Target) -> Report:
        return Verification(settings, target, NAME, output).run(say)

    report = on_the_embedded_cloud(tmp_path / "state", verify)
    assert report.good, "\n".join(say)
    assert unanswered(say) == ONLY_ON_AWS
    assert report.left == Difference((), ())
    assert report.unlisted == ()
    assert all(result.detail for result in report.results)
    page = (tmp_path / "output/verify.md").read_text()
    assert all(f"| {check.name} | " in page for check in CHECKS)


def test_the_command_interrupts_a_creation_and_leaves_nothing(
    project: Path, tmp_path: Path, slow_endpoint: str
) -> None:
    command = Command(project, tmp_path, slow_endpoint)
    before = take(command.target)
    done = command.run("verify", "--yes", "--env", NAME, "--only", "second deploy")
    assert done.returncode == 0, done.stdout + done.stderr
    assert re.search("interrupted in CREATE_IN_PROGRESS, then CREATE_COMPLETE", done.stdout)
    assert "account: as before; nothing of the environment is left" in done.stdout
    assert compare(before, take(command.target)).empty
