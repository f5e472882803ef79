"""A forced deletion of a stack in DELETE_FAILED. The emulator deletes everything, so CloudFormation is a fake here."""

from __future__ import annotations

import pytest

from deployment.destroy import DestroyPlan, describe, left_by_force
from deployment.stack.stack import Stack
from errors import UsageError
from tests.deployment.fakes import STACK_ID, FakeCloudFormation, FakeTarget, Moment, event

FAILED = Moment("DELETE_FAILED")
GONE = Moment("DELETE_COMPLETE", [event(1, "cv", "DELETE_COMPLETE", own=True)])
REASON = "The bucket you tried to delete is not empty"


def stack_of(cloudformation: FakeCloudFormation) -> Stack:
    return Stack("cv", FakeTarget("us-east-1", clients={"cloudformation": cloudformation}), sleep=lambda _: None)


def failed() -> FakeCloudFormation:
    cloudformation = FakeCloudFormation([FAILED, GONE])
    cloudformation.resources = [
        {
            "LogicalResourceId": "SiteBucket",
            "PhysicalResourceId": "cv-sitebucket-1",
            "ResourceStatus": "DELETE_FAILED",
            "ResourceStatusReason": REASON,
        },
        {"LogicalResourceId": "Router", "PhysicalResourceId": "cv-router", "ResourceStatus": "DELETE_COMPLETE"},
    ]
    return cloudformation


def test_what_is_left_is_listed_with_the_reason() -> None:
    stack = stack_of(failed())
    left = left_by_force(stack, stack.read())
    assert left == (f"SiteBucket cv-sitebucket-1: {REASON}",)
    plan = DestroyPlan("cv", "us-east-1", True, False, False, (), (), "", (), left=left)
    assert describe(plan)[-1] == f"LEAVE   SiteBucket cv-sitebucket-1: {REASON}"


@pytest.mark.parametrize("force", [False, True])
def test_the_deletion_mode_is_requested(force: bool) -> None:
    cloudformation = failed()
    stack_of(cloudformation).delete(force=force)
    mode = {"DeletionMode": "FORCE_DELETE_STACK"} if force else {}
    assert cloudformation.requests == [{"StackName": STACK_ID, **mode}]


def test_only_a_failed_deletion_can_be_forced() -> None:
    stack = stack_of(FakeCloudFormation([Moment("UPDATE_COMPLETE")]))
    with pytest.raises(UsageError, match="is not in DELETE_FAILED, but UPDATE_COMPLETE"):
        left_by_force(stack, stack.read())
