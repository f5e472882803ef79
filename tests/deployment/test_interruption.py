"""The message after Ctrl-C during a deploy."""

from __future__ import annotations

from typing import Any

import pytest

from deployment.interruption import interruption_message
from tests.deployment.conftest import MakeSettings
from tests.deployment.fakes import FakeCloudFormation, FakeTarget, Moment, refused


class Unreachable:
    """A CloudFormation that raises `error`."""

    def __init__(self, error: BaseException) -> None:
        self.error = error

    def describe_stacks(self, **_: Any) -> None:
        raise self.error


def message(cloudformation: Any, make_settings: MakeSettings) -> str:
    settings = make_settings()
    return interruption_message(settings, FakeTarget(clients={"cloudformation": cloudformation})).replace(
        settings.stack.name, "cv"
    )


def test_operations_in_progress_are_named(make_settings: MakeSettings) -> None:
    said = message(FakeCloudFormation([Moment("CREATE_COMPLETE"), Moment("UPDATE_IN_PROGRESS")]), make_settings)
    assert said.startswith("stopped: an operation is still in progress in your account: cv (UPDATE_IN_PROGRESS);")


def test_without_an_operation_the_next_deploy_continues(make_settings: MakeSettings) -> None:
    said = message(FakeCloudFormation([Moment("UPDATE_COMPLETE")]), make_settings)
    assert said.endswith("no operation is in progress in your account (cv: UPDATE_COMPLETE); the next deploy continues")


def test_without_a_stack_the_next_deploy_creates_it(make_settings: MakeSettings) -> None:
    assert message(FakeCloudFormation([Moment("")]), make_settings).endswith("the next deploy creates cv")


@pytest.mark.parametrize("error", [refused("DescribeStacks", "ExpiredToken", "expired"), KeyboardInterrupt()])
def test_a_state_that_cannot_be_read_has_a_next_step(error: BaseException, make_settings: MakeSettings) -> None:
    said = message(Unreachable(error), make_settings)
    assert said == "stopped: the state of cv could not be read; to see it: python3 build.py status"
