"""Parts of the planning that need no account."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

import pytest

from deployment.destroy import _needs_deletion_policy
from deployment.plan.planner import _require_no_data, allowed_styles
from deployment.stack.kept_data import Data
from deployment.stack.stack import Stack
from deployment.stack.state import StackState
from errors import StackError
from template_gen import names
from tests.deployment.fakes import FakeCloudFormation, FakeTarget, Moment


@pytest.mark.parametrize(
    ("styles", "before", "allowed"),
    [
        (("a",), "", "a"),
        (("a",), "a", "a"),
        (("a",), "a b", "a b"),
        (("a",), "b c", "a b"),
        (("a", "b"), "b c d", "a b c"),
    ],
)
def test_the_styles_of_two_deploys_are_allowed(styles: tuple[str, ...], before: str, allowed: str) -> None:
    assert allowed_styles(styles, {names.INLINE_STYLES: before}) == allowed


class Remains(FakeCloudFormation):
    """A stack with one resource left."""

    def __init__(self, kind: str, policy: str = "Delete") -> None:
        resource = {"Type": kind, "DeletionPolicy": policy}
        super().__init__([Moment("DELETE_FAILED")], template=json.dumps({"Resources": {"Left": resource}}))

    def get_paginator(self, operation: str) -> Any:
        if operation != "list_stack_resources":
            return super().get_paginator(operation)
        return self

    def paginate(self, **_: Any) -> list[Mapping[str, Any]]:
        left = {
            "LogicalResourceId": "Left",
            "ResourceType": "T",
            "PhysicalResourceId": "left-1",
            "ResourceStatus": "DELETE_FAILED",
        }
        return [{"StackResourceSummaries": [left]}]


def stack(remains: Remains) -> Stack:
    return Stack("cv", FakeTarget(clients={"cloudformation": remains}))


def test_a_stack_whose_deletion_failed_with_data_is_not_created_again() -> None:
    state = StackState("DELETE_FAILED")
    with pytest.raises(StackError, match=r"it still has Left(.|\n)*build.py destroy"):
        _require_no_data(stack(Remains("AWS::DynamoDB::Table")), state)
    _require_no_data(stack(Remains("AWS::Lambda::Function")), state)


def test_data_of_a_dead_stack_is_not_deleted_against_the_settings() -> None:
    """Its deletion policy cannot be changed any more."""
    data = (Data("Left", "left-1"),)
    with pytest.raises(StackError, match=r"would delete your data(.|\n)*--delete-data"):
        _needs_deletion_policy(stack(Remains("AWS::DynamoDB::Table")), StackState("DELETE_FAILED"), data, keep=True)
    retained = stack(Remains("AWS::DynamoDB::Table", "RetainExceptOnCreate"))
    assert not _needs_deletion_policy(retained, StackState("DELETE_FAILED"), data, keep=True)
