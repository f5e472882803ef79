"""Reading the outputs of a stack that has none."""

from __future__ import annotations

import pytest

from deployment.stack.outputs import read_outputs
from errors import StackError
from tests.deployment.conftest import MakeSettings
from tests.deployment.fakes import FakeCloudFormation, FakeTarget, Moment


@pytest.mark.parametrize(
    ("status", "problem"),
    [
        ("", r"does not exist in us-east-1(.|\n)*deploy it"),
        ("CREATE_FAILED", r"it is CREATE_FAILED and has no outputs(.|\n)*deploy again"),
    ],
)
def test_a_stack_without_outputs_is_an_error_with_a_next_step(
    status: str, problem: str, make_settings: MakeSettings
) -> None:
    target = FakeTarget("us-east-1", clients={"cloudformation": FakeCloudFormation([Moment(status)])})
    with pytest.raises(StackError, match=problem):
        read_outputs(make_settings(), target)
