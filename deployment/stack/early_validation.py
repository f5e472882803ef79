"""The failures that CloudFormation finds before it executes a change set, such as a resource name that is taken.

DescribeChangeSet names only the validation that failed; the resource and the reason are in DescribeEvents. The change
set has to exist still. Source: "Validate stack deployments", AWS CloudFormation User Guide, 2026.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from botocore.exceptions import BotoCoreError, ClientError

from deployment.aws.errors import DENIED, error_code
from deployment.stack.causes import explain
from errors import StackError

FIX_AND_DEPLOY = "fix the problem, then deploy again"


@dataclass(frozen=True)
class Failure:
    """A failed validation. resource: the logical ID, "" if it concerns no single resource. path: in the template."""

    resource: str
    reason: str
    path: str = ""

    def __str__(self) -> str:
        where = ", ".join(part for part in (self.resource, self.path) if part)
        return f"{where}: {self.reason}" if where else self.reason


def change_set_error(cloudformation: Any, where: str, arn: str, reason: str) -> StackError:
    """Return the error for a change set that could not be created. reason: the StatusReason of DescribeChangeSet."""
    try:
        failures = read_failures(cloudformation, arn)
    except ClientError as exc:
        hint = (
            "; to see why, allow your user or role cloudformation:DescribeEvents" if error_code(exc) in DENIED else ""
        )
        return StackError(where, f"creating its change set failed: {reason}", FIX_AND_DEPLOY + hint)
    except BotoCoreError:  # an endpoint without this operation may answer anything
        failures = []
    if not failures:
        return StackError(where, f"creating its change set failed: {reason}", FIX_AND_DEPLOY)
    first = failures[0]
    what = "\n  ".join(["CloudFormation rejected the change set; nothing was changed:", *map(str, failures)])
    if explanation := explain(first.reason, first.resource):
        return StackError(where, f"{what}\n  likely: {explanation.likely}", explanation.next_step)
    return StackError(where, what, FIX_AND_DEPLOY)


def read_failures(cloudformation: Any, arn: str) -> list[Failure]:
    """Return the failed validations of a change set. Raises ClientError."""
    pages = cloudformation.get_paginator("describe_events").paginate(ChangeSetName=arn, Filters={"FailedEvents": True})
    events = [event for page in pages for event in page.get("OperationEvents", ())]
    found = [
        Failure(
            event.get("LogicalResourceId", ""),
            event.get("ValidationStatusReason")
            or event.get("HookStatusReason")
            or event.get("ResourceStatusReason", ""),
            event.get("ValidationPath", ""),
        )
        for event in events
        if "WARN" not in (event.get("ValidationFailureMode"), event.get("HookFailureMode"))
    ]
    return [failure for failure in found if failure.reason]
