"""Whether whoever deploys may do what a deploy does.

IAM is asked itself (SimulatePrincipalPolicy), about any resource. Where that is not allowed, each service is asked for
a list, which shows at least that the door is not shut.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from typing import Any

from botocore.exceptions import ClientError

from deployment.aws_errors import DENIED, error_code, translated
from deployment.health import Finding
from deployment.target import Target
from settings import Settings

EVERYONE = {
    "cloudformation": ["CreateChangeSet", "DescribeChangeSet", "ExecuteChangeSet", "DescribeStacks", "DeleteStack"],
    "s3": ["CreateBucket", "PutObject", "GetObject", "ListBucket", "DeleteObject", "PutBucketPolicy"],
    "cloudfront": ["CreateDistribution", "UpdateDistribution", "CreateInvalidation", "CreateOriginAccessControl"],
    "lambda": ["CreateFunction", "UpdateFunctionCode", "CreateEventSourceMapping", "AddPermission"],
    "apigateway": ["POST", "GET", "DELETE"],
    "dynamodb": ["CreateTable", "DescribeTable", "GetItem", "UpdateItem", "PutItem", "UpdateTimeToLive"],
    "iam": ["CreateRole", "PutRolePolicy", "PassRole", "DeleteRole"],
    "logs": ["CreateLogGroup", "PutRetentionPolicy", "FilterLogEvents"],
    "sqs": ["CreateQueue", "GetQueueAttributes", "SetQueueAttributes"],
    "events": ["PutRule", "PutTargets"],
}
WITH_ALARMS = {
    "cloudwatch": ["PutMetricAlarm", "DescribeAlarms"],
    "sns": ["CreateTopic", "Subscribe", "SetTopicAttributes"],
}
WITH_DOMAIN = {"acm": ["RequestCertificate", "DescribeCertificate", "ListCertificates"]}
WITH_ZONE = {"route53": ["GetHostedZone", "ChangeResourceRecordSets", "GetChange"]}
"""Service -> actions. What CloudFormation does on behalf of whoever deploys, it does with their permissions."""

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


def needed(settings: Settings) -> list[str]:
    """Every action that a deploy with these settings needs, such as s3:PutObject. The telling ones, not each last."""
    tables = [EVERYONE]
    tables += [WITH_ALARMS] if settings.alert_email else []
    tables += [WITH_DOMAIN] if settings.domain.name and not settings.domain.certificate_arn else []
    tables += [WITH_ZONE] if settings.domain.hosted_zone else []
    return [f"{service}:{action}" for table in tables for service, actions in table.items() for action in actions]


def permissions(settings: Settings, caller_arn: str, target: Target) -> Finding:
    """One finding: all allowed, or which not. Raises CloudError when not even that can be asked."""
    if caller_arn.endswith(":root"):
        return Finding("permissions", "everything: this is the account's root user", None, "use an IAM user or role")
    try:
        denied = _simulated(needed(settings), caller_arn, target)
        how = f"{len(needed(settings))} actions, by IAM's own simulation"
    except ClientError as exc:
        if error_code(exc) not in DENIED:
            with translated("permissions"):
                raise
        denied = _probed(target)
        how = f"{len(PROBES)} services answer (IAM's simulation is not allowed, so writing was not tried)"
    if denied:
        fix = f"allow these to {caller_arn}; a policy that is limited to certain names may do nevertheless"
        return Finding("permissions", f"not allowed: {', '.join(denied)}", False, fix)
    return Finding("permissions", how)


def principal(caller_arn: str, target: Target) -> str:
    """The ARN that IAM knows: of a session, its role's, whose path the session's does not tell."""
    found = _ASSUMED.fullmatch(caller_arn)
    if not found:
        return caller_arn
    role: str = target.client("iam").get_role(RoleName=found[3])["Role"]["Arn"]
    return role


def _simulated(actions: list[str], caller_arn: str, target: Target) -> list[str]:
    """Those that are not allowed. Raises ClientError."""
    pages = (
        target.client("iam")
        .get_paginator("simulate_principal_policy")
        .paginate(PolicySourceArn=principal(caller_arn, target), ActionNames=actions)
    )
    results = [result for page in pages for result in page["EvaluationResults"]]
    return [result["EvalActionName"] for result in results if result["EvalDecision"] != "allowed"]


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
