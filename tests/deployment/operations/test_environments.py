"""Names of environments, and their settings."""

from __future__ import annotations

from typing import Any

import pytest

from deployment.operations.environments import environment_lines, environments, in_environment, with_boundary
from deployment.stack.ownership import MARKS, is_main, is_ours
from errors import UsageError
from template_gen.artifacts import generate_artifacts
from template_gen.stack import generate
from template_gen.variants import variants
from tests.deployment.conftest import MakeSettings
from tests.deployment.fakes import EPOCH, FakeTarget


def test_the_main_environment_has_the_settings_unchanged(make_settings: MakeSettings) -> None:
    settings = make_settings()
    assert in_environment(settings, "") is settings


def test_an_environment_has_no_domain_and_retains_no_data(make_settings: MakeSettings) -> None:
    settings = make_settings(domain={"name": "example.com", "hosted_zone": "Z0123456789ABCDEFGHIJ"})
    preview = in_environment(settings, "next")
    assert preview.stack.name == f"{settings.stack.name}-next"
    assert preview.domain.aliases == ()
    assert not preview.stack.keep_data_on_destroy
    assert preview.site == settings.site


def test_only_the_main_environment_has_a_plan_of_cloudfront(make_settings: MakeSettings) -> None:
    settings = make_settings(cdn={"plan": "free"})
    assert in_environment(settings, "").cdn.plan == "free"
    assert in_environment(settings, "next").cdn.plan == "pay-as-you-go"


def test_a_preview_of_a_pull_request_sends_no_mail(make_settings: MakeSettings) -> None:
    settings = make_settings(alerts={"email": "me@example.com"})
    assert in_environment(settings, "pr-7").alerts.email == ""
    assert in_environment(settings, "next").alerts.email == "me@example.com"


@pytest.mark.parametrize("name", ["Next", "1st", "a_b", "a b", "artifacts", "certificate", "x" * 21, "-a"])
def test_invalid_names(make_settings: MakeSettings, name: str) -> None:
    with pytest.raises(UsageError, match="not a valid name of an environment"):
        in_environment(make_settings(), name)


def test_a_name_that_is_too_long_with_the_stack_name(make_settings: MakeSettings) -> None:
    settings = in_environment(make_settings(), "x" * 20)
    with pytest.raises(UsageError, match="at most 40 together"):
        in_environment(settings, "y" * 20)


class FakeStacks:
    """A fake that lists `stacks`, name -> status; those in `ours` have a template of this project."""

    def __init__(self, stacks: dict[str, str], ours: set[str]) -> None:
        self._stacks, self._ours = stacks, ours

    def get_paginator(self, _: str) -> FakeStacks:
        return self

    def paginate(self) -> list[dict[str, Any]]:
        outputs = [{"OutputKey": "SiteUrl", "OutputValue": "https://x"}]
        made = [
            {"StackName": name, "StackStatus": status, "CreationTime": EPOCH, "Outputs": outputs}
            for name, status in self._stacks.items()
        ]
        return [{"Stacks": [one]} for one in made]

    def get_template(self, StackName: str) -> dict[str, Any]:  # noqa: N803 - as boto3 has it
        return {"TemplateBody": {"Description": MARKS[0] if StackName in self._ours else "another's"}}


def test_environments_of_this_project_are_listed_in_any_state(make_settings: MakeSettings) -> None:
    settings = make_settings()
    name = settings.stack.name
    stacks = FakeStacks(
        {
            f"{name}-next": "ROLLBACK_COMPLETE",
            name: "CREATE_COMPLETE",
            f"{name}-artifacts": "CREATE_COMPLETE",
            f"{name}-next-artifacts": "CREATE_COMPLETE",
            f"{name}-foreign": "CREATE_COMPLETE",
            f"{name}-review": "REVIEW_IN_PROGRESS",
            "other": "CREATE_COMPLETE",
        },
        {name, f"{name}-next", "other"},
    )
    found = environments(settings, FakeTarget(clients={"cloudformation": stacks}))
    assert [one.name for one in found] == ["", "next", "review"]
    assert environment_lines(found)[0].split() == [
        "(main)",
        name,
        "CREATE_COMPLETE",
        "2030-01-01",
        "00:00",
        "https://x",
    ]


def test_every_template_is_recognized_as_of_this_project(make_settings: MakeSettings) -> None:
    for template in [*variants(make_settings()).values(), generate_artifacts(make_settings())]:
        assert is_ours(template.to_dict())
    assert is_main(variants(make_settings())["your settings"].to_dict())
    assert not is_ours({})
    assert not is_ours({"Description": "Somebody else's"})


def test_another_boundary_of_the_functions_role(make_settings: MakeSettings) -> None:
    arn = "arn:aws:iam::123456789012:policy/previews/boundary"
    settings = with_boundary(make_settings(), arn)
    assert settings.stack.permissions_boundary == arn
    assert generate(settings).to_dict()["Resources"]["RouterRole"]["Properties"]["PermissionsBoundary"] == arn


@pytest.mark.parametrize(
    "arn", ["", "boundary", "arn:aws:iam::123456789012:role/x", "arn:aws:iam::1:policy/x", "arn:aws:iam::*:policy/*"]
)
def test_invalid_boundaries(make_settings: MakeSettings, arn: str) -> None:
    with pytest.raises(UsageError, match="--permissions-boundary"):
        with_boundary(make_settings(), arn)
