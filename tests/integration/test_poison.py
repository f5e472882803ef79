"""A record that can never be counted, in the embedded cloud: it blocks nothing, is reported, and is not lost.

As of ministack 1.5.33, the emulator's event source mapping supports neither partial batch failures nor retries nor the
failure queue for a DynamoDB stream, and treats such a batch as done. `test_faults` simulates that part.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import closing
from typing import Any

import pytest

from template_gen import names
from tests.integration.sockets import Reader, with_readers
from tests.local_system import LocalSystem

pytestmark = pytest.mark.cloud
LONG_AGO = 1_000_000_000
BROKEN_DAY = "day#2001-09-09"


@pytest.fixture
def client(system: LocalSystem) -> Iterator[Any]:
    with system.clients() as make:
        yield make


def resources(client: Any) -> dict[str, str]:
    """Return logical ID -> physical ID."""
    cloudformation = client("cloudformation")
    rows = cloudformation.list_stack_resources(StackName="cloud-resume")["StackResourceSummaries"]
    return {row["LogicalResourceId"]: row["PhysicalResourceId"] for row in rows}


async def six(readers: list[Reader]) -> None:
    assert await readers[0].hello() == 6


def test_a_poisoned_visit_holds_up_nobody_and_is_counted_once_it_is_repaired(system: LocalSystem, client: Any) -> None:
    known = resources(client)
    dynamodb, table = client("dynamodb"), known[names.VISITOR_COUNTS]
    dynamodb.put_item(TableName=table, Item={"id": {"S": BROKEN_DAY}, "visits": {"S": "mended by hand"}})
    poisoned = {"id": {"S": "visit#poisoned"}, "arrivedAt": {"N": str(LONG_AGO)}, "uncounted": {"S": "poisoned"}}
    dynamodb.put_item(TableName=table, Item=poisoned)

    async def others_are_counted(readers: list[Reader]) -> None:
        for reader in readers:
            await reader.until_count(5)

    with_readers(system.socket_url, [f"healthy-{number}" for number in range(5)], others_are_counted)

    with closing(client("lambda")) as function:
        sweep = json.dumps({"source": "aws.events", "detail-type": "Scheduled Event"}).encode()
        refused = function.invoke(FunctionName=known[names.ROUTER], Payload=sweep)
        assert "1 visits cannot be counted" in refused["Payload"].read().decode()
        dynamodb.delete_item(TableName=table, Key={"id": {"S": BROKEN_DAY}})
        mended = json.loads(function.invoke(FunctionName=known[names.ROUTER], Payload=sweep)["Payload"].read())
        assert (mended["visits"], mended["rejected"]) == (1, 0)
    with_readers(system.socket_url, ["healthy-0"], six)
