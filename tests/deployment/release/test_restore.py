"""Restoring the objects of a site."""

from __future__ import annotations

from deployment.aws.target import Target
from deployment.release.release import Release, read_site_objects
from deployment.release.restore import restore_site
from deployment.site.invalidation import EVERYTHING
from tests.deployment.fakes import FakeCloudFront, FakeTarget


def test_only_a_changed_site_is_restored_and_invalidated(aws: Target) -> None:
    s3, cloudfront = aws.client("s3"), FakeCloudFront()
    s3.create_bucket(Bucket="site", CreateBucketConfiguration={"LocationConstraint": "eu-central-1"})
    s3.put_bucket_versioning(Bucket="site", VersioningConfiguration={"Status": "Enabled"})
    s3.put_object(Bucket="site", Key="index.html", Body=b"one")
    target = FakeTarget(clients={"s3": s3, "cloudfront": cloudfront})
    before = Release("", "", "{}", {}, "site", read_site_objects("site", target))
    assert restore_site(before, "E1", target) == 0
    assert cloudfront.invalidations == []

    s3.put_object(Bucket="site", Key="index.html", Body=b"two")
    s3.put_object(Bucket="site", Key="new.html", Body=b"new")
    s3.put_object(Bucket="site", Key="assets/app.0123456789ab.js", Body=b"an asset that loaded pages may still use")
    assert restore_site(before, "E1", target) == 2
    assert cloudfront.invalidations == [[EVERYTHING]]
    assert s3.get_object(Bucket="site", Key="index.html")["Body"].read() == b"one"
    assert read_site_objects("site", target).keys() == {"index.html", "assets/app.0123456789ab.js"}
    assert {one["Key"] for one in s3.list_objects_v2(Bucket="site")["Contents"]} == read_site_objects(
        "site", target
    ).keys()
