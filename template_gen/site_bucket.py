"""The bucket that holds the site: private, encrypted, versioned, and read by this one distribution only."""

from __future__ import annotations

from awacs import s3 as s3_action
from awacs.aws import Allow, Bool, Condition, Deny, PolicyDocument, Principal, Statement, StringEquals
from troposphere import GetAtt, Ref, Sub, Template, s3

from settings import Settings
from template_gen import names
from template_gen.retention import retain_data

OLD_VERSION_DAYS = 30
"""A site is a few hundred kilobytes: a month of earlier versions costs nothing and undoes a bad deploy."""


def add(template: Template, settings: Settings) -> None:
    template.add_resource(retain_data(_bucket(), settings))
    template.add_resource(s3.BucketPolicy("SiteBucketPolicy", Bucket=Ref(names.SITE_BUCKET), PolicyDocument=_policy()))


def _bucket() -> s3.Bucket:
    return s3.Bucket(
        names.SITE_BUCKET,
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
                    NoncurrentVersionExpiration=s3.NoncurrentVersionExpiration(NoncurrentDays=OLD_VERSION_DAYS),
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


def _policy() -> PolicyDocument:
    bucket, objects = GetAtt(names.SITE_BUCKET, "Arn"), Sub(f"${{{names.SITE_BUCKET}.Arn}}/*")
    this_distribution = Condition(
        StringEquals(
            {
                "AWS:SourceArn": Sub(
                    f"arn:${{AWS::Partition}}:cloudfront::${{AWS::AccountId}}:distribution/${{{names.DISTRIBUTION}}}"
                )
            }
        )
    )
    cloudfront = Principal("Service", "cloudfront.amazonaws.com")
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
            Statement(
                Sid="ThisDistributionReads",
                Effect=Allow,
                Principal=cloudfront,
                Action=[s3_action.GetObject],
                Resource=[objects],
                Condition=this_distribution,
            ),
            # With it a missing file is S3's 404 and gets the site's 404 page. Without it S3 says 403, and to turn
            # that into the 404 page would hide the router's own 403 to a foreign origin. A reader cannot list: the
            # cache policy forwards no query string, and "/" is the default root object.
            Statement(
                Sid="ThisDistributionTellsMissing",
                Effect=Allow,
                Principal=cloudfront,
                Action=[s3_action.ListBucket],
                Resource=[bucket],
                Condition=this_distribution,
            ),
        ],
    )
