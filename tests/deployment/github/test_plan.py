"""The plan of `init ci` on AWS, where the stack creates the identity provider: emulators do not know that type."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from deployment.github.ci import CiPlan, Source, plan_ci, plan_lines
from deployment.github.provider import Provider
from deployment.github.repository import parse
from template_gen.github_roles import AUDIENCE, DESCRIPTION, HOST
from tests.deployment.conftest import MakeSettings
from tests.deployment.fakes import FakeCloudFormation, FakeTarget, Moment
from tests.deployment.github.test_provider import ARN, FakeIam


class FakeSts:
    def get_caller_identity(self) -> dict[str, str]:
        return {"Arn": "arn:aws:iam::123456789012:user/me"}


class Deployed(FakeCloudFormation):
    """A fake of the stack as deployed with `template`, which has created the provider."""

    def get_paginator(self, operation: str) -> Any:
        assert operation == "list_stack_resources"
        return self

    def paginate(self, **_: Any) -> Any:
        provider = {
            "LogicalResourceId": "GitHub",
            "ResourceType": "T",
            "PhysicalResourceId": ARN,
            "ResourceStatus": "CREATE_COMPLETE",
        }
        yield {"StackResourceSummaries": [provider]}


@pytest.fixture
def plan_with(make_settings: MakeSettings, tmp_path: Path, linted: Path) -> Any:
    repository = parse("octo-org@12/cv@34")
    assert repository
    settings, source = make_settings(), Source(repository, "main", tmp_path)

    def plan(cloudformation: FakeCloudFormation, providers: dict[str, list[str]]) -> CiPlan:
        clients = {"cloudformation": cloudformation, "iam": FakeIam(providers), "sts": FakeSts()}
        return plan_ci(settings, FakeTarget("eu-central-1", clients=clients), source, linted.parent)

    return plan


def has_provider(plan: CiPlan) -> bool:
    return "GitHub" in json.loads(plan.template)["Resources"]


def test_the_stack_creates_the_provider_and_keeps_it(plan_with: Any, tmp_path: Path) -> None:
    first = plan_with(FakeCloudFormation([Moment("")]), {})
    assert has_provider(first)
    lines = plan_lines(first, tmp_path, lambda text, _: text)
    assert "    + GitHub (AWS::IAM::OIDCProvider)" in lines
    assert f"  identity provider {HOST}: created by this stack" in lines

    deployed = json.loads(first.template)
    again = plan_with(Deployed([Moment("CREATE_COMPLETE")], template=deployed), {ARN: [AUDIENCE]})
    assert has_provider(again)
    assert again.provider == Provider(ARN, in_stack=True)
    assert again.stack.empty
    assert not again.empty  # the files are not written yet


def test_one_that_the_account_has_is_used(plan_with: Any, tmp_path: Path) -> None:
    plan = plan_with(FakeCloudFormation([Moment("")]), {ARN: [AUDIENCE]})
    assert not has_provider(plan)
    assert DESCRIPTION in plan.template
    (line,) = [line for line in plan_lines(plan, tmp_path, lambda text, _: text) if "identity provider" in line]
    assert line.endswith("the account has it already; it is used and not changed")
