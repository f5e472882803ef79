"""The role that deploys, evaluated as IAM would: what a deploy needs is allowed, and nothing of a list of sixty is."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import boto3
import pytest

import deployment
from deployment.role.deploy_actions import PART_OF, SERVICE, handled
from deployment.role.deploy_policy import DOCUMENT_LIMIT, Grant, Place, documents, grants, size
from settings import Settings, validate
from template_gen.variants import GITHUB, variants
from tests.policies.evaluator import ACCOUNT, REGION, Request, allowed

ZONE = "Z0123456789ABCDEFGHIJ"
EVERYTHING = {
    "alerts": {"email": "a@b.cc"},
    "domain": {"name": "example.com", "hosted_zone": ZONE, "www_redirect": True},
}
HERE = f"{REGION}:{ACCOUNT}"
TAG = "aws:ResourceTag/aws:cloudformation:stack-name"
UNKNOWN = ("apigateway:", "lambda:GetProvisionedConcurrencyConfig")
"""Not in the evaluator's data: API Gateway V2's ARNs, and a function's alias, which it cannot tell from a version."""

MORE_THAN_ONE = {
    "HeadObject": ("GetObject",),
    "ListObjectsV2": ("ListBucket",),
    "ListObjectVersions": ("ListBucketVersions",),
    "ListBuckets": ("ListAllMyBuckets",),
    "CopyObject": ("GetObject", "PutObject"),
    "DeleteObjects": ("DeleteObject", "DeleteObjectVersion"),
    "TransactWriteItems": ("PutItem", "UpdateItem"),
    "GetApis": ("GET",),
    "GetAccount": ("GET",),
}
"""Operation -> the actions that IAM asks about, where they are not called the same."""
BY_CLOUDFORMATION = "pricingplanmanager"
"""The prefix of actions that only CloudFormation's handlers call; boto3 names the service otherwise."""
TO_LOOK = {"simulate_principal_policy", "list_queues", "get_role"}
"""What only `doctor` asks for, which does without."""
OF_AN_ADMINISTRATOR = {
    "list_open_id_connect_providers",
    "get_open_id_connect_provider",
    "create_open_id_connect_provider",
}
"""Calls of `init ci`. A role that may create roles of its own choice is no deploy role."""


def settings_of(**changes: Any) -> Settings:
    return validate({**EVERYTHING, **changes}, Path("settings.toml"))


@pytest.fixture(scope="module")
def granted() -> list[Grant]:
    return grants(settings_of(), Place(ACCOUNT, REGION))


def operations() -> Iterator[tuple[str, set[str]]]:
    """Every name in deployment/ that is called or paginated and is an operation of boto3, and its possible actions.

    Not those of `verify`, which no deploy needs: see docs/real-account.md.
    """
    session: Any = boto3.Session(region_name=REGION, aws_access_key_id="x", aws_secret_access_key="x")
    services = {*SERVICE.values(), "cloudformation", "sts", "apigatewayv2"} - {BY_CLOUDFORMATION}
    known = {one: session.client(one).meta.method_to_api_mapping for one in services}
    for path in Path(deployment.__file__).parent.rglob("*.py"):
        if path.parent.name == "verification":
            continue
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if not isinstance(node, ast.Call) or not isinstance(node.func, ast.Attribute):
                continue
            name, first = node.func.attr, node.args[0] if node.args else None
            if name == "get_paginator" and isinstance(first, ast.Constant):
                name = str(first.value)
            found = {f"{one.removesuffix('v2')}:{of[name]}" for one, of in known.items() if name in of}
            if found:
                yield name, found


def test_what_our_own_code_calls_is_among_it(granted: list[Grant]) -> None:
    actions = {action for grant in granted for action in grant.actions}
    called = dict(operations())
    assert {"create_change_set", "put_object", "create_invalidation", "list_stack_resources"} <= called.keys()
    for name, possible in called.items():
        services = {one.partition(":")[0]: one.partition(":")[2] for one in possible}
        wanted = [
            {f"{service}:{action}" for action in MORE_THAN_ONE.get(operation, (operation,))}
            for service, operation in services.items()
        ]
        assert name in TO_LOOK | OF_AN_ADMINISTRATOR or any(one <= actions for one in wanted), f"{name}: {possible}"


