"""The bucket that holds the site, read by this one distribution only."""

from __future__ import annotations

from awacs import s3 as s3_action
from awacs.aws import Allow, Condition, Principal, Statement, StringEquals
from troposphere import GetAtt, Ref, Sub, Template, s3

from settings import Settings
from template_gen import names
from template_gen.acceptance import Accepted
from template_gen.over_tls import only_over_tls
from template_gen.private_bucket import private_bucket
from template_gen.retention import retain_data

OLD_VERSION_DAYS = 30
"""A site is a few hundred kilobytes: a month of earlier versions costs nothing and undoes a bad deploy."""

ACCEPTED = [
    Accepted(
        (names.SITE_BUCKET,),
        ("CKV_AWS_18", "AwsSolutions-S1"),
        "only the distribution reads it, and a log of that would say what docs/privacy.md promises not to keep",
    )
]


def add(template: Template, settings: Settings) -> None:
    """Add the site's bucket, which only the distribution may read, only over TLS."""
    template.add_resource(retain_data(private_bucket(names.SITE_BUCKET, OLD_VERSION_DAYS), settings))
    bucket, objects = GetAtt(names.SITE_BUCKET, "Arn"), Sub(f"${{{names.SITE_BUCKET}.Arn}}/*")
    template.add_resource(
        s3.BucketPolicy(
            "SiteBucketPolicy",
            Bucket=Ref(names.SITE_BUCKET),
            PolicyDocument=only_over_tls(
                [s3_action.Action("*")],
                [bucket, objects],
                _this_distribution("ThisDistributionReads", s3_action.GetObject, objects),
                # With it a missing file is S3's 404 and gets the site's 404 page. Without it S3 says 403, and to turn
                # that into the 404 page would hide the router's own 403 to a foreign origin. A reader cannot list:
                # the cache policy forwards no query string, and "/" is the default root object.
                _this_distribution("ThisDistributionTellsMissing", s3_action.ListBucket, bucket),
            ),
        )
    )


def _this_distribution(sid: str, action: s3_action.Action, resource: object) -> Statement:
    distribution = f"arn:${{AWS::Partition}}:cloudfront::${{AWS::AccountId}}:distribution/${{{names.DISTRIBUTION}}}"
    return Statement(
        Sid=sid,
        Effect=Allow,
        Principal=Principal("Service", "cloudfront.amazonaws.com"),
        Action=[action],
        Resource=[resource],
        Condition=Condition(StringEquals({"AWS:SourceArn": Sub(distribution)})),
    )
