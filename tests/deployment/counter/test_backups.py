"""Listing and restoring backups in a versioned bucket."""

from __future__ import annotations

from dataclasses import dataclass, field

import pytest

from deployment.aws.target import Target
from deployment.counter.backups import backups
from deployment.counter.command import CountPlace, list_backups, restore
from deployment.counter.count import CountTable
from errors import UsageError
from router.contract import files, tables
from router.counting.backup import encode
from router.items import Totals
from settings import Settings
from tests.deployment.conftest import MakeSettings
from tests.deployment.fakes import Lines

OWN, LOST, OLDER = "d" * 32, "b" * 32, "c" * 32
DAY, HOUR, START = 86_400, 3_600, 1_795_500_000  # 2026-11-24T06:00:00Z
DATES = ("2026-11-23", "2026-11-24", "2026-11-25")


@dataclass
class Account:
    """The stack's table, and a versioned bucket like the one of the artifact stack."""

    settings: Settings
    target: Target
    bucket: str = "artifacts"
    said: Lines = field(default_factory=Lines)

    def __post_init__(self) -> None:
        s3, region = self.target.client("s3"), {"LocationConstraint": self.target.resolved_region}
        s3.create_bucket(Bucket=self.bucket, CreateBucketConfiguration=region)
        s3.put_bucket_versioning(Bucket=self.bucket, VersioningConfiguration={"Status": "Enabled"})
        self.target.client("dynamodb").create_table(
            TableName="counts",
            AttributeDefinitions=[{"AttributeName": "id", "AttributeType": "S"}],
            KeySchema=[{"AttributeName": "id", "KeyType": "HASH"}],
            BillingMode="PAY_PER_REQUEST",
        )
        self.table = CountTable("counts", self.target)
        row = {tables.ID: {"S": tables.BACKUP}, tables.TABLE_ID: {"S": OWN}}
        self.target.client("dynamodb").put_item(TableName="counts", Item=row)

    def put(self, table_id: str, content: bytes) -> None:
        self.target.client("s3").put_object(Bucket=self.bucket, Key=files.backup_key(table_id), Body=content)

    def back_up(self, table_id: str, at: int, count: int) -> None:
        self.put(table_id, encode(table_id, at, Totals(count, None, 0), {"2026-11-01": count}))

    def count(self, action: str, value: str | None = None) -> list[str]:
        """Run the command and return its output."""
        account, before = self, len(self.said)

        class Here(CountPlace):
            def table(self) -> CountTable:
                return account.table

            def bucket(self) -> str:
                return account.bucket

        here = Here(self.settings, self.target)
        if action == "backups":
            list_backups(here, self.said)
        else:
            restore(value, here, self.said, lambda _: True)
        return "\n".join(self.said[before:]).splitlines()


@pytest.fixture
def account(aws: Target, make_settings: MakeSettings) -> Account:
    account = Account(make_settings(), aws)
    account.back_up(OLDER, START - 300 * DAY, 50)
    account.back_up(LOST, START - DAY, 1000)
    account.back_up(LOST, START, 1100)
    account.back_up(LOST, START + DAY, 3)  # after somebody had emptied the table
    account.back_up(OWN, START + DAY, 7)
    return account


def test_every_version_of_every_table_is_listed_with_its_time_and_count(account: Account) -> None:
    lines = [line.split() for line in account.count("backups")]
    assert lines[0] == ["written", "count", "days", "backup"]
    assert lines[1:-1] == [
        ["2026-01-28T06:00:00Z", "50", "1", files.backup_key(OLDER)],
        ["2026-11-23T06:00:00Z", "1,000", "1", files.backup_key(LOST)],
        ["2026-11-24T06:00:00Z", "1,100", "1", files.backup_key(LOST)],
        ["2026-11-25T06:00:00Z", "3", "1", files.backup_key(LOST)],
        ["2026-11-25T06:00:00Z", "7", "1", files.backup_key(OWN), "this", "table's", "own"],
    ]
    assert account.said[-1].endswith("python3 build.py count restore 2026-11-25T06:00:00Z")


def test_an_empty_list_has_a_reason(aws: Target, make_settings: MakeSettings) -> None:
    (line,) = Account(make_settings(), aws).count("backups")
    assert "there are no backups" in line


@pytest.mark.parametrize(
    ("wanted", "count"),
    [
        (None, 3),  # the newest
        ("2026-11-24", 1100),
        ("2026-11-23T06:00:00Z", 1000),
        ("2026-11-25", 3),  # the table's own of that day is not meant
        (files.backup_key(OLDER), 50),
        (files.backup_key(LOST), 3),
    ],
)
def test_a_backup_is_selected_by_its_time_or_key(account: Account, wanted: str | None, count: int) -> None:
    account.table.add(5)
    assert f"is now {count + 5:,}; 1 day of history added" in account.count("restore", wanted)[-1]
    assert account.table.count() == count + 5
    assert account.table.days(["2026-11-01"]) == {"2026-11-01": count}


@pytest.mark.parametrize(
    ("wanted", "words"),
    [
        ("2026-11-22", "no backup"),
        ("backups/none/count.json", "no backup"),
        ("yesterday", "no backup"),
        ("", "no backup"),
        (files.backup_key(OWN), "is of the present table"),
    ],
)
def test_an_invalid_selection_is_an_error_that_suggests_the_list(account: Account, wanted: str, words: str) -> None:
    with pytest.raises(UsageError, match=words) as refused:
        account.count("restore", wanted)
    assert "count backups" in str(refused.value) or "count set 7" in str(refused.value)
    assert account.table.count() == 0


def test_two_backups_of_one_day_need_the_whole_time(account: Account) -> None:
    account.back_up(LOST, START + HOUR, 1101)
    account.back_up(OLDER, START + 2 * HOUR, 60)
    with pytest.raises(UsageError, match=r"matches 3 backups: .*T06:00:00Z.*T07:00:00Z") as refused:
        account.count("restore", "2026-11-24")
    assert "count restore 2026-11-24T06:00:00Z" in str(refused.value)
    assert account.table.count() == 0


def test_a_second_backup_of_the_same_table_is_not_added(account: Account) -> None:
    account.count("restore", "2026-11-23")
    with pytest.raises(
        UsageError, match=r"another backup of the same table, with a count of 1,000, has already been restored"
    ):
        account.count("restore", "2026-11-24")
    assert "has already been restored" in account.count("restore", "2026-11-23")[-1]
    assert account.table.count() == 1000


def test_a_damaged_backup_is_reported_and_skipped(account: Account) -> None:
    account.put(LOST, b'{"count": -1}')
    lines = account.count("backups")
    assert f"skipped: artifact bucket {account.bucket}, {files.backup_key(LOST)}" in lines[0]
    assert '"count" is -1' in lines[0]
    assert len(lines) == 1 + 1 + 5 + 1
    assert [one.counted.count for one in backups(account.bucket, account.target, Lines())] == [50, 1000, 1100, 3, 7]
