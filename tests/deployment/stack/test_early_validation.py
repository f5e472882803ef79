"""The reasons for which CloudFormation rejects a change set."""

from __future__ import annotations

from typing import Any

import pytest
from botocore.exceptions import EndpointConnectionError

from deployment.stack.change_sets import Change, ChangeSets
from errors import StackError
from tests.deployment.fakes import FakeCloudFormation, Moment, refused

HOOK = (
    "The following hook(s)/validation failed: [AWS::EarlyValidation::ResourceExistenceCheck]. To troubleshoot Early "
    "Validation errors, use the DescribeEvents API for detailed failure information."
)
"""Source: github.com/aws/aws-cdk-cli, issue 1000, 2025-12-17; the reason below too."""


def conflict(resource: str, reason: str, mode: str = "FAIL") -> dict[str, Any]:
    return {
        "EventType": "VALIDATION_ERROR",
        "LogicalResourceId": resource,
        "ValidationName": "NAME_CONFLICT_VALIDATION",
        "ValidationStatus": "FAILED",
        "ValidationStatusReason": reason,
        "ValidationPath": f"/Resources/{resource}",
        "ValidationFailureMode": mode,
    }


LOG_GROUP = "Resource of type 'AWS::Logs::LogGroup' with identifier '/aws/lambda/cv' already exists."
BUCKET = "Bucket has objects."


def rejected(cloudformation: FakeCloudFormation) -> StackError:
    change_sets = ChangeSets("cv", cloudformation, lambda: None)
    with pytest.raises(StackError) as caught:
        change_sets.create(Change("{}", {}), "UPDATE")
    return caught.value


@pytest.fixture
def cloudformation() -> FakeCloudFormation:
    return FakeCloudFormation([Moment("UPDATE_COMPLETE")], [{"Status": "FAILED", "StatusReason": HOOK}])


def test_a_name_conflict_names_the_resource_and_is_explained(cloudformation: FakeCloudFormation) -> None:
    cloudformation.validations = [conflict("RouterLogs", LOG_GROUP), conflict("SiteBucket", BUCKET, "WARN")]
    error = rejected(cloudformation)
    assert error.where == "stack cv"
    assert f"RouterLogs, /Resources/RouterLogs: {LOG_GROUP}" in error.what
    assert BUCKET not in error.what
    assert "left over from an earlier stack" in error.what
    assert "delete-log-group" in error.next_step


def test_the_events_are_read_before_the_change_set_is_deleted(cloudformation: FakeCloudFormation) -> None:
    cloudformation.validations = [conflict("RouterLogs", LOG_GROUP)]
    rejected(cloudformation)
    assert cloudformation.calls == ["create_change_set UPDATE", "describe_events", "delete_change_set"]


def test_every_failure_is_listed(cloudformation: FakeCloudFormation) -> None:
    cloudformation.validations = [conflict("One", "odd"), {"EventType": "VALIDATION_ERROR", "HookStatusReason": "even"}]
    error = rejected(cloudformation)
    assert error.what.splitlines()[1:] == ["  One, /Resources/One: odd", "  even"]


def test_without_the_permission_the_error_names_it(cloudformation: FakeCloudFormation) -> None:
    cloudformation.validation_error = refused("DescribeEvents", "AccessDenied", "not authorized")
    error = rejected(cloudformation)
    assert HOOK in error.what
    assert "allow your user or role cloudformation:DescribeEvents" in error.next_step


@pytest.mark.parametrize(
    "failure",
    [None, refused("DescribeEvents", "InvalidAction", "unknown"), EndpointConnectionError(endpoint_url="http://x")],
)
def test_an_endpoint_without_the_operation_leaves_the_status_reason(
    cloudformation: FakeCloudFormation, failure: Exception | None
) -> None:
    cloudformation.validation_error = failure
    error = rejected(cloudformation)
    assert HOOK in error.what
    assert error.next_step == "fix the problem, then deploy again"
    assert cloudformation.calls[-1] == "delete_change_set"
