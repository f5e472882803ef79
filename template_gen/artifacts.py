"""A small separate stack for uploads that must precede the main stack: the router's zip, a large template."""

from __future__ import annotations

from awacs import s3 as s3_action
from troposphere import GetAtt, Output, Ref, Sub, Template, s3

from settings import Settings
from template_gen import names
from template_gen.acceptance import Accepted
from template_gen.over_tls import only_over_tls
from template_gen.private_bucket import private_bucket
from template_gen.retention import dispose
from template_gen.tagging import tag_everything

OLD_VERSION_DAYS = 30
"""Keys hold a hash of the content, so an earlier version is only ever the same content again."""

ACCEPTED = [
    Accepted(
        (names.ARTIFACT_BUCKET,),
        ("CKV_AWS_18", "AwsSolutions-S1"),
        "only deploys and the router's daily backup write to it, and no visitor reads it; a log needs a second bucket",
    )
]


def generate_artifacts(settings: Settings) -> Template:
    """Return the template of the artifact stack: the bucket for the router's code and large templates."""
    template = Template(Description="What a deploy of the resume uploads first: the router's code and large templates")
    template.add_resource(dispose(private_bucket(names.ARTIFACT_BUCKET, OLD_VERSION_DAYS)))
    template.add_resource(
        s3.BucketPolicy(
            "ArtifactBucketPolicy",
            Bucket=Ref(names.ARTIFACT_BUCKET),
            PolicyDocument=only_over_tls(
                [s3_action.Action("*")],
                [GetAtt(names.ARTIFACT_BUCKET, "Arn"), Sub(f"${{{names.ARTIFACT_BUCKET}.Arn}}/*")],
            ),
        )
    )
    template.add_output(Output(names.ARTIFACT_BUCKET_NAME, Description="Holds them", Value=Ref(names.ARTIFACT_BUCKET)))
    tag_everything(template, settings)
    return template
