"""badge.svg and count.json are written when they have changed, at most once a minute, and errors do not affect
counting."""

from __future__ import annotations

import json
from typing import Any

import pytest

from router.broadcasting import site_files
from router.errors import BucketError
from router.items import Totals
from tests.router.fake_dynamodb import VISITS
from tests.router.rig import Rig, recorded


@pytest.fixture
def rig() -> Rig:
    made = Rig()
    made.environment["SITE_BUCKET"] = "site-bucket"
    return made


def refresh(rig: Rig) -> None:
    site_files.refresh(rig.store.broadcasts.totals(), rig.invocation())


def set_count(rig: Rig, count: int) -> None:
    rig.table.rows[VISITS]["visitorCount"] = {"id": {"S": "visitorCount"}, "currentCount": {"N": str(count)}}


def count_json(rig: Rig) -> Any:
    return json.loads(rig.bucket.files["count.json"])


def test_a_changed_count_is_written_once_a_minute(rig: Rig) -> None:
    set_count(rig, 1234)
    refresh(rig)
    assert b"1,234" in rig.bucket.files["badge.svg"]
    assert count_json(rig) == {"count": 1234, "at": "2026-11-29T23:33:20Z"}
    assert rig.logged("badge_written")[0]["count"] == 1234
    assert rig.bucket.headers["badge.svg"] == ("image/svg+xml", "public, max-age=60, s-maxage=60")
    assert rig.bucket.headers["count.json"] == ("application/json", "public, max-age=60, s-maxage=60")
    set_count(rig, 1235)
    rig.clock.now += 59
    refresh(rig)
    assert b"1,234" in rig.bucket.files["badge.svg"]
    rig.clock.now += 1
    refresh(rig)
    assert b"1,235" in rig.bucket.files["badge.svg"]
    assert count_json(rig) == {"count": 1235, "at": "2026-11-29T23:34:20Z"}


def test_an_unchanged_count_is_not_written(rig: Rig) -> None:
    refresh(rig)
    assert count_json(rig)["count"] == 0
    rig.bucket.files.clear()
    rig.clock.now += 3600
    refresh(rig)
    assert rig.bucket.files == {}


def test_another_look_is_written_although_the_count_is_the_same(rig: Rig) -> None:
    refresh(rig)
    rig.environment |= {"BADGE_LABEL": "readers", "BADGE_COLOR": "#aa0000", "BADGE_STYLE": "for-the-badge"}
    rig.clock.now += 60
    refresh(rig)
    assert b"READERS" in rig.bucket.files["badge.svg"]
    assert b"#aa0000" in rig.bucket.files["badge.svg"]


def test_a_broadcast_and_a_sweep_update_them(rig: Rig) -> None:
    set_count(rig, 7)
    rig.send(rig.count_event())
    assert b"visits: 7" in rig.bucket.files["badge.svg"]
    set_count(rig, 8)
    rig.clock.now += site_files.SETTLED_SECONDS - 1
    rig.send(recorded("scheduled"))
    assert count_json(rig)["count"] == 7
    rig.clock.now += 1
    rig.send(recorded("scheduled"))
    assert count_json(rig)["count"] == 8


def test_an_error_is_logged_and_does_not_affect_the_broadcast(rig: Rig) -> None:
    set_count(rig, 7)
    rig.bucket.fault = BucketError("PutObject: AccessDenied")
    assert rig.send(rig.count_event()) == {"batchItemFailures": []}
    (line,) = rig.logged("badge_failed")
    assert (line["level"], line["reason"]) == ("WARNING", "PutObject: AccessDenied")
    rig.bucket.fault = None
    refresh(rig)
    assert b"visits: 7" in rig.bucket.files["badge.svg"]


def test_without_a_bucket_there_are_no_files() -> None:
    rig = Rig()
    site_files.refresh(Totals(1, 1, 1), rig.invocation())
    assert (rig.bucket.files, rig.table.calls) == ({}, [])
