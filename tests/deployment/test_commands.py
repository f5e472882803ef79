"""The commands `diff`, `deploy` and `environments` on a real emulator: a first deploy, and every kind of change."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from template_gen import names
from tests.deployment.command import Command

pytestmark = pytest.mark.cloud

TABLE = """{"Resources": {"Things": {"Type": "AWS::DynamoDB::Table", "Properties": {"BillingMode": "PAY_PER_REQUEST",
"AttributeDefinitions": [{"AttributeName": "id", "AttributeType": "S"}],
"KeySchema": [{"AttributeName": "id", "KeyType": "HASH"}]}}}}"""


@contextmanager
def edited(path: Path, text: str) -> Iterator[None]:
    """Temporarily append `text` to the file at `path`."""
    before = path.read_bytes()
    path.write_bytes(before + text.encode())
    try:
        yield
    finally:
        path.write_bytes(before)


def test_a_first_deploy_then_no_changes(command: Command) -> None:
    planned = command.run("diff")
    assert planned.returncode == 2
    assert f"stack {command.name}: to be created" in planned.stdout
    assert "+ VisitorCounts (AWS::DynamoDB::Table)" in planned.stdout
    assert "site: 3 new, 0 changed, 0 unchanged, 0 to delete" in planned.stdout
    assert re.search(r"cost: about \$0\.\d\d per month at 1,000 visits of 3 min", planned.stdout)
    assert command.status() == command.status("-artifacts") == ""

    made = command.deploy()
    assert made.returncode == 0, made.stderr
    assert command.status() == "CREATE_COMPLETE"
    assert "CREATE_COMPLETE    VisitorCounts" in made.stdout
    assert f"Live: {command.outputs()[names.SITE_URL]}" in made.stdout
    assert "\x1b" not in made.stdout

    before = command.cloudformation.describe_stack_events(StackName=command.name)["StackEvents"]
    again = command.deploy()
    assert again.returncode == 0
    assert "no changes" in again.stdout
    assert "plan for" not in again.stdout
    assert command.cloudformation.describe_stack_events(StackName=command.name)["StackEvents"] == before
    assert not command.changes()
    assert command.leftovers() == []


def test_without_a_terminal_the_error_suggests_yes(command: Command) -> None:
    refused = command.run("deploy")
    assert refused.returncode == 2
    assert "--yes" in refused.stderr
    assert "build.py diff" in refused.stderr
    assert command.status() == ""


def test_only_the_code_changes(command: Command) -> None:
    command.deploy()
    with edited(command.project / "router/handler.py", "# another\n"):
        planned = json.loads(command.run("diff", "--json").stdout)
        assert planned["code"]["before"] != planned["code"]["after"]
        assert planned["site"]["new"] == planned["site"]["changed"] == []
        [change] = [one for one in planned["stacks"][-1]["changes"] if one["logical_id"] == names.ROUTER]
        [key] = [one for one in change["properties"] if one["path"] == "Code.S3Key"]
        assert planned["code"]["before"] in key["before"]
        assert planned["code"]["after"] in key["after"]
        assert command.leftovers() == []
        zips = bucket_keys(command, names.ARTIFACT_BUCKET_NAME, "-artifacts")
        assert not any(planned["code"]["after"] in key for key in zips)

        done = command.deploy()
        assert done.returncode == 0, done.stderr
        assert f"code: {planned['code']['before'][:12]} → {planned['code']['after'][:12]}" in done.stdout
        assert command.status() == "UPDATE_COMPLETE"
        assert command.leftovers() == []


def test_the_template_and_the_site_change(command: Command) -> None:
    command.deploy()
    command.set("[logs]\nretention_days = 7\n")
    (command.site / "index.html").write_text("<h1>Two</h1>")
    done = command.deploy()
    assert done.returncode == 0, done.stderr
    assert "RetentionInDays: 30 → 7" in done.stdout
    assert "~ index.html" in done.stdout
    assert "invalidation: /" in done.stdout
    assert re.search("total: 0 to add, [1-9] to change, 0 to replace, 0 to remove; 1 file$", done.stdout, re.MULTILINE)
    assert not command.changes()


def test_a_failed_creation_and_update_are_explained_and_the_next_deploy_recovers(command: Command) -> None:
    with command.failing():
        failed = command.deploy()
    assert failed.returncode == 1
    assert failed.stderr.startswith(f"error: stack {command.name}: Failing: ")
    assert "likely: the hosted zone is not in this account" in failed.stderr
    assert "next: find it (aws route53 list-hosted-zones)" in failed.stderr
    assert failed.stderr.count("\n") <= 4
    assert command.deploy().returncode == 0
    assert command.status() == "CREATE_COMPLETE"

    with command.failing():
        failed = command.deploy()
    assert failed.returncode == 1
    assert "likely: the hosted zone is not in this account" in failed.stderr
    assert command.status() == "UPDATE_ROLLBACK_COMPLETE"
    assert command.deploy().returncode == 0
    assert not command.changes()
    assert command.leftovers() == []


def test_two_environments_are_independent_and_listed(command: Command) -> None:
    assert command.deploy().returncode == 0
    made = command.deploy("--env", "next")
    assert made.returncode == 0, made.stderr
    main, preview = command.outputs(), command.outputs("-next")
    assert main[names.SITE_BUCKET_NAME] != preview[names.SITE_BUCKET_NAME]
    assert main[names.VISITOR_COUNTS_TABLE] != preview[names.VISITOR_COUNTS_TABLE]
    (command.site / "index.html").write_text("<h1>Two</h1>")
    assert "1 uploaded" in command.deploy("--env", "next").stdout
    listed = command.run("environments").stdout.splitlines()
    assert [line.split()[:3] for line in listed] == [
        ["(main)", command.name, "CREATE_COMPLETE"],
        ["next", f"{command.name}-next", "CREATE_COMPLETE"],
    ]
    assert preview[names.SITE_URL] in listed[1]
    for suffix in ("-next", "-next-artifacts"):
        command.cloudformation.delete_stack(StackName=command.name + suffix)


@pytest.mark.parametrize("name", ["Next", "artifacts", "x" * 21, "a_b"])
def test_an_invalid_environment_name(command: Command, name: str) -> None:
    refused = command.run("environments", "--env", name)
    assert refused.returncode == 2
    assert f"--env {name}: is not a valid name of an environment" in refused.stderr


def test_a_stack_of_another_project_is_not_changed(command: Command) -> None:
    command.cloudformation.create_stack(StackName=command.name, TemplateBody=TABLE)
    for verb in (("diff",), ("deploy", "--yes")):
        refused = command.run(*verb)
        assert refused.returncode == 1
        assert "does not belong to this project" in refused.stderr
    assert list(command.stack().resources()) == ["Things"]
    assert command.run("environments").stdout.startswith("no environments in")


def test_replacing_a_table_requires_a_flag(command: Command) -> None:
    command.deploy()
    with command.with_template("tables", "rows.CONNECTION_ID", '"anotherId"'):
        planned = command.run("diff")
        assert re.search(r"! ConnectionIDs \(AWS::DynamoDB::Table\) (may be )?REPLACED", planned.stdout)
        assert re.search(
            "DATA LOSS: the table ConnectionIDs (may be )?replaced by an empty one; the old", planned.stdout
        )
        refused = command.deploy()
        assert refused.returncode == 2
        assert "this deploy would lose data, so nothing was changed" in refused.stderr
        assert "--allow-data-loss" in refused.stderr
        assert command.status() == "CREATE_COMPLETE"
        assert command.leftovers() == []
        assert command.deploy("--allow-data-loss").returncode == 0
        assert command.status() == "UPDATE_COMPLETE"


def test_a_template_too_large_for_a_request_is_passed_by_url(command: Command) -> None:
    padded = '    template.set_metadata({"Padding": "x" * 60_000})\n    return template\n'
    command.deploy()
    with command.with_template("stack", "    return template\n", padded):
        command.set("[logs]\nretention_days = 7\n")
        planned = command.run("diff")
        assert planned.returncode == 2, planned.stderr
        assert "RetentionInDays: 30 → 7" in planned.stdout
        keys = bucket_keys(command, names.ARTIFACT_BUCKET_NAME, "-artifacts")
        assert not any(key.startswith("template/") for key in keys)
        done = command.deploy()
        assert done.returncode == 0, done.stderr
        keys = bucket_keys(command, names.ARTIFACT_BUCKET_NAME, "-artifacts")
        assert any(key.startswith("template/") for key in keys)
        assert len(command.stack().template()["Metadata"]["Padding"]) == 60_000


def bucket_keys(command: Command, output: str, suffix: str) -> list[str]:
    listed = command.target.client("s3").list_objects_v2(Bucket=command.outputs(suffix)[output])
    return [item["Key"] for item in listed.get("Contents", [])]
