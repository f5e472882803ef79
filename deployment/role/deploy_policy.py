"""What a role needs that deploys, destroys and looks after one stack, as IAM policy documents, and no more than that.

Each grant is a few actions on one kind of resource, narrowed to the names that the stack's resources have or get. A
managed policy holds 6,144 characters, so the grants are laid into as many documents as that takes. What cannot be
narrowed stands in docs/deploy-role.md.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from fnmatch import fnmatchcase
from pathlib import Path
from typing import Any

from deployment.role.deploy_actions import OWN_CALLS, handled
from files import write_atomically
from settings import Domain, Settings
from template_gen import certificate
from template_gen.artifacts import generate_artifacts
from template_gen.certificate import generate_certificate
from template_gen.stack import generate

DOCUMENT_LIMIT = 6_144
"""Characters of a managed policy, white space not counted. Source: IAM and AWS STS quotas, IAM User Guide."""

NAME_ROOM = 48
"""Characters that stack and logical ID have in a bucket's name, the shortest kind: 63 less the random ones and hyphens.
Of a longer name CloudFormation takes some away, and only this much of the stack's name is relied on:"""
SURE_BEGINNING = 16

ARNS = {
    "AWS::S3::Bucket": "arn:{p}:s3:::{bucket}",
    "AWS::DynamoDB::Table": "arn:{p}:dynamodb:{r}:{a}:table/{name}",
    "AWS::SQS::Queue": "arn:{p}:sqs:{r}:{a}:{name}",
    "AWS::SNS::Topic": "arn:{p}:sns:{r}:{a}:{name}",
    # To tag it is to name it without the colon. Source: LogGroup, Amazon CloudWatch Logs API Reference.
    "AWS::Logs::LogGroup": "arn:{p}:logs:{r}:{a}:log-group:/aws/lambda/{stack}-router "
    "arn:{p}:logs:{r}:{a}:log-group:/aws/lambda/{stack}-router:*",
    "AWS::CloudWatch::Alarm": "arn:{p}:cloudwatch:{r}:{a}:alarm:{name}",
    "AWS::Events::Rule": "arn:{p}:events:{r}:{a}:rule/{name}",
    "AWS::IAM::Role": "arn:{p}:iam::{a}:role/{name}",
    "AWS::Lambda::Function": "arn:{p}:lambda:{r}:{a}:function:{stack}-router "
    "arn:{p}:lambda:{r}:{a}:function:{stack}-router:*",
    "AWS::Lambda::EventSourceMapping": "arn:{p}:lambda:{r}:{a}:event-source-mapping:*",
    "AWS::ApiGatewayV2::Api": "arn:{p}:apigateway:{r}::/apis arn:{p}:apigateway:{r}::/apis/* "
    "arn:{p}:apigateway:{r}::/tags/*",
    "AWS::CloudFront::Distribution": "arn:{p}:cloudfront::{a}:distribution/*",
    "AWS::CloudFront::Function": "arn:{p}:cloudfront::{a}:function/{stack}-{r}-pages",
    "AWS::CloudFront::OriginAccessControl": "arn:{p}:cloudfront::{a}:origin-access-control/*",
    "AWS::CloudFront::ResponseHeadersPolicy": "arn:{p}:cloudfront::{a}:response-headers-policy/*",
    "AWS::CertificateManager::Certificate": "arn:{p}:acm:us-east-1:{a}:certificate/*",
    "AWS::Route53::RecordSet": "arn:{p}:route53:::hostedzone/{zone}",
}
"""Kind -> its ARNs, with spaces between. p: partition, r: Region, a: account; name: as CloudFormation makes one up;
bucket: that, in lower case; zone: the hosted zone's ID."""

ANYWHERE = (
    *("s3:ListAllMyBuckets", "dynamodb:ListTables", "sqs:ListQueues", "sns:ListTopics", "sns:Unsubscribe"),
    *("logs:DescribeLogGroups", "logs:Describe*Policies", "events:ListRules", "iam:ListRoles"),
    *("lambda:ListFunctions", "lambda:ListEventSourceMappings", "cloudfront:List[!T]*", "cloudwatch:DescribeAlarms"),
    *("cloudfront:Create*", "lambda:CreateEventSourceMapping"),
    *(
        "cloudwatch:GetMetricStatistics",
        "lambda:GetAccountSettings",
        "sts:GetCallerIdentity",
        "cloudformation:DescribeStacks",
    ),
    *(
        "cloudformation:DescribeStackDriftDetectionStatus",
        "acm:ListCertificates",
        "acm:RequestCertificate",
        "route53:ListHostedZones",
    ),
)
"""Actions that are about no resource in particular. Source: Service Authorization Reference."""

