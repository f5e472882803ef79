"""Express mode and drift-aware change sets."""

from __future__ import annotations

from typing import Any

import pytest
from botocore.exceptions import ClientError

from deployment.stack.change_sets import Change, ChangeSets, Mode
from deployment.stack.stack import Stack
from deployment.stack.state import StackState
from errors import CloudError, StackError
from tests.deployment.fakes import FakeCloudFormation, FakeTarget, Moment, refused

DONE = Moment("UPDATE_COMPLETE")


class Choosy(FakeCloudFormation):
    """A fake that refuses a request with the given parameter."""

    def __init__(self, refusal: ClientError, parameter: str) -> None:
        super().__init__([DONE])
        self.refusal, self.parameter = refusal, parameter

    def create_change_set(self, **request: Any) -> dict[str, str]:
        if self.parameter in request:
            raise self.refusal
        return super().create_change_set(**request)


def create(cloudformation: FakeCloudFormation, mode: Mode) -> Any:
    return ChangeSets("cv", cloudformation, lambda: None).create(Change("{}", {}, mode=mode), "UPDATE")


def test_express_mode_is_requested() -> None:
    cloudformation = FakeCloudFormation([DONE])
    assert create(cloudformation, Mode(express=True))
    assert cloudformation.requests[0]["DeploymentConfig"] == {"Mode": "EXPRESS"}
    assert "DeploymentMode" not in cloudformation.requests[0]


def test_the_standard_mode_requests_nothing() -> None:
    cloudformation = FakeCloudFormation([DONE])
    create(cloudformation, Mode())
    assert not {"DeploymentConfig", "DeploymentMode"} & cloudformation.requests[0].keys()


def test_where_express_mode_is_not_possible_the_deploy_is_a_standard_one() -> None:
    refusal = refused("CreateChangeSet", "ValidationError", "Express mode is not available")
    cloudformation = Choosy(refusal, "DeploymentConfig")
    assert create(cloudformation, Mode(express=True))
    assert "DeploymentConfig" not in cloudformation.requests[0]


def test_any_other_refusal_is_an_error() -> None:
    cloudformation = Choosy(refused("CreateChangeSet", "ValidationError", "Template format error"), "DeploymentConfig")
    with pytest.raises(CloudError, match="Template format error"):
        create(cloudformation, Mode(express=True))


def test_a_drift_aware_change_set_is_created_even_if_the_template_is_unchanged() -> None:
    described = {"Status": "CREATE_COMPLETE", "DeploymentMode": "REVERT_DRIFT"}
    cloudformation = FakeCloudFormation([DONE], [described], template="{}")
    stack = Stack("cv", FakeTarget("us-east-1", clients={"cloudformation": cloudformation}))
    state = StackState("UPDATE_COMPLETE")
    assert stack.unchanged(Change("{}", {}), state)
    assert not stack.unchanged(Change("{}", {}, mode=Mode(revert_drift=True)), state)
    assert create(cloudformation, Mode(revert_drift=True))
    assert cloudformation.requests[0]["DeploymentMode"] == "REVERT_DRIFT"


def test_an_endpoint_without_drift_aware_change_sets_is_reported_and_nothing_is_left() -> None:
    cloudformation = FakeCloudFormation([DONE])
    with pytest.raises(StackError, match="does not know drift-aware change sets"):
        create(cloudformation, Mode(revert_drift=True))
    assert cloudformation.calls[-1] == "delete_change_set"
