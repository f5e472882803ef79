"""What a deploy asks of AWS, by the kind of resource: what CloudFormation does for it, and what our own code does.

CloudFormation acts with the permissions of whoever deploys. What it needs for a type of resource stands in that type's
own schema, under `handlers`; cfn-lint ships those schemas. They name whatever any template could need, so what no
template of ours can lead to is left out, with the reason.
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
"""Types that are a part of another, so that their actions are on the other's ARN."""

SERVICE = {
    "AWS::S3::Bucket": "s3",
    "AWS::DynamoDB::Table": "dynamodb",
    "AWS::SQS::Queue": "sqs",
    "AWS::SNS::Topic": "sns",
    "AWS::Logs::LogGroup": "logs",
    "AWS::CloudWatch::Alarm": "cloudwatch",
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
"""Type -> the service whose actions it is made by. Actions of other services are for properties that ours do not have,
but for iam:PassRole and the records of a certificate, which have statements of their own."""

NOT_NEEDED = {
    "iam:AttachRolePolicy": "the role has an inline policy; with this one could attach AdministratorAccess to it",
    "iam:DetachRolePolicy": "as AttachRolePolicy",
    "iam:UpdateAssumeRolePolicy": "who may assume the role never changes; with this one could let anybody",
    "iam:*PermissionsBoundary": "the role has none, and one put there by an administrator stays",
    "iam:UpdateRole*": "the role has neither a description nor a session length of its own",
    "iam:PassRole": "has a statement of its own",
    "lambda:*CodeSigning*": "the code is not signed",
    "lambda:PutFunctionRecursionConfig": "Lambda's default is kept",
    "lambda:PutFunctionScalingConfig": "Lambda's default is kept",
    "lambda:PutRuntimeManagementConfig": "Lambda's default is kept",
    "lambda:*ProvisionedConcurrency*": "none is provisioned",
    "lambda:GetLayerVersion": "there are no layers",
    "lambda:PassCapacityProvider": "there is none",
    "lambda:AssociateRuntimeAlias": "Lambda's own aliases of runtimes are not used",
    "lambda:PublishVersion": "the alias is of $LATEST",
    "dynamodb:*Kinesis*": "no stream to Kinesis",
    "dynamodb:*Import*": "nothing is imported",
    "dynamodb:*TableReplica": "the tables are in one Region",
    "dynamodb:*ResourcePolicy": "the tables have none, and reading it is not needed without",
    "dynamodb:*Item": "for imports and replicas; `count` has its own",
    "dynamodb:Scan": "as *Item",
    "dynamodb:Query": "as *Item",
    "s3:*Analytics*": "a feature that our buckets do not have",
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
    "s3:getObject": "another spelling; a definition of the API from S3, which ours is not",
    "s3:*TagResource": "for access points and the like; a bucket's tags are PutBucketTagging",
    "s3:UntagResource": "as TagResource",
    "s3:ListTagsForResource": "as TagResource",
    "sns:*DataProtectionPolicy": "the topic has none",
    "logs:*DataProtectionPolicy": "the log group has none",
    "logs:*Ind*Polic*": "the log group has none",
    "logs:*ResourcePolic*": "the log group has none",
    "logs:*KmsKey": "no key of one's own",
    "logs:CreateLogDelivery": "nothing is delivered elsewhere",
    "logs:PutBearerTokenAuthentication": "no bearer tokens",
    "logs:PutLogGroupDeletionProtection": "the group goes with its stack",
    "cloudfront:*ConnectionGroup": "the distribution serves no tenants",
    "cloudfront:GetVpcOrigin": "its origins are public",
    "cloudfront:UpdateDistributionWithStagingConfig": "there is no staging distribution",
    "route53:GetChange": "has a statement of its own, on changes",
    "acm:UpdateCertificateOptions": "the options are not set",
}
"""Action of a schema, with * for anything -> why no deploy of ours asks for it. Reading is not among what is left out:
a read handler asks for all there is to a resource, whether the resource has it or not."""

NO_ACTIONS = {"apigateway:TagResource", "apigateway:UntagResource", "cloudfront:CreateDistributionWithTags"}
"""What schemas name and IAM does not know. API Gateway tags by POST, PUT and DELETE; a distribution that is made with
tags takes CreateDistribution and TagResource. Source: Service Authorization Reference."""

OWN_CALLS: Mapping[str, tuple[str, ...]] = {
    "stack": (
        *("cloudformation:CreateChangeSet", "cloudformation:DescribeChangeSet", "cloudformation:ExecuteChangeSet"),
        *("cloudformation:DeleteChangeSet", "cloudformation:ListChangeSets", "cloudformation:DescribeStackEvents"),
        *("cloudformation:ListStackResources", "cloudformation:GetTemplate", "cloudformation:DeleteStack"),
        *("cloudformation:RollbackStack", "cloudformation:ContinueUpdateRollback", "cloudformation:DetectStackDrift"),
        *("cloudformation:DescribeStackResourceDrifts", "cloudformation:DetectStackResourceDrift"),
    ),
    "account": (
        *("cloudformation:DescribeStacks", "cloudformation:DescribeStackDriftDetectionStatus", "s3:ListAllMyBuckets"),
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
"""What of AWS -> the actions that deployment/ itself asks for on it, and handing the role to the function. A test holds
this to the calls in its source."""


def handled(kinds: Iterable[str]) -> dict[str, list[str]]:
    """Kind of resource (a key of SERVICE) -> the actions CloudFormation takes to make, read, change, list, delete it.

    kinds: the types in the templates. A KeyError names one that is not known here.
    """
    # Imported here: it takes seconds, which only whoever asks for permissions owes.
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