def test_every_type_of_every_template_is_known() -> None:
    deployed = [made for name, made in variants(settings_of()).items() if name != GITHUB]
    kinds = {one.resource_type for made in deployed for one in made.resources.values()}
    assert {PART_OF.get(kind, kind) for kind in kinds} == handled(kinds).keys() <= SERVICE.keys()
    assert all(handled(kinds).values())


def test_all_that_a_deploy_needs_is_allowed(granted: list[Grant]) -> None:
    wanted = [
        Request(
            action, resource, {key: one if "Names" in key else one[0] for key, one in grant.example_context.items()}
        )
        for grant in granted
        for action in grant.actions
        for resource in grant.examples
        if resource != "*" and not action.startswith(UNKNOWN)
    ]
    answers = allowed(documents(granted), wanted)
    assert len({one.action for one in wanted}) > 150
    assert [str(one) for one, is_allowed in zip(wanted, answers, strict=True) if not is_allowed] == []


def test_a_budget_is_granted_where_there_is_one(granted: list[Grant]) -> None:
    of = {action: grant.resources for grant in granted for action in grant.actions}
    assert of["budgets:ModifyBudget"] == (f"arn:aws:budgets::{ACCOUNT}:budget/cloud-resume-{REGION}-*",)
    assert of["billing:GetBillingViewData"] == ("*",)
    elsewhere = {one for grant in grants(settings_of(), Place(ACCOUNT, "eu-north-1")) for one in grant.actions}
    assert not {one for one in elsewhere if one.startswith(("budgets:", "billing:"))}


def test_the_documents_fit_a_role(granted: list[Grant]) -> None:
    made = documents(granted)
    assert all(size(one) <= DOCUMENT_LIMIT for one in made)
    assert 1 < len(made) <= 10  # managed policies a role may have
    assert [statement for one in made for statement in one["Statement"]] == [one.statement() for one in granted]


def on(service: str, name: str, *actions: str, where: str = HERE, **context: str) -> list[Request]:
    keys = {"tag": TAG, "principal": "lambda:Principal", "to": "iam:PassedToService", "of": "lambda:FunctionArn"}
    keys["boundary"] = "iam:PermissionsBoundary"
    given: dict[str, str | list[str]] = {keys[key]: value for key, value in context.items()}
    return [Request(f"{service}:{action}", f"arn:aws:{service}:{where}:{name}", given) for action in actions]


def records(*names: str, zone: str = ZONE) -> Request:
    key = "route53:ChangeResourceRecordSetsNormalizedRecordNames"
    return Request("route53:ChangeResourceRecordSets", f"arn:aws:route53:::hostedzone/{zone}", {key: list(names)})


