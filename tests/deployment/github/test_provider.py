"""GitHub's identity provider: absent, of this stack, of somebody else, and whom else it serves."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest

from deployment.github.provider import Provider, find_provider, trusting_roles
from errors import CloudError
from template_gen.github_roles import AUDIENCE, HOST
from tests.deployment.fakes import FakeTarget

ARN = f"arn:aws:iam::123456789012:oidc-provider/{HOST}"
OTHER = "arn:aws:iam::123456789012:oidc-provider/gitlab.com"


class FakeIam:
    """A fake with these providers, ARN -> audiences, and roles, name -> trust policy."""

    def __init__(self, providers: dict[str, list[str]], roles: dict[str, Any] | None = None) -> None:
        self._providers, self._roles = providers, roles or {}

    def list_open_id_connect_providers(self) -> dict[str, Any]:
        return {"OpenIDConnectProviderList": [{"Arn": arn} for arn in self._providers]}

    def get_open_id_connect_provider(self, OpenIDConnectProviderArn: str) -> dict[str, Any]:  # noqa: N803
        return {"ClientIDList": self._providers[OpenIDConnectProviderArn]}

    def get_paginator(self, operation: str) -> FakeIam:
        assert operation == "list_roles"
        return self

    def paginate(self) -> Iterator[dict[str, Any]]:
        for name, policy in self._roles.items():
            yield {"Roles": [{"RoleName": name, "AssumeRolePolicyDocument": policy}]}


def target(iam: FakeIam, endpoint_url: str | None = None) -> FakeTarget:
    return FakeTarget("us-east-1", endpoint_url, clients={"iam": iam})


def test_without_one_the_stack_creates_it() -> None:
    assert find_provider(target(FakeIam({OTHER: [AUDIENCE]})), None) == Provider("", in_stack=True)


def test_on_an_emulator_it_is_created_beside_the_stack() -> None:
    assert find_provider(target(FakeIam({}), "http://127.0.0.1:1"), None) == Provider("", in_stack=False)


def test_one_of_the_stack_stays_in_it_and_another_is_used() -> None:
    iam = FakeIam({OTHER: [], ARN: ["https://github.com/octo-org", AUDIENCE]})
    assert find_provider(target(iam), ARN) == Provider(ARN, in_stack=True)
    assert find_provider(target(iam), None) == Provider(ARN, in_stack=False)


def test_one_that_does_not_accept_the_audience_is_refused() -> None:
    with pytest.raises(CloudError, match="does not accept the audience") as refused:
        find_provider(target(FakeIam({ARN: ["https://github.com/octo-org"]})), None)
    assert f"--open-id-connect-provider-arn {ARN} --client-id {AUDIENCE}" in refused.value.next_step


def test_roles_that_trust_it_are_found() -> None:
    trust = {"Statement": [{"Principal": {"Federated": ARN}}]}
    roles = {
        "theirs": trust,
        "lambda": {"Statement": [{"Principal": {"Service": "lambda.amazonaws.com"}}]},
        "ours": trust,
    }
    assert trusting_roles(ARN, target(FakeIam({ARN: []}, roles))) == ["ours", "theirs"]
