"""`doctor`: each finding, passed and failed, with its fix; and without credentials."""

from __future__ import annotations

import json
from importlib import metadata
from pathlib import Path
from typing import Any

import pytest

from deployment.aws.target import Target
from deployment.operations.doctor import (
    check_account,
    check_machine,
    check_site,
    examine_all,
    write_role,
)
from deployment.role.deploy_actions import handled
from deployment.role.deploy_policy import Place, grants
from deployment.role.permissions import permissions, principal
from errors import CloudError, SettingsError
from template_gen.stack import generate
from tests.deployment.conftest import MakeSettings
from tests.deployment.fakes import FakeTarget, Lines, refused

USER = "arn:aws:iam::123456789012:user/me"


class Account:
    """A fake of all services of a healthy account. denied: the actions that the policy simulation denies."""

    def __init__(self, *denied: str, simulates: bool = True, executions: int = 1000, rate: float = 10_000.0) -> None:
        self.simulated: list[dict[str, Any]] = []
        self.denied, self.simulates, self.executions, self.rate = denied, simulates, executions, rate

    def get_caller_identity(self) -> Any:
        return {"Account": "123456789012", "Arn": USER}

    def get_paginator(self, _operation: str) -> Account:
        return self

    def paginate(self, ActionNames: list[str], **more: Any) -> Any:  # noqa: N803 - as boto3 has it
        self.simulated.append({"ActionNames": ActionNames, **more})
        if not self.simulates:
            raise refused("SimulatePrincipalPolicy", "AccessDenied", "no")
        verdicts = {name: "implicitDeny" if name in self.denied else "allowed" for name in ActionNames}
        yield {"EvaluationResults": [{"EvalActionName": n, "EvalDecision": v} for n, v in verdicts.items()]}

    def get_account_plan_state(self) -> Any:
        raise refused("GetAccountPlanState", "ResourceNotFoundException", "an account of before")

    def get_account_settings(self) -> Any:
        return {"AccountLimit": {"ConcurrentExecutions": self.executions}}

    def get_account(self) -> Any:
        return {"throttleSettings": {"rateLimit": self.rate, "burstLimit": 5000}}

    def get_role(self, RoleName: str) -> Any:  # noqa: N803
        return {"Role": {"Arn": f"arn:aws:iam::123456789012:role/teams/{RoleName}"}}

    def list_functions(self, **_: Any) -> Any:
        raise refused("ListFunctions", "AccessDeniedException", "no")

    def __getattr__(self, name: str) -> Any:
        if not name.startswith(("list_", "describe_", "get_apis")):
            raise AttributeError(name)
        return lambda **_: {}


def target_of(account: Account) -> FakeTarget:
    services = [
        "sts",
        "iam",
        "lambda",
        "apigateway",
        "apigatewayv2",
        "cloudformation",
        "s3",
        "cloudfront",
        "dynamodb",
        "logs",
        "sqs",
        "events",
        "acm",
        "route53",
        "freetier",
    ]
    return FakeTarget("eu-central-1", clients=dict.fromkeys(services, account))


def test_a_healthy_account(make_settings: MakeSettings) -> None:
    findings = list(check_account(make_settings(), target_of(Account())))
    assert all(finding.well for finding in findings)
    assert [finding.part for finding in findings][:3] == ["credentials", "region", "permissions"]


def test_actions_that_are_not_allowed_are_named(make_settings: MakeSettings) -> None:
    finding = permissions(make_settings(), USER, target_of(Account("iam:PassRole", "s3:PutObject")))
    assert finding.well is False
    assert finding.state == "not allowed: iam:PassRole, s3:PutObject"
    assert USER in finding.fix


def test_without_policy_simulation_read_access_is_checked(make_settings: MakeSettings) -> None:
    finding = permissions(make_settings(), USER, target_of(Account(simulates=False)))
    assert finding.state == "not allowed: lambda:ListFunctions"


def test_the_root_user_is_advised_against(make_settings: MakeSettings) -> None:
    finding = permissions(make_settings(), "arn:aws:iam::123456789012:root", target_of(Account()))
    assert (finding.well, finding.fix) == (None, "use an IAM user or role")


class Failing(Account):
    """An account in which the simulation (or after it is refused, the first probe) fails for another reason."""

    def paginate(self, ActionNames: list[str], **more: Any) -> Any:  # noqa: N803 - as boto3 has it
        if not self.simulates:
            yield from super().paginate(ActionNames, **more)
        raise refused("SimulatePrincipalPolicy", "Throttling", "Rate exceeded")

    def list_functions(self, **_: Any) -> Any:
        raise refused("ListFunctions", "ServiceUnavailable", "try later")


@pytest.mark.parametrize(("simulates", "reason"), [(True, "Rate exceeded"), (False, "try later")])
def test_a_request_that_fails_is_not_a_denied_action(simulates: bool, reason: str, make_settings: MakeSettings) -> None:
    with pytest.raises(CloudError, match=reason):
        permissions(make_settings(), USER, target_of(Failing(simulates=simulates)))


