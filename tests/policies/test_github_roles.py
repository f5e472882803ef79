"""The roles of the GitHub workflows: whose tokens they trust, and what the role of previews may do."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from ministack.core.iam_evaluator import EvalContext, evaluate_trust_policy

from deployment.github.repository import Repository, parse
from deployment.github.roles import main_access, preview_access, previews
from deployment.package.artifacts import TEMPLATE_BODY_LIMIT
from deployment.package.lint import require_clean
from deployment.role.deploy_policy import DOCUMENT_LIMIT, Place, size
from errors import SettingsError
from settings import Settings
from template_gen.github_roles import AUDIENCE, HOST, MAIN, PREVIEW, generate_github_roles
from template_gen.stack import compact_json
from tests.policies.evaluator import ACCOUNT, REGION, Request, allowed
from tests.policies.test_deploy_role import IAM, MUST_NOT, on, settings_of
from tests.policies.trust import ACTION, is_trusted

PLACE = Place(ACCOUNT, REGION)
PROVIDER = f"arn:aws:iam::{ACCOUNT}:oidc-provider/{HOST}"
IDS = "octo-org@123456/octo-repo@456789"
OF_MAIN, OF_PULL_REQUESTS = f"repo:{IDS}:ref:refs/heads/main", f"repo:{IDS}:pull_request"


def repository(text: str = IDS) -> Repository:
    found = parse(text)
    assert found
    return found


def template(text: str = IDS, branch: str = "main", *, with_provider: bool = False) -> dict[str, Any]:
    settings = settings_of()
    access = [make(settings, repository(text), branch, PLACE) for make in (preview_access, main_access)]
    made: dict[str, Any] = json.loads(
        compact_json(generate_github_roles(settings, access[0], access[1], with_provider=with_provider))
    )
    return made


def trust(role: str, text: str = IDS, branch: str = "main") -> Any:
    """Return the trust policy of a role as deployed."""
    policy = template(text, branch)["Resources"][f"{role}Role"]["Properties"]["AssumeRolePolicyDocument"]
    sub = policy["Statement"][0]["Principal"]["Federated"]["Fn::Sub"]
    arn = sub.replace("${AWS::Partition}", "aws").replace("${AWS::AccountId}", ACCOUNT)
    return json.loads(json.dumps(policy).replace(json.dumps({"Fn::Sub": sub}), json.dumps(arn)))


def trusted(role: str, sub: str | None, aud: str | None = AUDIENCE, **options: str) -> bool:
    claims = {key: value for key, value in (("sub", sub), ("aud", aud)) if value is not None}
    return is_trusted(trust(role, **options), PROVIDER, HOST, claims)


FOREIGN = {
    # other events, branches and tags of the repository
    "a tag": f"repo:{IDS}:ref:refs/tags/main",
    "a release tag": f"repo:{IDS}:ref:refs/tags/v1.0.0",
    "another branch": f"repo:{IDS}:ref:refs/heads/feature",
    "a longer branch": f"repo:{IDS}:ref:refs/heads/main2",
    "a branch below": f"repo:{IDS}:ref:refs/heads/main/x",
    "a branch that ends so": f"repo:{IDS}:ref:refs/heads/x/main",
    "a branch named like a ref": f"repo:{IDS}:ref:refs/heads/refs/heads/main",
    "a shorter branch": f"repo:{IDS}:ref:refs/heads/mai",
    "the head of a pull request": f"repo:{IDS}:ref:refs/pull/7/head",
    "the merge of a pull request": f"repo:{IDS}:ref:refs/pull/7/merge",
    "a bare ref": f"repo:{IDS}:ref:main",
    "an environment": f"repo:{IDS}:environment:production",
    "an environment named as the branch": f"repo:{IDS}:environment:main",
    "an environment with the subject in it": f"repo:{IDS}:environment:x%3Aref%3Arefs/heads/main",
    "an environment named pull_request": f"repo:{IDS}:environment:pull_request",
    "pull_request_target": f"repo:{IDS}:pull_request_target",
    "more after it": f"repo:{IDS}:pull_request:ref:refs/heads/main",
    "a merge queue": f"repo:{IDS}:ref:refs/heads/gh-readonly-queue/main/pr-7-0123",
    # other repositories and owners
    "a fork": "repo:mallory@999/octo-repo@888:pull_request",
    "a fork's main": "repo:mallory@999/octo-repo@888:ref:refs/heads/main",
    "the names without their ids": "repo:octo-org/octo-repo:ref:refs/heads/main",
    "the names without their ids, a pull request": "repo:octo-org/octo-repo:pull_request",
    "the names with other ids": "repo:octo-org@999/octo-repo@888:ref:refs/heads/main",
    "the owner recycled": "repo:octo-org@999/octo-repo@456789:ref:refs/heads/main",
    "the repository recycled": "repo:octo-org@123456/octo-repo@888:ref:refs/heads/main",
    "a longer id": "repo:octo-org@123456/octo-repo@4567890:ref:refs/heads/main",
    "another repository with the prefix": "repo:octo-org@123456/octo-repo-2@456789:ref:refs/heads/main",
    "another repository that ends so": "repo:octo-org@123456/my-octo-repo@456789:ref:refs/heads/main",
    "another owner with the prefix": "repo:octo-org-2@123456/octo-repo@456789:ref:refs/heads/main",
    "a reusable workflow's claim": f"repo:{IDS}:job_workflow_ref:{IDS}/.github/workflows/x.yml@refs/heads/main",
    "an organization's own template": "repository_owner_id:123456:ref:refs/heads/main",
    # letter case, white space, wildcards, nothing
    "the owner in capitals": "repo:Octo-Org@123456/octo-repo@456789:ref:refs/heads/main",
    "the repository in capitals": "repo:octo-org@123456/Octo-Repo@456789:ref:refs/heads/main",
    "the branch in capitals": f"repo:{IDS}:ref:refs/heads/Main",
    "the event in capitals": f"repo:{IDS}:Pull_Request",
    "the prefix in capitals": f"REPO:{IDS}:ref:refs/heads/main",
    "a space before": f" repo:{IDS}:ref:refs/heads/main",
    "a line after": f"repo:{IDS}:ref:refs/heads/main\n",
    "a zero byte": f"repo:{IDS}:ref:refs/heads/main\0",
    "a star": f"repo:{IDS}:*",
    "a star for all": "*",
    "question marks": f"repo:{IDS}:ref:refs/heads/????",
    "a look-alike letter": f"repo:{IDS}:ref:refs/heads/m\u0430in",
    "an empty subject": "",
}


@pytest.mark.parametrize("what", FOREIGN)
def test_no_other_subject_is_trusted(what: str) -> None:
    assert not trusted(MAIN, FOREIGN[what])
    assert not trusted(PREVIEW, FOREIGN[what])


def test_there_are_enough_of_them() -> None:
    assert len(set(FOREIGN.values())) == len(FOREIGN) > 40


@pytest.mark.parametrize(
    "aud", [None, "", "https://github.com/octo-org", "sts.amazonaws.com.evil.example", "STS.amazonaws.com"]
)
def test_no_other_audience_is_trusted(aud: str | None) -> None:
    assert not trusted(MAIN, OF_MAIN, aud)
    assert not trusted(PREVIEW, OF_PULL_REQUESTS, aud)


def test_a_token_without_a_subject_is_not_trusted() -> None:
    assert not trusted(MAIN, None)
    assert not trusted(PREVIEW, None)


def test_each_role_trusts_its_own_subjects() -> None:
    assert trusted(MAIN, OF_MAIN)
    assert not trusted(MAIN, OF_PULL_REQUESTS)
    assert trusted(PREVIEW, OF_PULL_REQUESTS)
    assert trusted(PREVIEW, OF_MAIN)  # removes old previews on a schedule


def test_names_without_ids_and_another_branch() -> None:
    older: dict[str, str] = {"text": "octo-org/octo-repo", "branch": "live"}
    assert trusted(MAIN, "repo:octo-org/octo-repo:ref:refs/heads/live", **older)
    assert not trusted(MAIN, "repo:octo-org/octo-repo:ref:refs/heads/main", **older)
    assert not trusted(MAIN, f"repo:{IDS}:ref:refs/heads/live", **older)
    assert not trusted(PREVIEW, OF_PULL_REQUESTS, **older)


def test_another_provider_is_not_trusted() -> None:
    claims = {"sub": OF_MAIN, "aud": AUDIENCE}
    other = f"arn:aws:iam::{ACCOUNT}:oidc-provider/gitlab.com"
    assert is_trusted(trust(MAIN), PROVIDER, HOST, claims)
    assert not is_trusted(trust(MAIN), other, HOST, claims)
    assert not is_trusted(trust(MAIN), PROVIDER, "gitlab.com", claims)


def test_the_list_would_notice_a_policy_that_trusts_too_much() -> None:
    wide = json.loads(
        json.dumps(trust(MAIN)).replace(OF_MAIN, "repo:octo-org*:*").replace("StringEquals", "StringLike")
    )
    caught = [what for what, sub in FOREIGN.items() if is_trusted(wide, PROVIDER, HOST, {"sub": sub, "aud": AUDIENCE})]
    assert len(caught) > 15


def test_the_emulators_evaluator_agrees() -> None:
    """One by other authors."""
    policies = {role: trust(role) for role in (MAIN, PREVIEW)}
    for role, policy in policies.items():
        for sub in (*FOREIGN.values(), OF_MAIN, OF_PULL_REQUESTS):
            for aud in (AUDIENCE, "https://github.com/octo-org"):
                claims = {"sub": sub, "aud": aud}
                expected = is_trusted(policy, PROVIDER, HOST, claims)
                context = EvalContext(
                    principal_arn=PROVIDER, principal_type="WebIdentityUser", principal_account=ACCOUNT, action=ACTION,
                    resource_arn="*", region=REGION, service_context={f"{HOST}:sub": sub, f"{HOST}:aud": aud},
                )  # fmt: skip
                assert evaluate_trust_policy(policy, PROVIDER, context) == expected, f"{role}: {claims}"


def policies_of(role: str) -> list[dict[str, Any]]:
    resources = template()["Resources"]
    return [one["Properties"]["PolicyDocument"] for name, one in resources.items() if name.startswith(f"{role}Policy")]


PR, HERE = "cloud-resume-pr-7", f"{REGION}:{ACCOUNT}"
OF_PREVIEWS = [
    *on("cloudformation", f"stack/{PR}/1a2b", "CreateChangeSet", "ExecuteChangeSet", "DeleteStack", "GetTemplate"),
    *on("cloudformation", f"stack/{PR}-artifacts/1a2b", "CreateChangeSet", "ExecuteChangeSet", "DeleteStack"),
    *on("s3", f"{PR}-sitebucket-1a2b/index.html", "PutObject", "DeleteObject", where=":"),
    *on("s3", f"{PR}-artifacts-artifactbucket-1a2b", "CreateBucket", "DeleteBucket", "ListBucketVersions", where=":"),
    *on("dynamodb", f"table/{PR}-VisitorCounts-1A2B", "CreateTable", "DeleteTable", "PutItem", "UpdateItem"),
    *on("lambda", f"function:{PR}-router", "CreateFunction", "UpdateFunctionCode", "DeleteFunction"),
    *on("iam", f"role/{PR}-RouterRole-1A2B", "CreateRole", "PutRolePolicy", "DeleteRole", where=IAM),
    *on("iam", f"role/{PR}-RouterRole-1A2B", "PassRole", where=IAM, to="lambda.amazonaws.com"),
    *on("cloudfront", "distribution/E1", "UpdateDistribution", "DeleteDistribution", where=IAM, tag=PR),
    *on("cloudfront", f"function/{PR}-{REGION}-pages", "UpdateFunction", "DeleteFunction", where=IAM),
    *on("sqs", f"{PR}-UndeliveredRecords-1A2B", "CreateQueue", "DeleteQueue"),
    *on("logs", f"log-group:/aws/lambda/{PR}-router", "CreateLogGroup", "DeleteLogGroup"),
]
FOR_PLANS = [
    *on("cloudformation", "stack/cloud-resume/1a2b", "CreateChangeSet", "DescribeChangeSet", "DeleteChangeSet"),
    *on("cloudformation", "stack/cloud-resume/1a2b", "GetTemplate", "ListStackResources", "DetectStackDrift"),
    *on("s3", "cloud-resume-sitebucket-1a2b", "ListBucket", where=":"),
    *on("s3", "cloud-resume-sitebucket-1a2b/manifest.json", "GetObject", where=":"),
    *on("dynamodb", "table/cloud-resume-VisitorCounts-1A2B", "DescribeTable", "DescribeTimeToLive"),
    *on("lambda", "function:cloud-resume-router", "GetFunction"),
    *on("iam", "role/cloud-resume-RouterRole-1A2B", "GetRole", "GetRolePolicy", where=IAM),
]
OF_THE_MAIN_STACK = [
    *on("cloudformation", "stack/cloud-resume/1a2b", "ExecuteChangeSet", "DeleteStack", "RollbackStack"),
    *on("cloudformation", "stack/cloud-resume/1a2b", "ContinueUpdateRollback", "UpdateStack"),
    *on("cloudformation", "stack/cloud-resume-artifacts/1a2b", "ExecuteChangeSet", "DeleteStack"),
    *on("cloudformation", "stack/cloud-resume-github/1a2b", "ExecuteChangeSet", "DeleteStack", "CreateChangeSet"),
    *on("cloudformation", "stack/cloud-resume-next/1a2b", "ExecuteChangeSet", "DeleteStack"),
    *on("s3", "cloud-resume-sitebucket-1a2b/index.html", "PutObject", "DeleteObject", where=":"),
    *on("s3", "cloud-resume-artifacts-artifactbucket-1a2b/router/x.zip", "PutObject", "DeleteObjectVersion", where=":"),
    *on("s3", "cloud-resume-sitebucket-1a2b", "DeleteBucket", "PutBucketPolicy", where=":"),
    *on("dynamodb", "table/cloud-resume-VisitorCounts-1A2B", "DeleteTable", "PutItem", "UpdateItem", "DeleteItem"),
    *on("dynamodb", "table/cloud-resume-VisitorCounts-1A2B", "GetItem", "Scan", "BatchGetItem", "UpdateTable"),
    *on("lambda", "function:cloud-resume-router", "UpdateFunctionCode", "UpdateFunctionConfiguration"),
    *on("lambda", "function:cloud-resume-router", "DeleteFunction", "GetFunctionConfiguration"),
    *on("iam", "role/cloud-resume-RouterRole-1A2B", "PutRolePolicy", "DeleteRole", where=IAM),
    *on("iam", "role/cloud-resume-RouterRole-1A2B", "PassRole", where=IAM, to="lambda.amazonaws.com"),
    *on("iam", "role/cloud-resume-github-MainRole-1A2B", "UpdateAssumeRolePolicy", "PutRolePolicy", where=IAM),
    *on("iam", f"oidc-provider/{HOST}", "DeleteOpenIDConnectProvider", "AddClientIDToOpenIDConnectProvider", where=IAM),
    *on("cloudfront", "distribution/E1", "UpdateDistribution", "CreateInvalidation", where=IAM, tag="cloud-resume"),
    *on("cloudfront", f"function/cloud-resume-{REGION}-pages", "UpdateFunction", "DeleteFunction", where=IAM),
    *on("logs", "log-group:/aws/lambda/cloud-resume-router", "FilterLogEvents", "DeleteLogGroup"),
    *on("sqs", "cloud-resume-UndeliveredRecords-1A2B", "DeleteQueue", "SetQueueAttributes"),
    *on("sns", "cloud-resume-Alerts-1A2B", "DeleteTopic", "Subscribe"),
    *on("cloudwatch", "alarm:cloud-resume-RouterErrors-1A2B", "DeleteAlarms", "PutMetricAlarm"),
    *on("events", "rule/cloud-resume-Sweep-1A2B", "DeleteRule", "PutTargets"),
]


def denied(role: str, requests: list[Request]) -> list[str]:
    answers = allowed(policies_of(role), requests)
    return [str(one) for one, is_allowed in zip(requests, answers, strict=True) if not is_allowed]


def test_previews_may_do_what_they_need() -> None:
    assert denied(PREVIEW, [*OF_PREVIEWS, *FOR_PLANS]) == []


def test_previews_may_not_touch_the_main_stack() -> None:
    assert len(OF_THE_MAIN_STACK) > 45
    assert denied(PREVIEW, OF_THE_MAIN_STACK) == [str(one) for one in OF_THE_MAIN_STACK]


@pytest.mark.parametrize("role", [PREVIEW, MAIN])
def test_neither_role_may_do_what_a_deploy_role_must_not(role: str) -> None:
    assert denied(role, MUST_NOT) == [str(one) for one in MUST_NOT]


def test_the_main_role_may_not_touch_previews_or_the_roles() -> None:
    others = [*OF_PREVIEWS, *(one for one in OF_THE_MAIN_STACK if "github" in one.resource or HOST in one.resource)]
    assert denied(MAIN, others) == [str(one) for one in others]


def test_the_policies_fit() -> None:
    for role in (PREVIEW, MAIN):
        documents = policies_of(role)
        assert len(documents) <= 10  # managed policies of a role
        assert all(size(one) <= DOCUMENT_LIMIT for one in documents)


@pytest.mark.parametrize("with_provider", [True, False])
def test_the_template_fits_a_request_and_is_clean(linted: Path, *, with_provider: bool) -> None:
    text = json.dumps(template(with_provider=with_provider), separators=(",", ":"), sort_keys=True)
    assert len(text.encode()) < TEMPLATE_BODY_LIMIT
    require_clean(text, REGION, linted.parent)


def test_a_name_that_cloudformation_would_shorten_is_refused() -> None:
    def named(length: int) -> Settings:
        return settings_of(stack={"name": "a" * length})

    assert list(previews(named(15), PLACE))
    with pytest.raises(SettingsError, match="too long for previews"):
        list(previews(named(16), PLACE))