OURS = "aws:ResourceTag/aws:cloudformation:stack-name"
"""CloudFormation tags what it makes with the stack's name, and nobody else can set a tag that begins with aws:"""

OF_OURS = ("cloudfront:UpdateDistribution", "cloudfront:DeleteDistribution", "cloudfront:UntagResource")
MAPPINGS = ("lambda:UpdateEventSourceMapping", "lambda:DeleteEventSourceMapping")
RECORDS = ("route53:ChangeResourceRecordSets",)
EXAMPLE = "01234567-89ab-cdef-0123-456789abcdef"
"""Stands for any name, also for those that have to be UUIDs."""
INVOKERS = ["apigateway.amazonaws.com", "events.amazonaws.com"]

Condition = Mapping[str, Mapping[str, Any]]


@dataclass(frozen=True)
class Grant:
    """Actions on resources, under a condition: operator -> condition key -> values, as in a policy."""

    actions: tuple[str, ...]
    resources: tuple[str, ...]
    condition: Condition = field(default_factory=dict)

    def statement(self) -> dict[str, Any]:
        stated = {"Effect": "Allow", "Action": list(self.actions), "Resource": list(self.resources)}
        return {**stated, **({"Condition": dict(self.condition)} if self.condition else {})}

    @property
    def examples(self) -> tuple[str, ...]:
        """Resources that it is about, by their whole names; `*` where it is about any."""
        return tuple(one if one == "*" else one.replace("*", EXAMPLE) for one in self.resources)

    @property
    def example_context(self) -> dict[str, list[str]]:
        """Condition key -> values that a request has which the condition lets through."""
        asked = {
            key: value for operator, keys in self.condition.items() if operator != "Null" for key, value in keys.items()
        }
        every = {key: [value] if isinstance(value, str) else list(value) for key, value in asked.items()}
        return {key: [one.replace("*", EXAMPLE) for one in values[:1]] for key, values in every.items()}


@dataclass(frozen=True)
class Place:
    """Where the stack is to be. account: its twelve digits. partition: aws, aws-cn or aws-us-gov."""

    account: str
    region: str
    partition: str = "aws"


def grants(settings: Settings, place: Place) -> list[Grant]:
    """Everything that a deploy with these settings needs."""
    arns = _arns(settings, place)
    narrowed = _narrowed(settings, arns)
    needed = handled(kind for _, _, kind in _resources(settings))
    kinds = [*((actions, arns[kind]) for kind, actions in needed.items()), *_of_our_own(settings, place, arns)]
    conditioned = {action for actions, _, _ in narrowed for action in actions}
    found = [
        Grant(tuple(sorted({one for actions, _ in kinds for one in actions if _anywhere(one)} - conditioned)), ("*",))
    ]
    for actions, resources in kinds:
        rest = tuple(one for one in actions if not _anywhere(one) and one not in conditioned)
        found += [Grant(rest, resources)] if rest else []
    asked = {one for actions, _ in kinds for one in actions}
    return [*found, *(Grant(*one) for one in narrowed if asked.issuperset(one[0]))]


def documents(found: Iterable[Grant]) -> list[dict[str, Any]]:
    """The grants in order, in as few documents as each is within DOCUMENT_LIMIT."""
    made: list[dict[str, Any]] = []
    for grant in found:
        statement = grant.statement()
        if not made or size({**made[-1], "Statement": [*made[-1]["Statement"], statement]}) > DOCUMENT_LIMIT:
            made.append({"Version": "2012-10-17", "Statement": []})
        made[-1]["Statement"].append(statement)
    return made


def size(document: Mapping[str, Any]) -> int:
    """As IAM counts."""
    return len(json.dumps(document, separators=(",", ":")))


def write_policies(settings: Settings, place: Place, output: Path) -> list[Path]:
    """Writes each document to a file in `output`/deploy-role, and removes those of before."""
    folder = output / "deploy-role"
    written = []
    for number, document in enumerate(documents(grants(settings, place)), 1):
        written.append(folder / f"policy-{number}.json")
        write_atomically(written[-1], (json.dumps(document, indent=2) + "\n").encode())
    for stale in set(folder.glob("policy-*.json")) - set(written):
        stale.unlink()
    return written


def _anywhere(action: str) -> bool:
    return any(fnmatchcase(action, pattern) for pattern in ANYWHERE)


