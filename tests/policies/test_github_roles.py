"""What the roles of the GitHub workflows may do, above all the one of previews."""

from __future__ import annotations

import json
from fnmatch import fnmatchcase
from pathlib import Path
from typing import Any

import pytest

from deployment.github.roles import previews
from deployment.package.artifacts import TEMPLATE_BODY_LIMIT
from deployment.package.lint import require_clean
from deployment.role.deploy_policy import DOCUMENT_LIMIT, size
from errors import SettingsError
from settings import Settings
from template_gen.github_roles import BOUNDARY, HOST, MAIN, PREVIEW
from tests.policies.deployed import CONNECTIONS_API, deployed
from tests.policies.evaluator import ACCOUNT, REGION, Request, allowed
from tests.policies.github import PLACE, template
from tests.policies.test_deploy_role import IAM, MUST_NOT, on, settings_of
from tests.template_gen.templates import properties


def policies_of(role: str) -> list[dict[str, Any]]:
    resources = template()["Resources"]
    return [one["Properties"]["PolicyDocument"] for name, one in resources.items() if name.startswith(f"{role}Policy")]


OWN_BOUNDARY = f"arn:aws:iam::{ACCOUNT}:policy/cloud-resume-previews/cloud-resume-github-PreviewBoundary-1A2B"
PR, HERE = "cloud-resume-pr-7", f"{REGION}:{ACCOUNT}"
OF_PREVIEWS = [
    *on("cloudformation", f"stack/{PR}/1a2b", "CreateChangeSet", "ExecuteChangeSet", "DeleteStack", "GetTemplate"),
    *on("cloudformation", f"stack/{PR}-artifacts/1a2b", "CreateChangeSet", "ExecuteChangeSet", "DeleteStack"),
    *on("s3", f"{PR}-sitebucket-1a2b/index.html", "PutObject", "DeleteObject", where=":"),
    *on("s3", f"{PR}-artifacts-artifactbucket-1a2b", "CreateBucket", "DeleteBucket", "ListBucketVersions", where=":"),
    *on("dynamodb", f"table/{PR}-VisitorCounts-1A2B", "CreateTable", "DeleteTable", "PutItem", "UpdateItem"),
    *on("lambda", f"function:{PR}-router", "CreateFunction", "UpdateFunctionCode", "DeleteFunction"),
    *on("iam", f"role/{PR}-RouterRole-1A2B", "CreateRole", "PutRolePolicy", where=IAM, boundary=OWN_BOUNDARY),
    *on("iam", f"role/{PR}-RouterRole-1A2B", "DeleteRole", "DeleteRolePolicy", where=IAM),
    *on("iam", f"role/{PR}-RouterRole-1A2B", "PassRole", where=IAM, to="lambda.amazonaws.com"),
    *on("cloudfront", "distribution/E1", "UpdateDistribution", "DeleteDistribution", where=IAM, tag=PR),
    *on("cloudfront", f"function/{PR}-{REGION}-pages", "UpdateFunction", "DeleteFunction", where=IAM),
    *on("sqs", f"{PR}-UndeliveredRecords-1A2B", "CreateQueue", "DeleteQueue"),
    *on("logs", f"log-group:/aws/lambda/{PR}-router", "CreateLogGroup", "DeleteLogGroup"),
]
FOR_PLANS = [
    *on("cloudformation", "stack/cloud-resume/1a2b", "CreateChangeSet", "DescribeChangeSet", "DeleteChangeSet"),
    *on("cloudformation", "stack/cloud-resume/1a2b", "GetTemplate", "ListStackResources", "DetectStackDrift"),
    # `environments` recognizes each by its template.
    *on("cloudformation", "stack/cloud-resume-next/1a2b", "GetTemplate"),
    *on("cloudformation", "stack/cloud-resume-other-project/1a2b", "GetTemplate"),
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
    Request("sns:Unsubscribe", "*"),
    *on("cloudwatch", "alarm:cloud-resume-RouterErrors-1A2B", "DeleteAlarms", "PutMetricAlarm"),
    *on("events", "rule/cloud-resume-Sweep-1A2B", "DeleteRule", "PutTargets"),
]


def of_router(action: str, resource: str) -> Request:
    """Return the request on such a resource of a preview, in a form that the evaluator knows."""
    own = resource.replace("cloud-resume", PR).replace(":*", ":log-stream:x" if "logs" in action else ":*")
    return Request(action, "*" if action == "dynamodb:ListStreams" else own.replace("*", "x"))


