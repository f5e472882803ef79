"""Whether whoever deploys may do what a deploy does.

IAM is asked itself (SimulatePrincipalPolicy), about each action of deploy_policy.py on resources with the names that
the stack's get. Where that is not allowed, each service is asked for a list, which shows at least that the door is not
shut.
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
    """One finding: all allowed, or which not. Raises CloudError when not even that can be asked."""
    if caller_arn.endswith(":root"):
        return Finding("permissions", "everything: this is the account's root user", None, "use an IAM user or role")
    try:
        asked = grants(settings, place_of(caller_arn, target))
        denied = _simulated(asked, caller_arn, target)
        how = f"{len({action for grant in asked for action in grant.actions})} actions, by IAM's own simulation"
    except ClientError as exc:
        if error_code(exc) not in DENIED:
            with translated("permissions"):
                raise
        denied = _probed(target)
        how = f"{len(PROBES)} services answer (IAM's simulation is not allowed, so writing was not tried)"
    if denied:
        fix = f"allow these to {caller_arn}: `python3 build.py doctor --policy` writes the policies"
        return Finding("permissions", f"not allowed: {', '.join(denied)}", False, fix)
    return Finding("permissions", how)


def principal(caller_arn: str, target: Target) -> str:
    """The ARN that IAM knows: of a session, its role's, whose path the session's does not tell."""
    found = _ASSUMED.fullmatch(caller_arn)
    if not found:
        return caller_arn
    role: str = target.client("iam").get_role(RoleName=found[3])["Role"]["Arn"]
    return role


def place_of(caller_arn: str, target: Target) -> Place:
    """The account of whoever asks, and the Region that requests go to."""
    _, partition, _, _, account, _ = caller_arn.split(":", 5)
    return Place(account, target.resolved_region, partition)


def _simulated(asked: list[Grant], caller_arn: str, target: Target) -> list[str]:
    """The actions that are not allowed, sorted. Raises ClientError."""
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
