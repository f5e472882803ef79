"""The backup is written once a day per table, and errors do not affect counting."""

from __future__ import annotations

import json
import time
from pathlib import Path

import pytest

from deployment.counter.count_file import read_file
from router.counting import backup
from router.errors import BucketError
from router.items import DAY_SECONDS, Totals
from tests.router.fake_dynamodb import VISITS
from tests.router.faults import Fault, FaultyClient
from tests.router.rig import NOW, Rig, recorded


@pytest.fixture
def rig() -> Rig:
    made = Rig()
    made.environment["BACKUP_BUCKET"] = "artifacts"
    for number in range(3):
        made.connect(f"c{number}", f"visit-{number:08}")
    made.fold()
    return made


def test_the_format_of_a_backup(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TZ", "Asia/Tokyo")
    time.tzset()
    days = {"2026-11-29": 2, "2026-11-28": 1}
    try:
        content = backup.encode("8c2f", NOW, Totals(3, None, 0), days)
    finally:
        monkeypatch.undo()
        time.tzset()
    assert (
        content.decode()
        == """{
  "format": "cloud-resume count",
  "version": 1,
  "id": "8c2f",
  "exportedAt": "2026-11-29T23:33:20Z",
  "count": 3,
  "days": {
    "2026-11-28": 1,
    "2026-11-29": 2
  }
}
"""
    )


def test_a_backup_has_the_numbers_of_names(rig: Rig, tmp_path: Path) -> None:
    rig.environment["VISIT_NAMES"] = "blog"
    rig.connect("c9", "visit-00000009", name="blog")
    rig.fold()
    sweep(rig)
    ((_, content),) = rig.backups.files.items()
    (tmp_path / "count.json").write_bytes(content)
    assert read_file(tmp_path / "count.json").names == {"blog": 1}
    assert json.loads(content)["version"] == 2


def sweep(rig: Rig) -> None:
    rig.send(recorded("scheduled"))


def test_the_sweep_writes_a_file_that_can_be_imported(rig: Rig, tmp_path: Path) -> None:
    sweep(rig)
    ((key, content),) = rig.backups.files.items()
    table_id = rig.table.rows[VISITS]["backup"]["tableId"]["S"]
    assert key == f"backups/{table_id}/count.json"
    assert (rig.bucket.files, list(rig.backups.headers.values())) == ({}, [("application/json", "no-store")])
    (tmp_path / "count.json").write_bytes(content)
    counted = read_file(tmp_path / "count.json")
    assert (counted.id, counted.count, counted.days, counted.rows) == (table_id, 3, {"2026-11-29": 3}, ())
    assert rig.logged("backup_written")[0].items() >= {"count": 3, "days": 1}.items()
    assert b"visit-" not in content


def test_once_a_day_even_if_unchanged(rig: Rig) -> None:
    sweep(rig)
    rig.backups.files.clear()
    rig.connect("another", "visit-of-another")
    rig.fold()
    rig.clock.now += DAY_SECONDS - 1
    sweep(rig)
    assert not rig.backups.files
    rig.clock.now += 1
    sweep(rig)
    (content,) = rig.backups.files.values()
    assert json.loads(content)["count"] == 4
    rig.clock.now += DAY_SECONDS
    sweep(rig)
    assert len(rig.logged("backup_written")) == 3


def test_a_new_table_does_not_overwrite_the_backup_of_the_old_one(rig: Rig) -> None:
    sweep(rig)
    rig.table.rows[VISITS].clear()
    sweep(rig)
    assert len(rig.backups.files) == 1, "nothing was counted yet"
    rig.connect("new", "visit-of-the-new-table")
    rig.fold()
    sweep(rig)
    assert sorted(json.loads(content)["count"] for content in rig.backups.files.values()) == [1, 3]


def test_a_failed_upload_is_logged_and_retried_by_the_next_sweep(rig: Rig) -> None:
    rig.backups.fault = BucketError("PutObject: AccessDenied")
    sweep(rig)
    (line,) = rig.logged("backup_failed")
    assert (line["level"], line["reason"]) == ("ERROR", "PutObject: AccessDenied")
    assert rig.logged("swept")
    rig.backups.fault = None
    sweep(rig)
    assert rig.backups.files


def test_a_busy_store_or_no_time_skips_the_backup(rig: Rig) -> None:
    rig.client = FaultyClient(rig.table, [Fault.THROTTLED])
    backup.refresh(rig.invocation())
    assert rig.logged("backup_failed")
    rig.client, rig.clock.timeout = None, 0.0
    backup.refresh(rig.invocation())
    assert not rig.backups.files


def test_without_a_bucket_there_is_no_request(rig: Rig) -> None:
    rig.environment["BACKUP_BUCKET"] = ""
    calls = len(rig.table.calls)
    backup.refresh(rig.invocation())
    assert len(rig.table.calls) == calls
