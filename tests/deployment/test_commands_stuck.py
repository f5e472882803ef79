"""Stacks in each blocking status: a plain deploy recovers them, or says what does."""

from __future__ import annotations

import json
import re
import subprocess
import sys
import time
from typing import Any

import pytest

from deployment.stack.origin_secret import as_request
from template_gen import names
from tests.deployment.command import Command
from tests.deployment.faulty_proxy import Fault, FaultyProxy, Request, Response, action
from tests.deployment.test_commands import TABLE, edited

pytestmark = pytest.mark.cloud


def wait_for(command: Command, *statuses: str) -> None:
    """Wait until the emulator reports the end of the operation."""
    deadline = time.monotonic() + 60
    while command.status() not in statuses:
        assert time.monotonic() < deadline, command.status()


def template_with(command: Command, **resources: Any) -> str:
    """The deployed template with additional resources."""
    template = dict(command.stack().template())
    return json.dumps({**template, "Resources": {**template["Resources"], **resources}})


RECORD = {
    "Type": "AWS::Route53::RecordSet",
    "Properties": {
        "HostedZoneId": "Z0123456789ABCDEFGHIJ",
        "Name": "example.com",
        "Type": "TXT",
        "TTL": "60",
        "ResourceRecords": ['"x"'],
    },
}


def deployed_parameters(command: Command) -> list[dict[str, Any]]:
    return as_request(command.stack().read().parameters)


def completed(command: Command, *arguments: str) -> str:
    done = command.deploy(*arguments)
    assert done.returncode == 0, done.stderr
    assert command.status() in ("CREATE_COMPLETE", "UPDATE_COMPLETE", "UPDATE_ROLLBACK_COMPLETE")
    assert command.leftovers() == []
    assert not command.changes()
    return done.stdout


def test_review_in_progress(command: Command) -> None:
    command.cloudformation.create_change_set(
        StackName=command.name, ChangeSetName="deploy-by-hand", ChangeSetType="CREATE", TemplateBody=TABLE
    )
    assert command.status() == "REVIEW_IN_PROGRESS"
    assert command.changes()
    assert command.status() == "REVIEW_IN_PROGRESS"
    completed(command)


def test_rollback_complete(command: Command) -> None:
    with command.failing():
        command.deploy()
    assert command.status() == "ROLLBACK_COMPLETE"
    planned = command.run("diff")
    assert "to be created" in planned.stdout
    completed(command)


def test_update_failed(command: Command) -> None:
    """UPDATE_FAILED: updated by hand with "preserve successfully provisioned resources"."""
    command.deploy()
    made = command.cloudformation.create_change_set(
        StackName=command.name,
        ChangeSetName="by-hand",
        ChangeSetType="UPDATE",
        Capabilities=["CAPABILITY_IAM"],
        Parameters=deployed_parameters(command),
        TemplateBody=template_with(command, Record=RECORD),
    )
    command.cloudformation.execute_change_set(ChangeSetName=made["Id"], DisableRollback=True)
    wait_for(command, "UPDATE_FAILED")
    assert "completing the rollback" in command.deploy().stdout
    completed(command)


def test_update_rollback_failed(command: Command) -> None:
    """An update with new code fails, and its rollback fails because the old code no longer exists."""
    command.deploy()
    artifacts, old = command.outputs("-artifacts")[names.ARTIFACT_BUCKET_NAME], deployed_parameters(command)
    key = next(one["ParameterValue"] for one in old if one["ParameterKey"] == names.CODE_KEY)
    s3 = command.target.client("s3")
    zipped = s3.get_object(Bucket=artifacts, Key=key)["Body"].read()
    s3.put_object(Bucket=artifacts, Key="router/other.zip", Body=zipped)
    s3.delete_object(Bucket=artifacts, Key=key)
    command.cloudformation.update_stack(
        StackName=command.name,
        Capabilities=["CAPABILITY_IAM"],
        Parameters=[
            {**one, "ParameterValue": "router/other.zip"} if one["ParameterKey"] == names.CODE_KEY else one
            for one in old
        ],
        TemplateBody=template_with(command, Record={**RECORD, "DependsOn": [names.ROUTER]}),
    )
    wait_for(command, "UPDATE_ROLLBACK_FAILED", "UPDATE_ROLLBACK_COMPLETE")
    assert command.status() == "UPDATE_ROLLBACK_FAILED"

    planned = command.run("diff")
    assert planned.returncode == 2, planned.stderr
    assert command.status() == "UPDATE_ROLLBACK_FAILED"
    stuck = command.deploy()
    assert stuck.returncode == 1
    assert f"stack {command.name}: {names.ROUTER}" in stuck.stderr
    skipped = completed(command, "--skip-stuck")
    assert "completing the rollback" in skipped


