"""Drift detection: manual changes are found and printed."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from deployment.aws.emulated import parameters
from deployment.aws.target import Target
from deployment.deploy import deploy
from deployment.stack.drift import drift, drift_lines
from errors import CloudError, StackError
from template_gen import names
from tests.deployment.conftest import MakeSettings
from tests.deployment.fakes import FakeCloudFormation, FakeTarget, Lines, Moment, refused


@pytest.mark.cloud
def test_manual_changes_are_found_by_property(
    cloud: Target, make_settings: MakeSettings, output: Path, say: Lines
) -> None:
    settings = make_settings()
    outputs = deploy(settings, cloud, output=output, parameters=parameters(cloud.endpoint_url), reporter=say).outputs
    say.clear()
    assert not drift(settings, cloud, say)
    assert say == ["drift: none"]
    say.clear()
    cloud.client("logs").put_retention_policy(logGroupName=outputs[names.ROUTER_LOG_GROUP], retentionInDays=3)
    assert drift(settings, cloud, say)
    assert say[1] == "  RouterLogs (AWS::Logs::LogGroup): changed"
    assert say[2] == "      RetentionInDays: 30 → 3 (changed)"


def test_a_missing_stack_is_an_error(make_settings: MakeSettings, say: Lines) -> None:
    target = FakeTarget("us-east-1", clients={"cloudformation": FakeCloudFormation([Moment("")])})
    with pytest.raises(StackError, match="does not exist in us-east-1"):
        drift(make_settings(), target, say)


class Detecting(FakeCloudFormation):
    """A fake whose detection takes a while, fails for some resources, and returns two pages."""

    looks = 0

    def detect_stack_drift(self, **_: Any) -> dict[str, str]:
        return {"StackDriftDetectionId": "1"}

    def describe_stack_drift_detection_status(self, **_: Any) -> dict[str, str]:
        self.looks += 1
        if self.looks < 3:
            return {"DetectionStatus": "DETECTION_IN_PROGRESS"}
        return {"DetectionStatus": "DETECTION_FAILED", "DetectionStatusReason": "Failed to detect drift on Sweep"}

    def describe_stack_resource_drifts(self, NextToken: str = "", **_: Any) -> dict[str, Any]:  # noqa: N803
        gone = {"LogicalResourceId": NextToken or "A", "ResourceType": "T", "StackResourceDriftStatus": "DELETED"}
        return {"StackResourceDrifts": [gone], **({} if NextToken else {"NextToken": "B"})}


def test_the_detection_is_waited_for_and_failures_are_reported(make_settings: MakeSettings, say: Lines) -> None:
    naps: list[float] = []
    target = FakeTarget("us-east-1", clients={"cloudformation": Detecting([Moment("CREATE_COMPLETE")])})
    assert drift(make_settings(), target, say, naps.append)
    assert len(naps) == 2
    assert say[0] == "drift: some resources could not be checked: Failed to detect drift on Sweep"
    assert say[2:4] == ["  A (T): DELETED", "  B (T): DELETED"]


def test_each_kind_of_difference_has_a_description() -> None:
    differences = [
        {"PropertyPath": "/Tags/0/Value", "ExpectedValue": "a", "ActualValue": "b", "DifferenceType": "NOT_EQUAL"},
        {"PropertyPath": "/Name", "ExpectedValue": "a", "ActualValue": "null", "DifferenceType": "REMOVE"},
    ]
    one = {
        "LogicalResourceId": "A",
        "ResourceType": "T",
        "StackResourceDriftStatus": "MODIFIED",
        "PropertyDifferences": differences,
    }
    assert drift_lines([one])[2:4] == ["      Tags.0.Value: a → b (changed)", "      Name: a → null (removed)"]


class Busy(Detecting):
    """A fake in which somebody else's detection is in progress for the first requests."""

    busy = 2

    def detect_stack_drift(self, **request: Any) -> dict[str, str]:
        if self.busy:
            self.busy -= 1
            raise refused("DetectStackDrift", "ValidationError", "Drift detection is already in progress for stack cv")
        return super().detect_stack_drift(**request)


def test_the_detection_of_somebody_else_is_waited_for(make_settings: MakeSettings, say: Lines) -> None:
    fake = Busy([Moment("CREATE_COMPLETE")])
    slept: list[float] = []
    target = FakeTarget("us-east-1", clients={"cloudformation": fake})
    assert drift(make_settings(), target, say, slept.append)
    assert slept[:2] == [10.0, 10.0]
    fake.busy = 1000
    with pytest.raises(CloudError, match="already in progress"):
        drift(make_settings(), target, say, slept.append)
