"""Content-addressed uploads, and the URL of a template that is too large for a request."""

from __future__ import annotations

import pytest

from deployment.aws.target import Target
from deployment.package.artifacts import TEMPLATE_BODY_LIMIT, template_url, upload_package
from deployment.package.router_zip import Package
from errors import CloudError

PACKAGE = Package(b"zip", "abc")
LARGE = "ü" * (TEMPLATE_BODY_LIMIT // 2) + "."


def test_the_same_content_is_uploaded_once(aws: Target) -> None:
    s3 = aws.client("s3")
    s3.create_bucket(Bucket="artifacts", CreateBucketConfiguration={"LocationConstraint": "eu-central-1"})
    assert upload_package(PACKAGE, "artifacts", aws)
    assert not upload_package(PACKAGE, "artifacts", aws)
    assert s3.get_object(Bucket="artifacts", Key="router/abc.zip")["Body"].read() == b"zip"


def test_a_bucket_that_was_deleted_by_hand_is_named(aws: Target) -> None:
    with pytest.raises(CloudError, match=r"bucket artifacts, router/abc\.zip: .*does not exist"):
        upload_package(PACKAGE, "artifacts", aws)


def test_a_template_within_the_limit_is_passed_in_the_request(aws: Target) -> None:
    assert template_url("ü" * (TEMPLATE_BODY_LIMIT // 2), "artifacts", aws) == ""


def test_a_larger_one_is_uploaded_and_passed_by_url(aws: Target) -> None:
    s3 = aws.client("s3")
    s3.create_bucket(Bucket="artifacts", CreateBucketConfiguration={"LocationConstraint": "eu-central-1"})
    url = template_url(LARGE, "artifacts", aws)
    assert url.startswith("https://s3.eu-central-1.amazonaws.com/artifacts/template/")
    key = url.removeprefix("https://s3.eu-central-1.amazonaws.com/artifacts/")
    assert s3.get_object(Bucket="artifacts", Key=key)["Body"].read() == LARGE.encode()


@pytest.mark.cloud
def test_the_url_of_a_template_in_an_emulator(cloud: Target, endpoint: str) -> None:
    cloud.client("s3").create_bucket(Bucket="artifacts")
    slashed = Target("us-east-1", f"{endpoint}/", access_key="test", secret_key="test")
    for target in (cloud, slashed):
        assert template_url(LARGE, "artifacts", target).startswith(f"{endpoint}/artifacts/template/")
