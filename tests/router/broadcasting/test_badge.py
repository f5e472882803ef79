"""badge.svg is written when the count has changed, at most once a minute, and errors do not affect counting."""

from __future__ import annotations

import xml.etree.ElementTree as ET
from typing import TYPE_CHECKING, Any

import pytest
from botocore.exceptions import ClientError, EndpointConnectionError
from hypothesis import given
from hypothesis import strategies as st

from router.aws.s3 import S3Bucket
from router.broadcasting import badge
from router.errors import BucketError
from tests.router.fake_dynamodb import VISITS
from tests.router.rig import Rig, recorded

if TYPE_CHECKING:
    from mypy_boto3_s3.client import S3Client


@pytest.fixture
def rig() -> Rig:
    made = Rig()
    made.environment["SITE_BUCKET"] = "site-bucket"
    return made


def set_count(rig: Rig, count: int) -> None:
    rig.table.rows[VISITS]["visitorCount"] = {"id": {"S": "visitorCount"}, "currentCount": {"N": str(count)}}


@given(st.integers(0, 10**15))
def test_it_is_well_formed_and_wide_enough(count: int) -> None:
    root = ET.fromstring(badge.draw(count))  # noqa: S314 - our own text
    assert root.attrib["aria-label"] == f"visits: {count:,}"
    assert float(root.attrib["width"]) > 48 + 6 * len(f"{count:,}")
    assert b"<style" not in badge.draw(count)
    assert b"style=" not in badge.draw(count)


def test_a_changed_count_is_written_once_a_minute(rig: Rig) -> None:
    set_count(rig, 1234)
    badge.refresh(rig.invocation())
    assert b"1,234" in rig.bucket.files["badge.svg"]
    assert rig.bucket.headers == {"type": "image/svg+xml", "cache": "public, max-age=60, s-maxage=60"}
    set_count(rig, 1235)
    rig.clock.now += 59
    badge.refresh(rig.invocation())
    assert b"1,234" in rig.bucket.files["badge.svg"]
    rig.clock.now += 1
    badge.refresh(rig.invocation())
    assert b"1,235" in rig.bucket.files["badge.svg"]


def test_an_unchanged_count_is_not_written(rig: Rig) -> None:
    badge.refresh(rig.invocation())
    rig.bucket.files.clear()
    rig.clock.now += 3600
    badge.refresh(rig.invocation())
    assert rig.bucket.files == {}


def test_a_broadcast_and_a_sweep_update_it(rig: Rig) -> None:
    set_count(rig, 7)
    rig.send(recorded("stream_count"))
    assert b"visits: 7" in rig.bucket.files["badge.svg"]
    set_count(rig, 8)
    rig.send(recorded("scheduled"))
    assert b"visits: 8" in rig.bucket.files["badge.svg"]


def test_an_error_is_logged_and_does_not_affect_the_broadcast(rig: Rig) -> None:
    set_count(rig, 7)
    rig.bucket.fault = BucketError("PutObject: AccessDenied")
    assert rig.send(recorded("stream_count")) == {"batchItemFailures": []}
    (line,) = rig.logged("badge_failed")
    assert (line["level"], line["reason"]) == ("WARNING", "PutObject: AccessDenied")
    rig.bucket.fault = None
    badge.refresh(rig.invocation())
    assert b"visits: 7" in rig.bucket.files["badge.svg"]


def test_without_a_bucket_there_is_no_badge() -> None:
    rig = Rig()
    badge.refresh(rig.invocation())
    assert (rig.bucket.files, rig.table.calls) == ({}, [])


@pytest.mark.parametrize(
    ("error", "text"),
    [
        (ClientError({"Error": {"Code": "AccessDenied", "Message": "secret"}}, "PutObject"), "PutObject: AccessDenied"),
        (EndpointConnectionError(endpoint_url="https://s3"), "PutObject: EndpointConnectionError"),
    ],
)
def test_errors_of_s3_are_translated(error: Exception, text: str) -> None:
    class Failing:
        def put_object(self, **_: Any) -> None:
            raise error

    client: S3Client = Failing()  # type: ignore[assignment]
    with pytest.raises(BucketError, match=text):
        S3Bucket(client, "site").put("badge.svg", b"", content_type="", cache_control="")