IAM, ROLE = f":{ACCOUNT}", "role/cloud-resume-RouterRole-1A2B"
MUST_NOT = [
    # more for itself: users, keys, policies, other roles, and more for the router's role
    *on("iam", "user/me", "CreateUser", "CreateAccessKey", "CreateLoginProfile", "PutUserPolicy", where=IAM),
    *on("iam", "user/me", "AttachUserPolicy", where=IAM),
    *on("iam", "policy/mine", "CreatePolicy", "CreatePolicyVersion", where=IAM),
    *on("iam", ROLE, "AttachRolePolicy", "UpdateAssumeRolePolicy", "DeleteRolePermissionsBoundary", where=IAM),
    *on("iam", "role/Admin", "CreateRole", "PutRolePolicy", "AttachRolePolicy", "DeleteRole", where=IAM),
    *on("iam", "role/cloud-resume-Other-1A2B", "CreateRole", "PutRolePolicy", where=IAM),
    *on("iam", "role/Admin", "PassRole", where=IAM, to="lambda.amazonaws.com"),
    *on("iam", ROLE, "PassRole", where=IAM, to="ec2.amazonaws.com"),
    # other stacks
    *on("cloudformation", "stack/another/1a2b", "DeleteStack", "ExecuteChangeSet", "CreateChangeSet"),
    *on("cloudformation", "stack/cloud-resume-next/1a2b", "DeleteStack", "CreateChangeSet", "GetTemplate"),
    # other data
    *on("s3", "another/key", "PutObject", "GetObject", "DeleteObject", where=":"),
    *on("s3", "another", "DeleteBucket", "PutBucketPolicy", "CreateBucket", "ListBucket", where=":"),
    *on("s3", "cloud-resume-next-sitebucket-1a2b", "DeleteBucket", "PutBucketPolicy", where=":"),
    *on("s3", "cloud-resume-sitebucket-1a2b", "PutBucketAcl", "PutBucketWebsite", where=":"),
    *on("dynamodb", "table/another", "DeleteTable", "GetItem", "PutItem", "Scan", "UpdateTable"),
    *on("dynamodb", "table/cloud-resume-next-VisitorCounts-1A2B", "DeleteTable", "Scan"),
    *on("dynamodb", "table/cloud-resume-VisitorCounts-1A2B", "PutResourcePolicy"),
    # other code, others who may run ours, other Regions
    *on("lambda", "function:another", "UpdateFunctionCode", "DeleteFunction", "CreateFunction"),
    *on("lambda", "function:cloud-resume-router", "InvokeFunction"),
    *on("lambda", "function:cloud-resume-router", "AddPermission", principal="999999999999"),
    *on("lambda", "function:cloud-resume-router", "UpdateFunctionCode", where=f"us-west-2:{ACCOUNT}"),
    *on(
        "lambda", "event-source-mapping:01234567-89ab-cdef-0123-456789abcdef", "DeleteEventSourceMapping",
        of=f"arn:aws:lambda:{HERE}:function:another",
    ),
    # other distributions, names, queues, topics, logs, rules, alarms
    *on("cloudfront", "distribution/E1", "UpdateDistribution", "DeleteDistribution", where=IAM, tag="another"),
    *on("cloudfront", "distribution/E1", "CreateInvalidation", "UpdateDistribution", where=IAM),
    *on("cloudfront", "function/another", "UpdateFunction", "DeleteFunction", where=IAM),
    records("mail.example.com"),
    records("example.com", "mail.example.com"),
    records("example.com", zone="Z9999999999"),
    *on("route53", "hostedzone/Z0123456789ABCDEFGHIJ", "DeleteHostedZone", where=":"),
    *on("sqs", "another", "DeleteQueue", "SetQueueAttributes"),
    *on("sqs", "cloud-resume-UndeliveredRecords-1A2B", "ReceiveMessage"),
    *on("sns", "another", "DeleteTopic", "Subscribe", "SetTopicAttributes"),
    *on("logs", "log-group:/aws/lambda/another", "DeleteLogGroup", "FilterLogEvents"),
    *on("events", "rule/another", "DeleteRule", "PutTargets"),
    *on("cloudwatch", "alarm:another", "DeleteAlarms", "PutMetricAlarm"),
]  # fmt: skip


def test_what_it_must_not_do_is_denied(granted: list[Grant]) -> None:
    assert len({str(one) for one in MUST_NOT}) == len(MUST_NOT) >= 60
    answers = allowed(documents(granted), MUST_NOT)
    assert [str(one) for one, is_allowed in zip(MUST_NOT, answers, strict=True) if is_allowed] == []


def test_the_list_would_tell_a_role_that_may_do_too_much() -> None:
    everything = {"Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Action": "*", "Resource": "*"}]}
    assert all(allowed([everything], MUST_NOT))


def test_only_the_beginning_of_a_long_name_is_relied_on() -> None:
    long = settings_of(stack={"name": "a-stack-with-a-name-of-forty-characters"})
    resources = {one for grant in grants(long, Place(ACCOUNT, REGION)) for one in grant.resources}
    assert "arn:aws:s3:::a-stack-with-a-n*" in resources


def test_with_a_boundary_only_a_role_that_has_it_gets_permissions() -> None:
    boundary = f"arn:aws:iam::{ACCOUNT}:policy/boundary"
    bounded = documents(grants(settings_of(stack={"permissions_boundary": boundary}), Place(ACCOUNT, REGION)))
    given = on("iam", ROLE, "CreateRole", "PutRolePolicy", where=IAM, boundary=boundary)
    without = on("iam", ROLE, "CreateRole", "PutRolePolicy", where=IAM)
    another = on("iam", ROLE, "CreateRole", "PutRolePolicy", where=IAM, boundary=f"{boundary}-2")
    unbound = on("iam", ROLE, "PutRolePermissionsBoundary", "DeleteRolePermissionsBoundary", where=IAM)
    assert all(allowed(bounded, given))
    assert not any(allowed(bounded, [*without, *another, *unbound]))
