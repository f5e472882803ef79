"""After the table is lost, the count and its history are restored from the router's backup."""

from __future__ import annotations

import json
import re
from typing import Any

import pytest

from deployment.aws.bucket import read_bucket
from deployment.counter.backups import PREFIX, backup_bucket
from deployment.counter.count import CountTable
from settings import load
from template_gen import names
from tests.deployment.command import Command

pytestmark = pytest.mark.cloud

SWEEP = json.dumps({"source": "aws.events", "detail-type": "Scheduled Event"}).encode()


def sweep(command: Command) -> Any:
    function = command.outputs()[names.ROUTER_FUNCTION]
    answer = command.target.client("lambda").invoke(FunctionName=function, Payload=SWEEP)
    assert "FunctionError" not in answer, answer["Payload"].read()


def table(command: Command) -> CountTable:
    return CountTable(command.outputs()[names.VISITOR_COUNTS_TABLE], command.target)


def backed_up(command: Command) -> list[str]:
    return list(read_bucket(backup_bucket(load(command.settings), command.target), command.target, PREFIX))


def test_a_lost_table_is_restored_with_its_history(command: Command) -> None:
    assert command.deploy().returncode == 0
    nothing = command.run("count", "restore", "--yes")
    assert (nothing.returncode, "there are no backups" in nothing.stderr) == (2, True)

    history = {"2026-11-22": 1200, "2026-11-23": 34}
    table(command).add(1234, history)
    sweep(command)
    assert len(backed_up(command)) == 1
    own = command.run("count", "restore", "--yes")
    assert (own.returncode, "is of the present table" in own.stderr) == (2, True)
    assert re.search(r"count set .*1234", own.stderr)

    command.target.client("dynamodb").delete_table(TableName=table(command).name)
    destroyed = command.run("destroy", "--yes")
    assert destroyed.returncode == 0, destroyed.stderr
    assert "RETAIN  bucket" in destroyed.stdout
    assert "python3 build.py count restore" in destroyed.stdout
    assert len(backed_up(command)) == 1

    left = command.run("count", "backups")
    assert (left.returncode, " 1,234 " in left.stdout) == (0, True), left.stderr

    again = command.deploy()
    assert again.returncode == 0, again.stderr
    assert table(command).count() == 0
    table(command).add(5, {"2026-11-24": 5})  # visits of since
    sweep(command)
    assert len(backed_up(command)) == 2, "the new table's backup does not replace the old one's"

    listed = command.run("count", "backups")
    assert listed.returncode == 0, listed.stderr
    (lost,) = [line.split() for line in listed.stdout.splitlines() if " 1,234 " in line]
    wrong = command.run("count", "restore", "1999-01-01", "--yes")
    assert (wrong.returncode, "list them: python3 build.py count backups" in wrong.stderr) == (2, True), wrong.stderr

    restored = command.run("count", "restore", lost[0], "--yes")
    assert restored.returncode == 0, restored.stderr
    assert "the count was 5 and is now 1,239; 2 days of history added" in restored.stdout
    assert table(command).days([*history, "2026-11-24"]) == {**history, "2026-11-24": 5}
    twice = command.run("count", "restore", "--yes")
    assert "has already been restored" in twice.stdout
    assert table(command).count() == 1239

    gone = command.run("destroy", "--yes", "--delete-data")
    assert gone.returncode == 0, gone.stderr
    assert "with the backups of the count" in gone.stdout
    assert command.status("-artifacts") == ""
