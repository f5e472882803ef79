"""Execution of an upload plan: on moto, on a real emulator, with errors and interruptions."""

from __future__ import annotations

import tracemalloc
import uuid
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from deployment.aws.bucket import read_bucket
from deployment.aws.target import Target
from deployment.site.files import PART_SIZE, read_site
from deployment.site.headers import A_YEAR_IMMUTABLE
from deployment.site.invalidation import EVERYTHING
from deployment.site.manifest import manifest_key
from deployment.site.progress import UploadProgress
from deployment.site.upload import SitePlace, plan_site, publish
from deployment.site.upload_plan import FEW_FILES, UNFINISHED, UploadPlan
from errors import CloudError, OutputError, UsageError
from tests.deployment.fake_edge import Fuse, MemoryCloudFront, MemoryS3
from tests.deployment.fakes import FakeCloudFront, FakeTarget, refused
from tests.deployment.site.reluctant_s3 import reluctant_s3

NOW = datetime(2030, 6, 1, tzinfo=UTC)


class Site:
    """A folder, its bucket in a cloud, and a fake CloudFront."""

    def __init__(self, folder: Path, cloud: Target, bucket: str, cloudfront: FakeCloudFront | None = None) -> None:
        self.folder, self.cloudfront = folder, cloudfront or FakeCloudFront()
        self.s3 = cloud.client("s3")
        self.target = FakeTarget(clients={"s3": self.s3, "cloudfront": self.cloudfront})
        self.place = SitePlace(bucket, "E1", f"{bucket}-artifacts")

    def plan(self) -> UploadPlan:
        return plan_site(self.folder, self.place, self.target, now=NOW, keep_assets_days=30)

    def publish(self, **options: Any) -> UploadPlan:
        plan = self.plan()
        publish(plan, self.place, self.target, **options)
        return plan

    def head(self, key: str) -> Any:
        return self.s3.head_object(Bucket=self.place.bucket, Key=key)

    @property
    def keys(self) -> set[str]:
        return set(read_bucket(self.place.bucket, self.target))


def made(folder: Path, cloud: Target, cloudfront: FakeCloudFront | None = None) -> Site:
    """A site with its own buckets, not deployed yet."""
    there = Site(folder, cloud, f"site-{uuid.uuid4().hex[:12]}", cloudfront)
    where = {} if cloud.region == "us-east-1" else {"CreateBucketConfiguration": {"LocationConstraint": cloud.region}}
    for bucket in (there.place.bucket, there.place.artifacts):
        there.s3.create_bucket(Bucket=bucket, **where)
    return there


@pytest.fixture
def published(aws: Target, site: Path) -> Site:
    """A site that has been deployed once."""
    there = made(site, aws)
    there.publish()
    return there


def test_before_the_first_deploy_everything_is_new(aws: Target, site: Path) -> None:
    plan = plan_site(site, None, aws, now=NOW, keep_assets_days=30)
    assert [file.key for file in plan.new] == ["assets/app.0123456789ab.js", "style.css", "index.html"]
    assert plan.upload_size == sum(path.stat().st_size for path in site.rglob("*.*"))


def test_the_first_deploy_uploads_everything_and_invalidates_nothing(published: Site) -> None:
    assert published.keys == {"index.html", "style.css", "assets/app.0123456789ab.js"}
    assert published.cloudfront.invalidations == []
    asset = published.head("assets/app.0123456789ab.js")
    assert (asset["ContentType"], asset["CacheControl"]) == ("text/javascript; charset=utf-8", A_YEAR_IMMUTABLE)


def test_the_second_does_nothing(published: Site) -> None:
    written = published.s3.head_object(Bucket=published.place.artifacts, Key=manifest_key(published.place.bucket))
    plan = published.publish(wait=True)
    assert plan.empty
    assert not plan.record
    assert not published.cloudfront.invalidations
    assert not published.cloudfront.waited_for
    again = published.s3.head_object(Bucket=published.place.artifacts, Key=manifest_key(published.place.bucket))
    assert again["LastModified"] == written["LastModified"]


def test_awkward_names_and_empty_files_are_uploaded_once(published: Site) -> None:
    names = {"ü ber.html", "a+b&c%20.txt", "empty.html", "what?.html", "e\u0301.txt", "a/b c/ünd.svg"}
    for name in names:
        (published.folder / name).parent.mkdir(parents=True, exist_ok=True)
        (published.folder / name).write_text("" if name == "empty.html" else name)
    published.publish()
    assert names <= published.keys
    assert published.publish().empty
    for name in names:
        (published.folder / name).unlink()
    published.publish()
    assert not names & published.keys


def test_a_change_is_uploaded_and_its_paths_invalidated(published: Site) -> None:
    (published.folder / "index.html").write_text("<h1>Two</h1>")
    plan = published.publish(wait=True)
    assert [file.key for file in plan.changed] == ["index.html"]
    assert published.cloudfront.invalidations == [["/", "/index.html"]]
    assert published.cloudfront.waited_for == [("E1", "I1")]
    assert UNFINISHED not in published.keys


def test_headers_changed_by_hand_are_corrected(site: Path) -> None:
    """Not on moto, whose timestamps have a resolution of a second, like S3: the test would be too fast."""
    fuse = Fuse()
    s3 = MemoryS3(fuse)
    cloudfront = MemoryCloudFront(fuse, s3, "site")
    target = FakeTarget(clients={"s3": s3, "cloudfront": cloudfront})
    place = SitePlace("site", "E1", "artifacts")

    def deploy() -> UploadPlan:
        plan = plan_site(site, place, target, now=NOW, keep_assets_days=30)
        publish(plan, place, target)
        return plan

    deploy()
    s3.put_object(Bucket="site", Key="index.html", Body=b"<h1>One</h1>", ContentType="text/plain")
    assert [(upload.file.key, upload.reason) for upload in deploy().uploads] == [("index.html", "headers")]
    assert s3.head_object("site", "index.html")["ContentType"] == "text/html; charset=utf-8"
    assert cloudfront.invalidations == [["/", "/index.html"]]
    assert deploy().empty


