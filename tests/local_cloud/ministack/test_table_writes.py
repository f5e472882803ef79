"""Whatever writes to the visits table of the real emulator is kept, as it then stands in the table."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import Any

import pytest

from local_cloud.background import in_background
from local_cloud.emulator import Emulator
from local_cloud.visits import kept
from tests.local_cloud.sample_rows import count, visit
from tests.local_cloud.test_emulator import TABLE, make_table, with_emulator

KEY = {"id": {"S": "visit#a"}}
SET = {"UpdateExpression": "SET arrivedAt = :n", "ExpressionAttributeValues": {":n": {"N": "5"}}}
WRITES: dict[str, Callable[[Any], Any]] = {
    "put": lambda client: client.put_item(TableName=TABLE, Item=visit("b")),
    "update": lambda client: client.update_item(TableName=TABLE, Key=KEY, **SET),
    "update that makes a row": lambda client: client.update_item(TableName=TABLE, Key={"id": {"S": "day#1"}}, **SET),
    "delete": lambda client: client.delete_item(TableName=TABLE, Key=KEY),
    "batch": lambda client: client.batch_write_item(
        RequestItems={TABLE: [{"PutRequest": {"Item": visit("c")}}, {"DeleteRequest": {"Key": KEY}}]}
    ),
    "transaction": lambda client: client.transact_write_items(
        TransactItems=[
            {"Put": {"TableName": TABLE, "Item": count(2)}},
            {"Update": {"TableName": TABLE, "Key": KEY, "UpdateExpression": "REMOVE uncounted"}},
            {"Delete": {"TableName": TABLE, "Key": {"id": {"S": "visit#gone"}}}},
        ]
    ),
    "statement": lambda client: client.execute_statement(Statement="DELETE FROM \"Visits\" WHERE id = 'visit#a'"),
}


def by_key(rows: list[Any]) -> dict[str, Any]:
    return {row["id"]["S"]: row for row in rows}


def test_every_kind_of_write_is_kept_when_it_is_answered(tmp_path: Path) -> None:
    async def act(running: Emulator) -> None:
        client = await in_background(lambda: make_table(running.access))
        await running.keep(TABLE)
        for name, write in WRITES.items():
            for row in (visit("a", uncounted=True), visit("gone"), count(1)):
                await in_background(partial(client.put_item, TableName=TABLE, Item=row))
            before = by_key(kept.read(tmp_path / "visits.json"))
            await in_background(partial(write, client))
            after = by_key(kept.read(tmp_path / "visits.json"))
            assert after != before, name
            assert after == by_key((await in_background(lambda: client.scan(TableName=TABLE)))["Items"]), name

    with_emulator(tmp_path, act)


def test_a_transaction_is_one_line_and_what_is_refused_is_none(tmp_path: Path) -> None:
    async def act(running: Emulator) -> None:
        client = await in_background(lambda: make_table(running.access))
        await running.keep(TABLE)
        put = [{"Put": {"TableName": TABLE, "Item": row}} for row in (count(1), visit("a"))]
        await in_background(lambda: client.transact_write_items(TransactItems=put))
        journal = kept.journal_path(tmp_path / "visits.json", 1)
        assert len(journal.read_text().splitlines()) == 1
        once = {"TableName": TABLE, "Item": visit("a"), "ConditionExpression": "attribute_not_exists(id)"}
        with pytest.raises(client.exceptions.ConditionalCheckFailedException):
            await in_background(lambda: client.put_item(**once))
        assert len(journal.read_text().splitlines()) == 1

    with_emulator(tmp_path, act)
