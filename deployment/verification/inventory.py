"""An inventory of the account: what exists of every kind of resource that this project creates.

It lists the whole account, also what belongs to others, since a leftover may have any name. A resource that exists only
as a part of another, such as a policy of a bucket, is gone with it and is not listed (`PARTS`).

DynamoDB itself keeps a backup of a deleted table with point-in-time recovery for 35 days, free of charge, so backups
are not listed. Source: "Point-in-time recovery", Amazon DynamoDB Developer Guide.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from deployment.aws.errors import translated
from deployment.aws.target import Target
from errors import CloudError, CredentialsError
from template_gen import certificate

STACK = "AWS::CloudFormation::Stack"

Names = Callable[[Target], Iterator[str]]
"""Lists the names of one kind."""


@dataclass(frozen=True, order=True)
class Item:
    """A resource. kind: a type of CloudFormation, or `STACK`. name: its physical ID, with a readable name if any."""

    kind: str
    name: str

    def __str__(self) -> str:
        return f"{self.kind} {self.name}"


@dataclass(frozen=True)
class Inventory:
    """The resources of the account. unlisted: kind -> the reason why it could not be listed."""

    items: frozenset[Item]
    unlisted: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True)
class Difference:
    """The resources that appeared and disappeared between two inventories."""

    appeared: tuple[Item, ...]
    disappeared: tuple[Item, ...]

    @property
    def empty(self) -> bool:
        return not (self.appeared or self.disappeared)


def compare(before: Inventory, after: Inventory) -> Difference:
    """Return the difference, without the kinds that one of them could not list."""
    known = {item.kind for item in before.items | after.items} - before.unlisted.keys() - after.unlisted.keys()
    appeared, disappeared = after.items - before.items, before.items - after.items
    return Difference(
        tuple(sorted(item for item in appeared if item.kind in known)),
        tuple(sorted(item for item in disappeared if item.kind in known)),
    )


def take(target: Target, kinds: Mapping[str, Names] | None = None) -> Inventory:
    """List every kind of resource in the target's Region, and those of CloudFront, which are in no Region.

    kinds: those to list, by default all. A kind that may not be listed, or that the endpoint does not know, is
    unlisted. Raises CredentialsError.
    """
    items: set[Item] = set()
    unlisted: dict[str, str] = {}
    for kind, names_of in (KINDS if kinds is None else kinds).items():
        try:
            with translated(kind):
                items.update(Item(kind, name) for name in names_of(target))
        except CredentialsError:
            raise
        except CloudError as error:
            unlisted[kind] = error.what
    return Inventory(frozenset(items), unlisted)


def _pages(client: Any, operation: str, **request: Any) -> Iterator[Mapping[str, Any]]:
    """Yield the pages of a List operation. Some of CloudFront's have no paginator in botocore, but a marker; that of
    identity providers has neither.
    """
    if client.can_paginate(operation):
        yield from client.get_paginator(operation).paginate(**request)
        return
    marker: dict[str, str] = {}
    while True:
        page = getattr(client, operation)(**request, **marker)
        yield page
        (content,) = (value for key, value in page.items() if key.endswith("List"))
        if isinstance(content, list) or not content.get("NextMarker"):
            return
        marker = {"Marker": content["NextMarker"]}


def _in(service: str, operation: str, key: str, name: str = "", **request: Any) -> Names:
    """Return the lister of an operation whose pages have a list `key` of names, or of records with `name`."""

    def names_of(target: Target) -> Iterator[str]:
        for page in _pages(target.client(service), operation, **request):
            for one in page.get(key) or ():
                yield one[name] if name else one

    return names_of


def _of_cloudfront(operation: str, key: str, name: Callable[[Mapping[str, Any]], str], **request: Any) -> Names:
    def names_of(target: Target) -> Iterator[str]:
        for page in _pages(target.client("cloudfront"), operation, **request):
            yield from (name(one) for one in page[key].get("Items") or ())

    return names_of


def _stacks(target: Target) -> Iterator[str]:
    """Yield the stacks of the target's Region, and those of certificates. DescribeStacks omits deleted ones."""
    for region in dict.fromkeys((target.resolved_region, certificate.REGION)):
        for page in _pages(target.in_region(region).client("cloudformation"), "describe_stacks"):
            yield from (f"{stack['StackName']} in {region}" for stack in page["Stacks"])


