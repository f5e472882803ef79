"""Emptying a bucket, and errors in a successful response of S3."""

from __future__ import annotations

from typing import Any

import pytest

from deployment.aws.bucket import DELETE_LIMIT, delete_objects, empty_bucket, read_bucket
from deployment.aws.target import Target
from errors import CloudError
from tests.deployment.fakes import FakeTarget


def make_bucket(aws: Target) -> Any:
    s3 = aws.client("s3")
    s3.create_bucket(Bucket="site", CreateBucketConfiguration={"LocationConstraint": "eu-central-1"})
    s3.put_bucket_versioning(Bucket="site", VersioningConfiguration={"Status": "Enabled"})
    return s3


def test_a_versioned_bucket_is_emptied_of_versions_and_delete_markers(aws: Target) -> None:
    s3 = make_bucket(aws)
    for content in (b"1", b"2"):
        s3.put_object(Bucket="site", Key="ü ber.html", Body=content)
    s3.delete_object(Bucket="site", Key="ü ber.html")
    s3.put_object(Bucket="site", Key="kept.html", Body=b"")
    empty_bucket("site", aws)
    left = s3.list_object_versions(Bucket="site")
    assert not left.keys() & {"Versions", "DeleteMarkers"}
    s3.delete_bucket(Bucket="site")


def test_an_empty_bucket_and_a_missing_one_are_empty(aws: Target) -> None:
    make_bucket(aws)
    empty_bucket("site", aws)
    empty_bucket("never-was", aws)
    assert read_bucket("site", aws) == {}


def test_a_bucket_is_read_with_sizes_and_dates(aws: Target) -> None:
    s3 = make_bucket(aws)
    s3.put_object(Bucket="site", Key="ü +.html", Body=b"12345")
    (listed,) = read_bucket("site", aws).values()
    assert (listed.size, listed.etag) == (5, "827ccb0eea8a706c4c34a16891f84e7b")
    assert listed.modified == s3.head_object(Bucket="site", Key="ü +.html")["LastModified"]


def test_a_missing_bucket_cannot_be_read(aws: Target) -> None:
    with pytest.raises(CloudError, match="bucket never-was"):
        read_bucket("never-was", aws)


class FakeS3:
    def __init__(self, *errors: dict[str, str]) -> None:
        self.sizes: list[int] = []
        self._errors = errors

    def delete_objects(self, Delete: dict[str, Any], **_: Any) -> dict[str, Any]:  # noqa: N803
        self.sizes.append(len(Delete["Objects"]))
        return {"Errors": list(self._errors)} if self._errors else {}


def test_no_request_exceeds_the_limit_of_s3() -> None:
    s3 = FakeS3()
    delete_objects("site", [{"Key": str(n)} for n in range(2 * DELETE_LIMIT + 1)], FakeTarget(clients={"s3": s3}))
    assert s3.sizes == [DELETE_LIMIT, DELETE_LIMIT, 1]


def test_deleting_nothing_sends_no_request() -> None:
    s3 = FakeS3()
    delete_objects("site", [], FakeTarget(clients={"s3": s3}))
    assert s3.sizes == []


def test_an_object_that_is_not_deleted_is_an_error_although_the_request_succeeds() -> None:
    s3 = FakeS3({"Key": "a.html", "Code": "AccessDenied", "Message": "Access Denied"})
    with pytest.raises(CloudError, match=r"a\.html: cannot be deleted: Access Denied"):
        delete_objects("site", [{"Key": "a.html"}], FakeTarget(clients={"s3": s3}))
