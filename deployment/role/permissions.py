"""Check of the permissions of the caller for a deploy.

IAM simulates each grant of deploy_policy.py for the caller (SimulatePrincipalPolicy). If the caller may not do that,
a list request is sent to each service, which at least detects missing read permissions.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from typing import Any

from botocore.exceptions import ClientError

from deployment.aws.errors import DENIED, error_code, translated
from deployment.aws.finding import Finding
from deployment.aws.target import Target
from deployment.role.deploy_policy import Grant, Place, grants
from settings import Settings

_ASSUMED = re.compile(r"arn:([\w-]+):sts::(\d+):assumed-role/([^/]+)/.*")

PROBES: Mapping[str, Callable[[Target], Any]] = {
    "cloudformation:DescribeStacks": lambda target: target.client("cloudformation").describe_stacks(),
    "s3:ListAllMyBuckets": lambda target: target.client("s3").list_buckets(),
    "cloudfront:ListDistributions": lambda target: target.client("cloudfront").list_distributions(),
    "lambda:ListFunctions": lambda target: target.client("lambda").list_functions(MaxItems=1),
    "apigateway:GET": lambda target: target.client("apigatewayv2").get_apis(MaxResults="1"),
    "dynamodb:ListTables": lambda target: target.client("dynamodb").list_tables(Limit=1),
    "iam:ListRoles": lambda target: target.client("iam").list_roles(MaxItems=1),
    "logs:DescribeLogGroups": lambda target: target.client("logs").describe_log_groups(limit=1),
    "sqs:ListQueues": lambda target: target.client("sqs").list_queues(MaxResults=1),
    "events:ListRules": lambda target: target.client("events").list_rules(Limit=1),
}


def permissions(settings: Settings, caller_arn: str, target: Target) -> Finding:
    """Return a finding with the denied actions, if any. Raises CloudError when a request fails for another reason."""
    if caller_arn.endswith(":root"):
        return Finding("permissions", "all: this is the root user of the account", None, "use an IAM user or role")
    try:
        asked = grants(settings, place_of(caller_arn, target))
        denied = _simulated(asked, caller_arn, target)
        how = f"{len({action for grant in asked for action in grant.actions})} actions, by IAM policy simulation"
    except ClientError as exc:
        if error_code(exc) not in DENIED:
            with translated("permissions"):
                raise
        denied = _probed(target)
        how = (
            f"read access to {len(PROBES)} services (write access was not checked, as policy simulation is not allowed)"
        )
    if denied:
        fix = f"allow these to {caller_arn}: `python3 build.py doctor --policy` writes the policies"
        return Finding("permissions", f"not allowed: {', '.join(denied)}", False, fix)
    return Finding("permissions", how)


def principal(caller_arn: str, target: Target) -> str:
    """Return the ARN of the IAM user or role of the caller; the ARN of a session lacks the path of its role."""
    found = _ASSUMED.fullmatch(caller_arn)
    if not found:
        return caller_arn
    role: str = target.client("iam").get_role(RoleName=found[3])["Role"]["Arn"]
    return role


def place_of(caller_arn: str, target: Target) -> Place:
    """Return the account of the caller and the Region of the requests."""
    _, partition, _, _, account, _ = caller_arn.split(":", 5)
    return Place(account, target.resolved_region, partition)


def _simulated(asked: list[Grant], caller_arn: str, target: Target) -> list[str]:
    """Return the denied actions, sorted. Raises ClientError."""
    source, paginator = principal(caller_arn, target), target.client("iam").get_paginator("simulate_principal_policy")
    denied: set[str] = set()
    for grant in asked:
        context = [
            {"ContextKeyName": key, "ContextKeyValues": values, "ContextKeyType": "stringList"}
            for key, values in grant.example_context.items()
        ]
        pages = paginator.paginate(
            PolicySourceArn=source,
            ActionNames=list(grant.actions),
            ResourceArns=list(grant.examples),
            ContextEntries=context,
        )
        results = [result for page in pages for result in page["EvaluationResults"]]
        denied |= {result["EvalActionName"] for result in results if result["EvalDecision"] != "allowed"}
    return sorted(denied)


def _probed(target: Target) -> list[str]:
    denied = []
    for action, probe in PROBES.items():
        try:
            with translated(action):
                probe(target)
        except Exception as exc:
            cause = exc.__cause__
            if not (isinstance(cause, ClientError) and error_code(cause) in DENIED):
                raise
            denied.append(action)
    return denied