ROUTER = [
    of_router(action, resource)
    for statement in deployed(properties("RouterRole"))["Policies"][0]["PolicyDocument"]["Statement"]
    for action in statement["Action"]
    for resource in statement["Resource"]
]
"""Every action of a preview's router, on every resource."""


def bounded(requests: list[Request]) -> list[str]:
    """Return the requests that the boundary denies."""
    answers = allowed([template()["Resources"][BOUNDARY]["Properties"]["PolicyDocument"]], requests)
    return [str(one) for one, is_allowed in zip(requests, answers, strict=True) if not is_allowed]


def denied(role: str, requests: list[Request]) -> list[str]:
    answers = allowed(policies_of(role), requests)
    return [str(one) for one, is_allowed in zip(requests, answers, strict=True) if not is_allowed]


def test_previews_may_do_what_they_need() -> None:
    assert denied(PREVIEW, [*OF_PREVIEWS, *FOR_PLANS]) == []


def test_previews_may_not_touch_the_main_stack() -> None:
    assert len(OF_THE_MAIN_STACK) > 45
    assert denied(PREVIEW, OF_THE_MAIN_STACK) == [str(one) for one in OF_THE_MAIN_STACK]


def test_a_role_without_the_boundary_gets_no_permissions() -> None:
    """Otherwise a pull request could make the function's role an administrator, and run code as it."""
    administrator = "arn:aws:iam::aws:policy/AdministratorAccess"
    role = f"role/{PR}-RouterRole-1A2B"
    requests = [
        *on("iam", role, "CreateRole", "PutRolePolicy", where=IAM),
        *on("iam", role, "CreateRole", "PutRolePolicy", where=IAM, boundary=administrator),
        *on("iam", role, "CreateRole", where=IAM, boundary=f"arn:aws:iam::{ACCOUNT}:policy/own"),
        *on("iam", role, "PutRolePermissionsBoundary", where=IAM, boundary=OWN_BOUNDARY),
        *on("iam", role, "DeleteRolePermissionsBoundary", where=IAM, boundary=OWN_BOUNDARY),
        *on("iam", OWN_BOUNDARY.rpartition(":")[2], "CreatePolicyVersion", "DeletePolicy", "CreatePolicy", where=IAM),
    ]
    assert denied(PREVIEW, requests) == [str(one) for one in requests]


def test_the_boundary_allows_what_a_router_does_and_nothing_else() -> None:
    assert len({one.action for one in ROUTER}) > 10
    # The evaluator knows no wildcard in the ID of an API, and no API of API Gateway V2; IAM does.
    known = [one for one in ROUTER if not one.action.startswith("apigateway:")]
    assert [one for one in bounded(known) if "/@connections/" not in one] == []
    statements = template()["Resources"][BOUNDARY]["Properties"]["PolicyDocument"]["Statement"]
    on_connections, on_stages = (one["Resource"] for one in statements[-2:])
    for method in ("POST", "DELETE"):
        assert any(fnmatchcase(f"{CONNECTIONS_API}/x".replace("POST", method), one) for one in on_connections)
    assert any(fnmatchcase(f"arn:aws:apigateway:{REGION}::/apis/a1b2/stages/live", one) for one in on_stages)
    others = [*OF_PREVIEWS[2:], *OF_THE_MAIN_STACK, *MUST_NOT]
    beyond = [one for one in others if one.action not in {"s3:PutObject", "dynamodb:PutItem", "dynamodb:UpdateItem"}]
    assert bounded(beyond) == [str(one) for one in beyond]
    writes = [one for one in OF_THE_MAIN_STACK if one not in beyond]
    assert len(writes) == 4
    assert bounded(writes) == [str(one) for one in writes]


@pytest.mark.parametrize("role", [PREVIEW, MAIN])
def test_neither_role_may_do_what_a_deploy_role_must_not(role: str) -> None:
    # Previews read the templates of other stacks, see FOR_PLANS.
    read = [one for one in MUST_NOT if role == PREVIEW and one.action == "cloudformation:GetTemplate"]
    must_not = [one for one in MUST_NOT if one not in read]
    assert len(read) < 2
    assert denied(role, must_not) == [str(one) for one in must_not]


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