@pytest.mark.parametrize("spoilt", [None, b"", b"{}", b'{"version": 1, "objects": []}'])
def test_a_lost_manifest_causes_requests_but_no_uploads(published: Site, spoilt: bytes | None) -> None:
    where = {"Bucket": published.place.artifacts, "Key": manifest_key(published.place.bucket)}
    if spoilt is None:
        published.s3.delete_object(**where)
    else:
        published.s3.put_object(**where, Body=spoilt)
    plan = published.publish()
    assert plan.empty
    assert plan.record
    assert not published.plan().record


def test_a_mass_deletion_needs_permission(published: Site) -> None:
    for number in range(FEW_FILES):
        (published.folder / f"{number}.html").touch()
    published.publish()
    for number in range(FEW_FILES):
        (published.folder / f"{number}.html").unlink()
    before = published.keys
    with pytest.raises(UsageError, match="10 of its 12 files would be deleted"):
        published.publish()
    assert published.keys == before
    published.publish(allow_mass_delete=True)
    assert published.keys == {"index.html", "style.css", "assets/app.0123456789ab.js"}


def test_a_deploy_killed_before_its_invalidation_is_completed_by_the_next(aws: Target, published: Site) -> None:
    (published.folder / "style.css").write_text("h1 { color: plum }")
    denied = refused("CreateInvalidation", "AccessDenied", "not authorized to perform: cloudfront:CreateInvalidation")
    dying = Site(published.folder, aws, published.place.bucket, FakeCloudFront(denied))
    with pytest.raises(CloudError, match="cloudfront:CreateInvalidation"):
        dying.publish()
    assert UNFINISHED in published.keys
    assert published.publish().uploads == ()
    assert published.cloudfront.invalidations == [[EVERYTHING]]
    assert published.publish().empty


def test_a_file_that_vanishes_is_reported(published: Site) -> None:
    (published.folder / "new.html").touch()
    plan = published.plan()
    (published.folder / "new.html").unlink()
    with pytest.raises(OutputError, match=r"new\.html"):
        publish(plan, published.place, published.target)


def test_a_file_that_changes_during_the_upload_is_uploaded_by_the_next_deploy(published: Site) -> None:
    (published.folder / "index.html").write_text("<h1>Two</h1>")
    plan = published.plan()
    (published.folder / "index.html").write_text("<h1>Three</h1>")
    publish(plan, published.place, published.target)
    (published.folder / "index.html").write_text("<h1>Two</h1>")
    assert [upload.reason for upload in published.publish().uploads] == ["content"]


class Counting(UploadProgress):
    """A progress that records the last counts."""

    def __init__(self) -> None:
        super().__init__(0)
        self.ended = False

    def end(self) -> None:
        self.ended = True


@pytest.fixture
def large(site: Path) -> Path:
    """A file slightly larger than two parts."""
    path = site / "film.mp4"
    with path.open("wb") as film:
        film.truncate(2 * PART_SIZE + 1)
    return path


@pytest.mark.cloud
def test_a_large_file_is_uploaded_in_parts_and_recognized(site: Path, large: Path, cloud: Target) -> None:
    there, progress = made(site, cloud), Counting()
    plan = there.publish(progress=progress)
    assert there.head("film.mp4")["ETag"].strip('"').endswith("-3")
    assert there.head("film.mp4")["ContentType"] == "video/mp4"
    assert (progress.files_arrived, progress.bytes_sent) == (4, plan.upload_size)
    assert progress.ended
    assert there.publish().empty
    with large.open("r+b") as film:
        film.write(b"x")
    assert [upload.reason for upload in there.publish().uploads] == ["content"]


@pytest.mark.cloud
def test_a_large_file_that_vanishes_is_reported_and_leaves_no_parts(site: Path, large: Path, cloud: Target) -> None:
    there = made(site, cloud)
    plan = there.plan()
    large.unlink()
    with pytest.raises(OutputError, match=r"film\.mp4"):
        publish(plan, there.place, there.target)
    assert not there.s3.list_multipart_uploads(Bucket=there.place.bucket).get("Uploads")


def test_a_large_file_is_not_held_in_memory(site: Path, large: Path) -> None:
    tracemalloc.start()
    try:
        assert read_site(site)[1].size == large.stat().st_size
        assert tracemalloc.get_traced_memory()[1] < PART_SIZE
    finally:
        tracemalloc.stop()


def uploads_only(plan: UploadPlan) -> UploadPlan:
    return UploadPlan(plan.uploads)


def test_throttling_is_retried_silently(site: Path) -> None:
    with reluctant_s3(503, 200) as s3:
        plan = plan_site(site, None, s3.target, now=NOW, keep_assets_days=30)
        publish(uploads_only(plan), SitePlace("site", "E1", "artifacts"), s3.target)
    assert sorted(s3.answered) == [*[200] * len(plan.uploads), 503]


def test_a_cut_connection_is_reported_with_the_file(site: Path) -> None:
    with reluctant_s3(200, 0) as s3:
        plan = plan_site(site, None, s3.target, now=NOW, keep_assets_days=30)
        with pytest.raises(CloudError, match=r"bucket site, style\.css") as caught:
            publish(uploads_only(plan), SitePlace("site", "E1", "artifacts"), s3.target)
        assert "check the network" in caught.value.next_step
