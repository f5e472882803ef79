"""Explanations of CloudFormation's status reasons."""

from __future__ import annotations

import pytest

from deployment.stack.causes import explain


@pytest.mark.parametrize(
    ("reason", "likely", "next_step"),
    [
        (
            "User: arn:aws:iam::1:user/me is not authorized to perform: cloudfront:CreateDistribution on resource: *",
            "is not allowed to perform cloudfront:CreateDistribution",
            "allow cloudfront:CreateDistribution",
        ),
        (
            (
                "You can't delete this distribution while it's subscribed to a pricing plan. Cancel the pricing plan, "
                "then you can delete the distribution. (Service: CloudFront, Status Code: 412)"
            ),
            "subscribed to CloudFront's plan",
            "from the first of the next month",
        ),
        (
            (
                "You can't remove or replace the web ACL for your distribution. Distributions with a pricing plan "
                "subscription must have a web ACL resource. (Service: CloudFront, Status Code: 400)"
            ),
            "subscribed to CloudFront's plan",
            "cancel the plan in the CloudFront console",
        ),
        (
            "cv-bucket already exists (Service: S3, Status Code: 409, BucketAlreadyExists)",
            "bucket name is taken",
            "stack.name",
        ),
        (
            "Resource of type 'AWS::Logs::LogGroup' with identifier '{\"/aws/lambda/cv\"}' already exists. LogGroup",
            "log group is left over",
            "delete-log-group",
        ),
        (
            "OriginAccessControlAlreadyExists: An origin access control with the same name already exists",
            "origin access control of that name is left over",
            "delete-origin-access-control",
        ),
        (
            "One or more of the CNAMEs you provided are already associated with a different resource.",
            "alias of another distribution",
            "list-conflicting-aliases",
        ),
        (
            "Invalid request provided: The specified SSL certificate doesn't exist, isn't in us-east-1 region",
            "certificate in us-east-1",
            "domain.certificate_arn",
        ),
        (
            "No hosted zone found with ID: Z012 (Service: Route53, Code: NoSuchHostedZone)",
            "not in this account",
            "list-hosted-zones",
        ),
        ("[RRSet with DNS name a.org. is not permitted in zone b.org.]", "another domain", "hosted_zone"),
        ("Distribution limit exceeded: TooManyDistributions", "quota", "Service Quotas"),
        (
            "Your account must be verified before you can add new CloudFront resources",
            "verified the account",
            "AWS Support",
        ),
        (
            "Error occurred while GetObject. S3 Error Code: NoSuchKey",
            "zip is no longer in the artifact bucket",
            "deploy again",
        ),
        ("Rate exceeded (Service: Lambda, Status Code: 429)", "throttled", "wait a minute"),
        ("The bucket you tried to delete is not empty", "objects were added", "build.py destroy"),
        ("cv-security already exists (Service: Foo)", "left over", "Import resources"),
        ("Resource Distribution did not stabilize", "error with Distribution", "deploy again"),
    ],
)
def test_a_reason_is_explained(reason: str, likely: str, next_step: str) -> None:
    explained = explain(reason, "Distribution")
    assert explained is not None
    assert likely in explained.likely
    assert next_step in explained.next_step


@pytest.mark.parametrize("reason", ["", "Property validation failure", "S3 key does not exist", "{odd} braces"])
def test_an_unknown_reason_has_no_explanation(reason: str) -> None:
    assert explain(reason) is None