def _certificates(target: Target) -> Iterator[str]:
    return _in("acm", "list_certificates", "CertificateSummaryList", "CertificateArn")(
        target.in_region(certificate.REGION)
    )


def _aliases(target: Target) -> Iterator[str]:
    client = target.client("lambda")
    for page in _pages(client, "list_functions"):
        for function in page["Functions"]:
            for aliases in _pages(client, "list_aliases", FunctionName=function["FunctionName"]):
                yield from (alias["AliasArn"] for alias in aliases["Aliases"])


def _records(target: Target) -> Iterator[str]:
    client = target.client("route53")
    for page in _pages(client, "list_hosted_zones"):
        for zone in page["HostedZones"]:
            for records in _pages(client, "list_resource_record_sets", HostedZoneId=zone["Id"]):
                yield from (f"{zone['Id']} {one['Name']} {one['Type']}" for one in records["ResourceRecordSets"])


def _budgets(target: Target) -> Iterator[str]:
    account = target.client("sts").get_caller_identity()["Account"]
    return _in("budgets", "describe_budgets", "Budgets", "BudgetName", AccountId=account)(target)


KINDS: Mapping[str, Names] = {
    STACK: _stacks,
    "AWS::S3::Bucket": _in("s3", "list_buckets", "Buckets", "Name"),
    "AWS::DynamoDB::Table": _in("dynamodb", "list_tables", "TableNames"),
    "AWS::Lambda::Function": _in("lambda", "list_functions", "Functions", "FunctionName"),
    "AWS::Lambda::Alias": _aliases,
    "AWS::Lambda::EventSourceMapping": _in("lambda", "list_event_source_mappings", "EventSourceMappings", "UUID"),
    "AWS::ApiGatewayV2::Api": _in("apigatewayv2", "get_apis", "Items", "ApiId"),
    "AWS::CloudFront::Distribution": _of_cloudfront("list_distributions", "DistributionList", lambda one: one["Id"]),
    "AWS::CloudFront::Function": _of_cloudfront("list_functions", "FunctionList", lambda one: one["Name"]),
    "AWS::CloudFront::ResponseHeadersPolicy": _of_cloudfront(
        "list_response_headers_policies",
        "ResponseHeadersPolicyList",
        lambda one: one["ResponseHeadersPolicy"]["ResponseHeadersPolicyConfig"]["Name"],
        Type="custom",
    ),
    "AWS::CloudFront::OriginAccessControl": _of_cloudfront(
        "list_origin_access_controls", "OriginAccessControlList", lambda one: f"{one['Id']} {one['Name']}"
    ),
    "AWS::IAM::ManagedPolicy": _in("iam", "list_policies", "Policies", "Arn", Scope="Local"),
    "AWS::IAM::OIDCProvider": _in("iam", "list_open_id_connect_providers", "OpenIDConnectProviderList", "Arn"),
    "AWS::IAM::Role": _in("iam", "list_roles", "Roles", "RoleName"),
    "AWS::Logs::LogGroup": _in("logs", "describe_log_groups", "logGroups", "logGroupName"),
    "AWS::Events::Rule": _in("events", "list_rules", "Rules", "Name"),
    "AWS::SQS::Queue": _in("sqs", "list_queues", "QueueUrls"),
    "AWS::SNS::Topic": _in("sns", "list_topics", "Topics", "TopicArn"),
    "AWS::SNS::Subscription": _in("sns", "list_subscriptions", "Subscriptions", "SubscriptionArn"),
    "AWS::Budgets::Budget": _budgets,
    "AWS::CloudWatch::Alarm": _in("cloudwatch", "describe_alarms", "MetricAlarms", "AlarmName"),
    "AWS::CertificateManager::Certificate": _certificates,
    "AWS::Route53::RecordSet": _records,
}
"""Kind -> its lister. A test compares the kinds with the resource types of the templates."""

OF_THE_MAIN_ENVIRONMENT = {"AWS::PricingPlanManager::Subscription", "AWS::WAFv2::WebACL"}
"""Types that environments never have (`in_environment`), and so no check either."""

PARTS = {
    "AWS::ApiGatewayV2::Integration",
    "AWS::ApiGatewayV2::Route",
    "AWS::ApiGatewayV2::Stage",
    "AWS::Lambda::Permission",
    "AWS::Logs::MetricFilter",
    "AWS::S3::BucketPolicy",
    "AWS::SNS::TopicPolicy",
    "AWS::SQS::QueuePolicy",
}
"""Types of resources that are deleted with the one they belong to."""
