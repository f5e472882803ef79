"""The IAM actions of a deploy, by resource type: those that CloudFormation uses, and those of this project's code.

CloudFormation acts with the permissions of the user or role that deploys. The actions that it needs for a resource type
are listed under `handlers` in the schema of the type, which cfn-lint ships. They cover every possible template; actions
that this project's templates never need are excluded below, with the reason.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from fnmatch import fnmatchcase

PART_OF = {
    "AWS::S3::BucketPolicy": "AWS::S3::Bucket",
    "AWS::SQS::QueuePolicy": "AWS::SQS::Queue",
    "AWS::SNS::TopicPolicy": "AWS::SNS::Topic",
    "AWS::Logs::MetricFilter": "AWS::Logs::LogGroup",
    "AWS::Lambda::Alias": "AWS::Lambda::Function",
    "AWS::Lambda::Permission": "AWS::Lambda::Function",
    "AWS::ApiGatewayV2::Integration": "AWS::ApiGatewayV2::Api",
    "AWS::ApiGatewayV2::Route": "AWS::ApiGatewayV2::Api",
    "AWS::ApiGatewayV2::Stage": "AWS::ApiGatewayV2::Api",
}
"""Types that are part of another type, whose ARN their actions apply to."""

SERVICE = {
    "AWS::S3::Bucket": "s3",
    "AWS::DynamoDB::Table": "dynamodb",
    "AWS::SQS::Queue": "sqs",
    "AWS::SNS::Topic": "sns",
    "AWS::Logs::LogGroup": "logs",
    "AWS::CloudWatch::Alarm": "cloudwatch",
    "AWS::Budgets::Budget": "budgets",
    "AWS::WAFv2::WebACL": "wafv2",
    "AWS::PricingPlanManager::Subscription": "pricingplanmanager",
    "AWS::Events::Rule": "events",
    "AWS::IAM::Role": "iam",
    "AWS::Lambda::Function": "lambda",
    "AWS::Lambda::EventSourceMapping": "lambda",
    "AWS::ApiGatewayV2::Api": "apigateway",
    "AWS::CloudFront::Distribution": "cloudfront",
    "AWS::CloudFront::Function": "cloudfront",
    "AWS::CloudFront::OriginAccessControl": "cloudfront",
    "AWS::CloudFront::ResponseHeadersPolicy": "cloudfront",
    "AWS::CertificateManager::Certificate": "acm",
    "AWS::Route53::RecordSet": "route53",
}
"""Type -> the service whose actions manage it. Actions of other services are for properties that the templates do not
use, except iam:PassRole and the records of a certificate, which have their own statements."""

NOT_NEEDED = {
    "iam:AttachRolePolicy": "the role has an inline policy; this action could attach AdministratorAccess to it",
    "iam:DetachRolePolicy": "as AttachRolePolicy",
    "iam:UpdateAssumeRolePolicy": "the trust policy never changes; this action could let anyone assume the role",
    "iam:*PermissionsBoundary": "the role has none, and one set by an administrator is not changed",
    "iam:UpdateRole*": "the role has neither a description nor its own session duration",
    "iam:PassRole": "has a statement of its own",
    "lambda:*CodeSigning*": "the code is not signed",
    "lambda:PutFunctionRecursionConfig": "Lambda's default is kept",
    "lambda:PutFunctionScalingConfig": "Lambda's default is kept",
    "lambda:PutRuntimeManagementConfig": "Lambda's default is kept",
    "lambda:*ProvisionedConcurrency*": "none is provisioned",
    "lambda:GetLayerVersion": "there are no layers",
    "lambda:PassCapacityProvider": "there is none",
    "lambda:AssociateRuntimeAlias": "runtime aliases are not used",
    "lambda:PublishVersion": "the alias is of $LATEST",
    "dynamodb:*Kinesis*": "no stream to Kinesis",
    "dynamodb:*Import*": "nothing is imported",
    "dynamodb:*TableReplica": "the tables are in one Region",
    "dynamodb:*ResourcePolicy": "the tables have none",
    "dynamodb:*Item": "for imports and replicas; the verb `count` has its own",
    "dynamodb:Scan": "as *Item",
    "dynamodb:Query": "as *Item",
    "s3:*Analytics*": "a feature that the buckets do not use",
    "s3:*Accelerate*": "as Analytics",
    "s3:*Inventory*": "as Analytics",
    "s3:*Metrics*": "as Analytics",
    "s3:*Replication*": "as Analytics",
    "s3:*Website*": "as Analytics",
    "s3:*ObjectLock*": "as Analytics",
    "s3:*Tiering*": "as Analytics",
    "s3:*Metadata*": "as Analytics",
    "s3:*Abac": "as Analytics",
    "s3:*CORS": "as Analytics",
    "s3:*Cors": "as Analytics",
    "s3:*Notification": "as Analytics",
    "s3:*Logging": "as Analytics",
    "s3:*Acl": "the buckets have no access control lists",
    "s3:DeleteBucketEncryption": "PutEncryptionConfiguration is the action",
    "s3:DeleteBucketLifecycle": "PutLifecycleConfiguration is the action",
    "s3:DeleteObject": "a statement of its own, on the objects",
    "s3:getObject": "another spelling; for an API definition in S3, which is not used",
    "s3:*TagResource": "for access points and the like; a bucket's tags are PutBucketTagging",
    "s3:UntagResource": "as TagResource",
    "s3:ListTagsForResource": "as TagResource",
    "sns:*DataProtectionPolicy": "the topic has none",
    "logs:*DataProtectionPolicy": "the log group has none",
    "logs:*Ind*Polic*": "the log group has none",
    "logs:*ResourcePolic*": "the log group has none",
    "logs:*KmsKey": "no customer managed key",
    "logs:CreateLogDelivery": "nothing is delivered elsewhere",
    "logs:PutBearerTokenAuthentication": "no bearer tokens",
    "logs:PutLogGroupDeletionProtection": "the log group is deleted with its stack",
    "cloudfront:*ConnectionGroup": "the distribution serves no tenants",
    "cloudfront:GetVpcOrigin": "its origins are public",
    "cloudfront:UpdateDistributionWithStagingConfig": "there is no staging distribution",
    "route53:GetChange": "has a statement of its own, on changes",
    "acm:UpdateCertificateOptions": "the options are not set",
}
"""Pattern of an action in a schema -> the reason why it is not needed. This does not apply to read handlers, which read
every property of a resource, whether it is set or not."""

NO_ACTIONS = {"apigateway:TagResource", "apigateway:UntagResource", "cloudfront:CreateDistributionWithTags"}
"""Actions in schemas that do not exist in IAM. API Gateway tags with POST, PUT and DELETE; creating a distribution with
tags requires CreateDistribution and TagResource. Source: Service Authorization Reference."""

FOR_A_BUDGET = ("billing:GetBillingViewData",)
"""What the handlers of an AWS Budget ask of another service."""

FOR_A_PLAN = ("cloudwatch:GetMetricData", "shield:ListProtections", "wafv2:AssociateWebACL")
"""What the handlers of a subscription and of a distribution with a web ACL ask of other services."""

OWN_CALLS: Mapping[str, tuple[str, ...]] = {
    "stack": (
        *(
            "cloudformation:CreateChangeSet",
            "cloudformation:DescribeChangeSet",
            "cloudformation:ExecuteChangeSet",
        ),
        *("cloudformation:DeleteChangeSet", "cloudformation:ListChangeSets", "cloudformation:DescribeStackEvents"),
        *("cloudformation:ListStackResources", "cloudformation:GetTemplate", "cloudformation:DeleteStack"),
        *("cloudformation:RollbackStack", "cloudformation:ContinueUpdateRollback", "cloudformation:DetectStackDrift"),
        *("cloudformation:DescribeStackResourceDrifts", "cloudformation:DetectStackResourceDrift"),
    ),
    "account": (
        *("cloudformation:DescribeStacks", "cloudformation:DescribeEvents"),
        *("cloudformation:DescribeStackDriftDetectionStatus", "s3:ListAllMyBuckets"),
        *("dynamodb:ListTables", "cloudwatch:DescribeAlarms", "cloudwatch:GetMetricStatistics"),
        *("cloudfront:ListDistributions", "lambda:GetAccountSettings", "sts:GetCallerIdentity"),
    ),
    "role": ("iam:PassRole",),
    "bucket": ("s3:ListBucket", "s3:ListBucketVersions"),
    "objects": (
        *("s3:GetObject", "s3:GetObjectVersion", "s3:PutObject", "s3:DeleteObject", "s3:DeleteObjectVersion"),
        "s3:AbortMultipartUpload",
    ),
    "table": (
        *("dynamodb:BatchGetItem", "dynamodb:DeleteItem", "dynamodb:GetItem", "dynamodb:PutItem"),
        *("dynamodb:Scan", "dynamodb:UpdateItem"),
    ),
    "distribution": ("cloudfront:CreateInvalidation", "cloudfront:GetInvalidation"),
    "function": ("lambda:GetFunctionConfiguration",),
    "logs": ("logs:FilterLogEvents",),
    "gateway": ("apigateway:GET",),
}
"""Kind of resource -> the actions of the calls in deployment/, and passing the role to the function. A test compares
them with the source."""


def handled(kinds: Iterable[str]) -> dict[str, list[str]]:
    """Return resource type (a key of SERVICE) -> the actions that CloudFormation needs to manage it.

    kinds: the types in the templates. Raises KeyError for a type that is missing in SERVICE.
    """
    # Imported here: importing cfn-lint takes seconds.
    from cfnlint.schema.manager import PROVIDER_SCHEMA_MANAGER

    found: dict[str, set[str]] = {}
    for kind in set(kinds):
        handlers = PROVIDER_SCHEMA_MANAGER.get_resource_schema("us-east-1", kind).schema.get("handlers", {})
        owner = PART_OF.get(kind, kind)
        for verb, handler in handlers.items():
            found.setdefault(owner, set()).update(
                action
                for action in handler["permissions"]
                if action.startswith(f"{SERVICE[owner]}:") and (verb == "read" or not _like(action, NOT_NEEDED))
            )
        found[owner] -= NO_ACTIONS
    return {kind: sorted(actions) for kind, actions in sorted(found.items())}


def _like(action: str, patterns: Iterable[str]) -> bool:
    return any(fnmatchcase(action, pattern) for pattern in patterns)
