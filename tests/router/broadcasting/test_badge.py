"""badge.svg is written when the count has changed, at most once a minute, and errors do not affect counting."""

from __future__ import annotations

import xml.etree.ElementTree as ET
from typing import TYPE_CHECKING

import pytest
from hypothesis import given
from hypothesis import strategies as st

from router.broadcasting import badge
from router.errors import BucketError
from router.handlers.sweep import SETTLED_SECONDS
from tests.router.fake_dynamodb import VISITS
from tests.router.rig import Rig, recorded

if TYPE_CHECKING:
    pass


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


def test_the_drawing() -> None:
    assert (
        badge.draw(1234).decode()
        == """<svg xmlns="http://www.w3.org/2000/svg" width="93" height="20" role="img" aria-label="visits: 1,234">\
<title>visits: 1,234</title>\
<rect width="93" height="20" rx="4" fill="#1f2933"/>\
<path d="M48 0H89a4 4 0 0 1 4 4v12a4 4 0 0 1-4 4H48z" fill="#0c6b60"/>\
<g fill="#fff" text-anchor="middle" font-family="Verdana,DejaVu Sans,sans-serif" font-size="11">\
<text x="24.0" y="14">visits</text><text x="70.5" y="14">1,234</text></g></svg>
"""
    )


def test_a_changed_count_is_written_once_a_minute(rig: Rig) -> None:
    set_count(rig, 1234)
    badge.refresh(rig.invocation())
    assert b"1,234" in rig.bucket.files["badge.svg"]
    assert rig.logged("badge_written")[0]["count"] == 1234
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
    rig.clock.now += SETTLED_SECONDS - 1
    rig.send(recorded("scheduled"))
    assert b"visits: 7" in rig.bucket.files["badge.svg"]
    rig.clock.now += 1
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
