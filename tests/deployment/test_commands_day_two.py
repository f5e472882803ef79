"""The commands for a deployed stack, including invalid input."""

from __future__ import annotations

import json

import pytest

from template_gen import names
from tests.deployment.command import Command

pytestmark = pytest.mark.cloud


def test_a_day_in_the_life_of_a_count(users_command: Command) -> None:
    command = users_command
    deployed = command.run("deploy", "--yes")
    assert deployed.returncode == 0, deployed.stderr
    assert "smoke test: count   updates on every open page; it is 0, as before" in deployed.stdout
    assert command.run("count", "set", "1,234", "--yes").returncode == 0
    assert command.run("count").stdout.strip() == "1,234"
    assert "1,234 in total" in command.run("stats", "--days", "3").stdout
    page = command.folder / "stats.html"
    assert command.run("stats", "--days", "3", "--html", str(page)).returncode == 0
    # The emulator keeps the log of invocations by the stream only, so every reason has 0 here.
    assert "<dt>repeated: 0</dt>" in page.read_text()
    assert "<td>–</td>" in page.read_text()  # the days before the stack
    assert "1,234 in total" in page.read_text()
    state = json.loads(command.run("status", "--json").stdout)
    assert (state["healthy"], state["count"]) == (True, 1234)
    assert "counted 1 visit" in command.run("logs").stdout
    assert "does not resolve" in command.run("open").stdout
    file = str(command.folder / "visits.json")
    assert command.run("count", "export", file).returncode == 0
    refused = command.run("count", "import", file, "--yes")
    assert (refused.returncode, "from this table" in refused.stderr) == (2, True)
    destroyed = command.run("destroy", "--yes", "--delete-data")
    assert destroyed.returncode == 0, destroyed.stderr
    assert "deletion policy of the data set to Delete" in destroyed.stdout
    missing = command.run("logs")
    assert (missing.returncode, "does not exist" in missing.stderr) == (1, True)


@pytest.mark.parametrize(
    "arguments",
    [
        ("count", "set"),
        ("count", "set", "-- -5"),
        ("count", "import", "nowhere.json"),
        ("logs", "--since", "yesterday"),
    ],
)
def test_invalid_input_is_a_usage_error_without_a_traceback(command: Command, arguments: tuple[str, ...]) -> None:
    result = command.run(*arguments)
    assert result.returncode in (1, 2)
    assert "Traceback" not in result.stderr + result.stdout
    assert result.stderr


def test_drift_is_part_of_the_plan_if_requested(command: Command) -> None:
    command.deploy()
    group = command.outputs()[names.ROUTER_LOG_GROUP]
    command.target.client("logs").put_retention_policy(logGroupName=group, retentionInDays=3)
    planned = command.run("diff", "--drift")
    assert planned.returncode == 2
    assert "RetentionInDays: 30 → 3 (changed)" in planned.stdout
    assert "python3 build.py deploy" in planned.stdout
    assert "--revert-drift" in planned.stdout
    assert json.loads(command.run("diff", "--drift", "--json").stdout)["drift"][0].startswith("drift: 1 resources")

    refused = command.deploy("--revert-drift")
    assert refused.returncode == 1
    assert "does not know drift-aware change sets" in refused.stderr
    assert command.leftovers() == []