def _resources(settings: Settings) -> Iterator[tuple[str, str, str]]:
    """Stack, logical ID and type of all there is to be."""
    stack = settings.stack.name
    templates = {stack: generate(settings), f"{stack}-artifacts": generate_artifacts(settings)}
    if settings.domain.name and not settings.domain.certificate_arn:
        templates[f"{stack}-certificate"] = generate_certificate(settings)
    for name, template in templates.items():
        for logical_id, resource in template.resources.items():
            yield name, logical_id, resource.resource_type


def _arns(settings: Settings, place: Place) -> dict[str, tuple[str, ...]]:
    found: dict[str, list[str]] = {}
    for stack, logical_id, kind in _resources(settings):
        if kind in ARNS:
            name = _generated(stack, logical_id)
            arns = ARNS[kind].format(
                p=place.partition, r=place.region, a=place.account, stack=settings.stack.name,
                name=name, bucket=name.lower(), zone=settings.domain.hosted_zone,
            )  # fmt: skip
            found.setdefault(kind, []).extend(arns.split())
    return {kind: tuple(dict.fromkeys(arns)) for kind, arns in found.items()}


def _generated(stack: str, logical_id: str) -> str:
    """What the names that CloudFormation makes up are like. Source: "Name type", AWS CloudFormation User Guide."""
    return f"{stack}-{logical_id}-*" if len(stack + logical_id) <= NAME_ROOM else f"{stack[:SURE_BEGINNING]}*"


def _narrowed(
    settings: Settings, arns: Mapping[str, tuple[str, ...]]
) -> list[tuple[tuple[str, ...], tuple[str, ...], Condition]]:
    """Actions that a condition narrows further, their resources and the condition."""
    function, distributions = arns["AWS::Lambda::Function"], arns["AWS::CloudFront::Distribution"]
    of_function = {"ArnLike": {"lambda:FunctionArn": list(function)}}
    of_stack = {"StringEquals": {OURS: settings.stack.name}}
    return [
        (("iam:PassRole",), arns["AWS::IAM::Role"], {"StringEquals": {"iam:PassedToService": "lambda.amazonaws.com"}}),
        (("lambda:AddPermission",), function, {"StringEquals": {"lambda:Principal": INVOKERS}}),
        (("lambda:CreateEventSourceMapping",), ("*",), of_function),
        (MAPPINGS, arns["AWS::Lambda::EventSourceMapping"], of_function),
        ((*OF_OURS, *OWN_CALLS["distribution"]), distributions, of_stack),
        (RECORDS, arns.get("AWS::Route53::RecordSet", ()), _names_of(settings.domain)),
    ]


def _names_of(domain: Domain) -> Condition:
    """The records of the site, and those by which ACM validates its names: _<hash>.<name>."""
    of_site = [name for alias in domain.aliases for name in (alias, f"_*.{alias}")]
    key = "route53:ChangeResourceRecordSetsNormalizedRecordNames"
    return {"ForAllValues:StringLike": {key: of_site}, "Null": {key: "false"}}


def _of_our_own(
    settings: Settings, place: Place, arns: Mapping[str, tuple[str, ...]]
) -> Iterator[tuple[tuple[str, ...], tuple[str, ...]]]:
    """Actions that deployment/ asks for itself, and their resources."""
    p, r, a, stack = place.partition, place.region, place.account, settings.stack.name
    buckets, tables = arns["AWS::S3::Bucket"], arns["AWS::DynamoDB::Table"]
    on = {
        "account": ("*",),
        "stack": (
            *(f"arn:{p}:cloudformation:{r}:{a}:stack/{name}/*" for name in (stack, f"{stack}-artifacts")),
            f"arn:{p}:cloudformation:{certificate.REGION}:{a}:stack/{stack}-certificate*/*",
        ),
        "bucket": buckets,
        "objects": tuple(f"{bucket}/*" for bucket in buckets),
        "table": (*tables, *(f"{table}/index/*" for table in tables)),
        "distribution": arns["AWS::CloudFront::Distribution"],
        "function": arns["AWS::Lambda::Function"],
        "role": arns["AWS::IAM::Role"],
        "logs": arns["AWS::Logs::LogGroup"],
        "gateway": (f"arn:{p}:apigateway:{r}::/account",),
    }
    yield from ((OWN_CALLS[what], resources) for what, resources in on.items())
    if settings.domain.hosted_zone:
        yield ("route53:GetChange",), (f"arn:{p}:route53:::change/*",)
