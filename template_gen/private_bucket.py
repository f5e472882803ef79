"""A bucket that nobody reads unasked: private, encrypted, versioned, over TLS only."""

from __future__ import annotations

from awacs import s3 as s3_action
from awacs.aws import Bool, Condition, Deny, PolicyDocument, Principal, Statement
from troposphere import AWSHelperFn, s3


def private_bucket(logical_id: str, old_version_days: int) -> s3.Bucket:
    """The bucket; versions that were replaced or deleted are kept for `old_version_days` days."""
    return s3.Bucket(
        logical_id,
        BucketEncryption=s3.BucketEncryption(
            ServerSideEncryptionConfiguration=[
                s3.ServerSideEncryptionRule(
                    ServerSideEncryptionByDefault=s3.ServerSideEncryptionByDefault(SSEAlgorithm="AES256")
                )
            ]
        ),
        LifecycleConfiguration=s3.LifecycleConfiguration(
            Rules=[
                s3.LifecycleRule(
                    Id="ExpireOldVersions",
                    Status="Enabled",
                    NoncurrentVersionExpiration=s3.NoncurrentVersionExpiration(NoncurrentDays=old_version_days),
                    AbortIncompleteMultipartUpload=s3.AbortIncompleteMultipartUpload(DaysAfterInitiation=1),
                )
            ]
        ),
        OwnershipControls=s3.OwnershipControls(Rules=[s3.OwnershipControlsRule(ObjectOwnership="BucketOwnerEnforced")]),
        PublicAccessBlockConfiguration=s3.PublicAccessBlockConfiguration(
            BlockPublicAcls=True, BlockPublicPolicy=True, IgnorePublicAcls=True, RestrictPublicBuckets=True
        ),
        VersioningConfiguration=s3.VersioningConfiguration(Status="Enabled"),
    )


def only_over_tls(bucket: AWSHelperFn, objects: AWSHelperFn, *more: Statement) -> PolicyDocument:
    """A bucket policy that refuses everyone who does not use TLS, and says what `more` says."""
    return PolicyDocument(
        Version="2012-10-17",
        Statement=[
            Statement(
                Sid="OnlyOverTls",
                Effect=Deny,
                Principal=Principal("*"),
                Action=[s3_action.Action("*")],
                Resource=[bucket, objects],
                Condition=Condition(Bool({"aws:SecureTransport": False})),
            ),
            *more,
        ],
    )