def test_delete_failed_with_the_data_still_there(proxied: Command, proxy: FaultyProxy) -> None:
    """The emulator deletes a bucket that is not empty, so the error of AWS is injected."""
    proxied.deploy()
    proxy.faults.append(Fault(of_stack(proxied.name), answered(proxied, "DELETE_FAILED")))
    refused = proxied.deploy()
    assert refused.returncode == 1
    assert "its deletion failed (DELETE_FAILED), and it still has ConnectionIDs" in refused.stderr
    assert re.search(r"complete the deletion \(python3 build.py destroy ", refused.stderr)
    assert "DeleteStack" not in proxy.actions()
    proxy.forget()
    completed(proxied)


def test_create_failed(command: Command) -> None:
    """Created by hand with "preserve successfully provisioned resources"."""
    with command.failing():
        subprocess.run([sys.executable, "build.py", "generate"], cwd=command.project, capture_output=True, check=True)
    template = (command.project / "output/template.json").read_text()
    command.cloudformation.create_stack(
        StackName=command.name,
        Capabilities=["CAPABILITY_IAM"],
        DisableRollback=True,
        Parameters=[
            {"ParameterKey": names.CODE_BUCKET, "ParameterValue": "none"},
            {"ParameterKey": names.CODE_KEY, "ParameterValue": "none"},
        ],
        TemplateBody=template,
    )
    wait_for(command, "CREATE_FAILED", "ROLLBACK_COMPLETE")
    assert command.status() == "CREATE_FAILED"
    assert "deleting the remains of a failed attempt (CREATE_FAILED)" in completed(command)


def test_a_leftover_change_set(command: Command) -> None:
    command.deploy()
    command.cloudformation.create_change_set(
        StackName=command.name,
        ChangeSetName="deploy-long-ago",
        ChangeSetType="UPDATE",
        Capabilities=["CAPABILITY_IAM"],
        Parameters=deployed_parameters(command),
        TemplateBody=template_with(command, Topic={"Type": "AWS::SNS::Topic"}),
    )
    assert command.leftovers() == ["deploy-long-ago"]
    completed(command)


def test_a_deploy_in_progress_is_waited_for(proxied: Command, proxy: FaultyProxy) -> None:
    """The first responses report an operation in progress, later ones its end."""
    proxied.deploy()
    busy = answered(proxied, "UPDATE_IN_PROGRESS")
    proxy.faults.append(Fault(of_stack(proxied.name), busy, times=3))
    done = proxied.deploy()
    assert done.returncode == 0
    assert "an operation is already in progress (UPDATE_IN_PROGRESS)" in done.stdout
    assert "no changes" in done.stdout


def test_a_stack_that_changes_between_the_plan_and_its_execution(proxied: Command, proxy: FaultyProxy) -> None:
    proxied.deploy()
    with edited(proxied.project / "router/handler.py", "# another\n"):
        change_set_gone = Response(
            404,
            (("Content-Type", "text/xml"),),
            b"<ErrorResponse><Error><Code>ChangeSetNotFound</Code><Message>it does not exist</Message></Error>"
            b"</ErrorResponse>",
        )
        proxy.faults.append(Fault(action("ExecuteChangeSet"), change_set_gone, times=1))
        done = proxied.deploy()
        assert done.returncode == 0, done.stderr
        assert "has changed since the plan was made; planning again" in done.stdout
        assert done.stdout.count(f"plan for {proxied.name}") == 2
        assert proxied.leftovers() == []


def of_stack(name: str) -> Any:
    def wants(request: Request) -> bool:
        return request.action == "DescribeStacks" and f"StackName={name}&" in request.body.decode() + "&"

    return wants


def answered(command: Command, status: str) -> Response:
    """Return the response of DescribeStacks for a stack in that status."""
    state = command.stack().read()
    body = (
        '<DescribeStacksResponse xmlns="http://cloudformation.amazonaws.com/doc/2010-05-15/"><DescribeStacksResult>'
        f"<Stacks><member><StackName>{command.name}</StackName><StackId>{state.stack_id}</StackId>"
        f"<StackStatus>{status}</StackStatus><CreationTime>2026-01-01T00:00:00Z</CreationTime></member></Stacks>"
        "</DescribeStacksResult></DescribeStacksResponse>"
    )
    return Response(200, (("Content-Type", "text/xml"),), body.encode())
