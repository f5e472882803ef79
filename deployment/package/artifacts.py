"""The artifact bucket, for files that must be uploaded before a stack update, with keys derived from their content."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from contextlib import contextmanager

from botocore.exceptions import ClientError

from console import SILENT, Reporter
from deployment.aws.bucket import delete_objects
from deployment.aws.errors import error_code, translated
from deployment.aws.target import Target
from deployment.package.router_zip import Package
from deployment.stack.change_sets import Change
from deployment.stack.required_output import required_after_deploy
from deployment.stack.stack import Stack
from deployment.stack.title import ARTIFACTS, title
from settings import Settings
from template_gen import names
from template_gen.artifacts import generate_artifacts
from template_gen.stack import to_json

TEMPLATE_BODY_LIMIT = 51_200
"""Maximum bytes of a template in a request; a larger template has to be in S3.
Source: CloudFormation quotas, AWS CloudFormation User Guide."""


def artifact_stack(settings: Settings, target: Target, reporter: Reporter = SILENT) -> Stack:
    """Return the stack with the artifact bucket."""
    return Stack(f"{settings.stack.name}{ARTIFACTS}", target, reporter)


def artifact_bucket(stack: Stack, settings: Settings) -> str:
    """Create or update the artifact stack if necessary, and return the name of the bucket. Raises CloudError."""
    change = Change(to_json(generate_artifacts(settings)), parameters={})
    return required_after_deploy(stack.apply(change).outputs, names.ARTIFACT_BUCKET_NAME, title(stack.name))


def upload_package(package: Package, bucket: str, target: Target) -> bool:
    """Upload the zip unless it exists. Return True if it was uploaded. Raises CloudError."""
    return _upload_once(bucket, package.key, package.content, target)


def template_url(text: str, bucket: str, target: Target) -> str:
    """Upload a template that is too large for a request and return its URL, else return ""."""
    content = text.encode()
    if len(content) <= TEMPLATE_BODY_LIMIT:
        return ""
    key = _template_key(text)
    _upload_once(bucket, key, content, target)
    # The client knows the S3 endpoint of every partition, and of an emulator.
    return f"{target.client('s3').meta.endpoint_url.rstrip('/')}/{bucket}/{key}"


@contextmanager
def temporary_template_url(text: str, bucket: str, target: Target, *, keep: bool) -> Iterator[str]:
    """Yield `template_url`, and afterwards delete the template unless it existed before or `keep` is true."""
    key = _template_key(text)
    large = len(text.encode()) > TEMPLATE_BODY_LIMIT
    uploaded = large and _upload_once(bucket, key, text.encode(), target)
    try:
        yield template_url(text, bucket, target)
    finally:
        if uploaded and not keep:
            _delete_versions(bucket, key, target)


def _delete_versions(bucket: str, key: str, target: Target) -> None:
    """Delete every version of an object."""
    with translated(f"artifact bucket {bucket}"):
        found = target.client("s3").list_object_versions(Bucket=bucket, Prefix=key).get("Versions", [])
    delete_objects(bucket, [{"Key": one["Key"], "VersionId": one["VersionId"]} for one in found], target)


def _template_key(text: str) -> str:
    return f"template/{hashlib.sha256(text.encode()).hexdigest()}.json"


def _upload_once(bucket: str, key: str, content: bytes, target: Target) -> bool:
    s3 = target.client("s3")
    with translated(f"artifact bucket {bucket}, {key}"):
        try:
            s3.head_object(Bucket=bucket, Key=key)
        except ClientError as exc:
            if error_code(exc) not in ("404", "NoSuchKey", "NotFound"):
                raise
            s3.put_object(Bucket=bucket, Key=key, Body=content)
            return True
    return False