def test_the_simulation_uses_the_resources_of_the_stack(make_settings: MakeSettings) -> None:
    account = Account()
    settings = make_settings()
    assert permissions(settings, USER, target_of(account)).well
    passing = next(asked for asked in account.simulated if asked["ActionNames"] == ["iam:PassRole"])
    assert passing["ResourceArns"][0].startswith(f"arn:aws:iam::123456789012:role/{settings.stack.name}-RouterRole-")
    assert passing["ContextEntries"][0]["ContextKeyValues"] == ["lambda.amazonaws.com"]


def test_the_simulation_covers_the_actions_of_cloudformation(
    make_settings: MakeSettings,
) -> None:
    """According to the schemas in cfn-lint; an earlier hand-written list lacked these three."""
    account, settings = Account(), make_settings()
    assert permissions(settings, USER, target_of(account)).well
    asked = {action for one in account.simulated for action in one["ActionNames"]}
    forgotten = {"lambda:CreateAlias", "cloudfront:CreateFunction", "cloudfront:CreateResponseHeadersPolicy"}
    assert forgotten <= asked
    types = {resource.resource_type for resource in generate(settings).resources.values()}
    assert {action for actions in handled(types).values() for action in actions} <= asked


def test_the_policies_are_written(make_settings: MakeSettings, tmp_path: Path, say: Lines) -> None:
    stale = tmp_path / "deploy-role" / "policy-9.json"
    stale.parent.mkdir()
    stale.touch()
    write_role(make_settings(), target_of(Account()), tmp_path, say)
    written = sorted(stale.parent.glob("*.json"))
    assert stale not in written
    assert len(written) >= 2
    assert all(json.loads(path.read_text())["Statement"] for path in written)
    assert "aws iam create-policy" in say[-1]


def test_the_principal_of_a_session_is_its_role(make_settings: MakeSettings) -> None:
    session = "arn:aws:sts::123456789012:assumed-role/Deployer/me@example.com"
    assert principal(session, target_of(Account())) == "arn:aws:iam::123456789012:role/teams/Deployer"
    assert principal(USER, target_of(Account())) == USER


def test_the_actions_depend_on_the_settings(make_settings: MakeSettings) -> None:
    def needed(**changes: Any) -> set[str]:
        found = grants(make_settings(**changes), Place("123456789012", "eu-central-1"))
        return {action for grant in found for action in grant.actions}

    plain = needed()
    more = needed(alerts={"email": "a@b.cc"}, domain={"name": "a.bc", "hosted_zone": "Z0123456789ABCDEFGHIJ"})
    assert not {"sns:CreateTopic", "acm:RequestCertificate", "route53:GetHostedZone"} & plain
    assert {"sns:CreateTopic", "acm:RequestCertificate", "route53:GetHostedZone"} <= more


@pytest.mark.parametrize(
    ("account", "part", "well", "words"),
    [
        (Account(executions=10), "Lambda quota", None, "10 concurrent executions"),
        (Account(rate=0.0), "API Gateway quota", None, "unknown"),
        (Account(rate=100.0), "API Gateway quota", False, "messages_per_second are 150 together"),
    ],
)
def test_quotas(make_settings: MakeSettings, account: Account, part: str, well: bool | None, words: str) -> None:
    finding = next(one for one in check_account(make_settings(), target_of(account)) if one.part == part)
    assert finding.well is well
    assert words in finding.state
    assert finding.fix or finding.state == "unknown"


def test_a_region_without_websocket_apis(make_settings: MakeSettings) -> None:
    target = FakeTarget("mars-north-1", clients=target_of(Account()).clients)
    finding = next(one for one in check_account(make_settings(), target) if one.part == "region")
    assert finding.well is False


def test_without_credentials_the_machine_is_still_checked(make_settings: MakeSettings, say: Lines) -> None:
    pins = Path(__file__).resolve().parents[3] / "requirements/run.txt"
    assert not examine_all(pins, lambda: (make_settings(), Target("us-east-1")), say)
    printed = "\n".join(say)
    assert "ok  Python" in printed
    assert "!!  credentials        Unable to locate credentials" in printed
    assert "next: sign in" in printed


def test_invalid_settings_are_a_finding(say: Lines) -> None:
    def wrong() -> Any:
        raise SettingsError("settings.toml", "has something", "mend it")

    pins = Path(__file__).resolve().parents[3] / "requirements/run.txt"
    assert not examine_all(pins, wrong, say)
    assert "!!  settings           settings.toml: has something" in say


def test_packages_and_chromium(tmp_path: Path) -> None:
    pins = tmp_path / "run.txt"
    pins.write_text(f"boto3=={metadata.version('boto3')} \\\n    --hash=x\naiohttp==0.0.1 \\\n    --hash=x\n")
    findings = {finding.part: finding for finding in check_machine(pins, lambda _: None)}
    assert findings["packages"].well is False
    assert "instead of 0.0.1" in findings["packages"].state
    assert "boto3" not in findings["packages"].state
    assert findings["Chromium"].well is None


def test_a_site_that_cannot_be_built_is_a_finding(make_settings: MakeSettings, site: Path) -> None:
    (site / "index.html").unlink()
    finding = next(one for one in check_site(make_settings()) if one.part == "site")
    assert finding.well is False
