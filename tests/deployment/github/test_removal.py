"""`init ci --remove` when the stack has created the identity provider, which no emulator's CloudFormation does."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from deployment.github.removal import plan_removal, removal_lines
from errors import StackError
from template_gen.github_roles import DESCRIPTION
from tests.deployment.conftest import MakeSettings
from tests.deployment.fakes import FakeCloudFormation, FakeTarget, Moment
from tests.deployment.github.test_provider import ARN, FakeIam

TRUST = {"Statement": [{"Principal": {"Federated": ARN}}]}


class WithResources(FakeCloudFormation):
    """A fake of an existing stack with the provider and a role, the only one of the account."""

    def get_paginator(self, operation: str) -> Any:
        return _NoStacks() if operation == "describe_stacks" else self

    def paginate(self, **_: Any) -> Any:
        resources = {"GitHub": ARN, "MainRole": "ours"}
        yield {
            "StackResourceSummaries": [
                {
                    "LogicalResourceId": name,
                    "ResourceType": "T",
                    "PhysicalResourceId": value,
                    "ResourceStatus": "CREATE_COMPLETE",
                }
                for name, value in resources.items()
            ]
        }


class _NoStacks:
    def paginate(self) -> list[dict[str, Any]]:
        return [{"Stacks": []}]


def target(status: str = "CREATE_COMPLETE", **roles: Any) -> FakeTarget:
    cloudformation = WithResources([Moment(status)], template={"Description": DESCRIPTION})
    return FakeTarget("us-east-1", clients={"cloudformation": cloudformation, "iam": FakeIam({ARN: []}, roles)})


def test_the_provider_is_deleted_with_the_stack(make_settings: MakeSettings, tmp_path: Path) -> None:
    settings = make_settings()
    plan = plan_removal(settings, target(ours=TRUST), tmp_path)
    assert removal_lines(plan, tmp_path) == [
        f"DELETE  stack {settings.stack.name}-github: the roles of the workflows and their policies",
        f"DELETE  identity provider {ARN}",
    ]


def test_not_while_another_role_trusts_it(make_settings: MakeSettings, tmp_path: Path) -> None:
    with pytest.raises(StackError, match="other roles trust the identity provider that it has created: theirs"):
        plan_removal(make_settings(), target(ours=TRUST, theirs=TRUST), tmp_path)


def test_a_stack_without_a_template_yet_can_be_removed(make_settings: MakeSettings, tmp_path: Path) -> None:
    """One whose first change set was never executed."""
    made = target("REVIEW_IN_PROGRESS")
    made.client("cloudformation").get_template = None
    assert plan_removal(make_settings(), made, tmp_path).stack
