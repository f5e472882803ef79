"""Drift detection: manual changes to the resources of the stack, property by property."""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping
from typing import Any

from botocore.exceptions import ClientError

from console import Say
from deployment.aws.errors import error_message, translated
from deployment.aws.target import Target
from deployment.stack.origin_secret import shown
from deployment.stack.stack import Stack
from errors import StackError
from settings import Settings

OTHER_DETECTION_SECONDS, OTHER_DETECTION_TRIES = 10.0, 30
"""Between two attempts, and their number: a detection takes a minute or two."""
FOUND = ("MODIFIED", "DELETED")
WORDS = {"ADD": "added", "REMOVE": "removed", "NOT_EQUAL": "changed"}


def drift(settings: Settings, target: Target, say: Say, sleep: Callable[[float], None] = time.sleep) -> bool:
    """Detect and print the drift of the main stack. Return True if there is any.

    Raises StackError when the stack does not exist, and CloudError when the detection fails.
    """
    name = settings.stack.name
    state = Stack(name, target).read()
    if not state.exists:
        raise StackError(
            f"stack {name}", f"does not exist in {target.resolved_region}", "deploy it: python3 build.py deploy"
        )
    cloudformation = target.client("cloudformation")
    with translated(f"stack {name}"):
        detection = _started(cloudformation, state.stack_id, lambda: sleep(OTHER_DETECTION_SECONDS))
        found = _detected(cloudformation, detection, lambda: sleep(0.1 if target.endpoint_url else 2.0))
        if found["DetectionStatus"] == "DETECTION_FAILED":
            say(f"drift: some resources could not be checked: {found.get('DetectionStatusReason', 'no reason given')}")
        drifted = _drifted(cloudformation, state.stack_id)
    for line in drift_lines(drifted):
        say(line)
    return bool(drifted)


def drift_lines(drifted: list[Mapping[str, Any]]) -> list[str]:
    """Return a line for each drifted resource and property in a response of DescribeStackResourceDrifts."""
    if not drifted:
        return ["drift: none"]
    lines = [f"drift: {len(drifted)} resources differ from their deployed template"]
    for one in drifted:
        gone = one["StackResourceDriftStatus"] == "DELETED"
        lines.append(f"  {one['LogicalResourceId']} ({one['ResourceType']}): {'DELETED' if gone else 'changed'}")
        lines += [
            f"      {difference['PropertyPath'].strip('/').replace('/', '.')}: {_shown(difference, 'ExpectedValue')} → "
            f"{_shown(difference, 'ActualValue')} ({_word(difference['DifferenceType'])})"
            for difference in one.get("PropertyDifferences", ())
        ]
    lines.append("  to revert these: python3 build.py deploy --revert-drift; a plain deploy does not look at them")
    return lines


def _word(kind: str) -> str:
    return WORDS.get(kind, kind)


def _shown(difference: Mapping[str, Any], which: str) -> str | None:
    return shown(difference["PropertyPath"], difference.get(which))


def _started(cloudformation: Any, stack_id: str, pause: Callable[[], None]) -> str:
    """Start the detection and return its ID; one of somebody else in progress, of which a stack has one, comes first.

    Source: DetectStackDrift, AWS CloudFormation API Reference, whose error is a ValidationError with this message.
    """
    for left in reversed(range(OTHER_DETECTION_TRIES)):
        try:
            return str(cloudformation.detect_stack_drift(StackName=stack_id)["StackDriftDetectionId"])
        except ClientError as exc:
            if not left or "already in progress" not in error_message(exc):
                raise
        pause()
    raise AssertionError


def _detected(cloudformation: Any, detection: str, pause: Callable[[], None]) -> Mapping[str, Any]:
    while True:
        status: Mapping[str, Any] = cloudformation.describe_stack_drift_detection_status(
            StackDriftDetectionId=detection
        )
        if status["DetectionStatus"] != "DETECTION_IN_PROGRESS":
            return status
        pause()


def _drifted(cloudformation: Any, stack_id: str) -> list[Mapping[str, Any]]:
    found: list[Mapping[str, Any]] = []
    token: dict[str, str] = {}
    while True:
        page = cloudformation.describe_stack_resource_drifts(
            StackName=stack_id, StackResourceDriftStatusFilters=list(FOUND), **token
        )
        found += page["StackResourceDrifts"]
        if not page.get("NextToken"):
            return found
        token = {"NextToken": page["NextToken"]}
