"""A broadcast in segments, by several functions of the embedded cloud: every page is told every count once."""

from __future__ import annotations

from itertools import pairwise
from pathlib import Path

import pytest

from router.contract import tables
from tests.integration.sockets import Reader, with_readers
from tests.local_system import LocalSystem, wait_until

pytestmark = pytest.mark.cloud

READERS, PER_SEGMENT = 12, 3


def small_segments(project: Path) -> None:
    router = project / "template_gen/router.py"
    text = router.read_text()
    assert "SEGMENT_CONNECTIONS = 50_000" in text
    router.write_text(text.replace("SEGMENT_CONNECTIONS = 50_000", f"SEGMENT_CONNECTIONS = {PER_SEGMENT}"))


def ended_segments(system: LocalSystem) -> int:
    """Return the number of segments of the last round that have ended."""
    with system.clients() as client:
        dynamodb = client("dynamodb")
        table = next(name for name in dynamodb.list_tables()["TableNames"] if "VisitorCounts" in name)
        row = dynamodb.get_item(TableName=table, Key={tables.ID: {"S": tables.ONLINE}})["Item"]
    return int(row.get(tables.SEGMENTS_ENDED, {"N": "0"})["N"])


async def three_more_arrive(readers: list[Reader]) -> None:
    """One after the other, so that who is here is known when the last count is told."""
    for reader in readers:
        await reader.hello()
    for number in range(1, 4):
        async with readers[0].another(f"visitor-more-{number}") as one:
            await one.hello()
            for reader in readers:
                await reader.until_count(READERS + number)
    for reader in readers:
        counts = [message["count"] for message in reader.messages if "days" not in message]
        assert all(earlier <= later for earlier, later in pairwise(counts))


def test_every_page_is_told_by_one_of_several_functions(project: Path) -> None:
    small_segments(project)
    system = LocalSystem(project).ready()
    try:
        with_readers(system.socket_url, [f"visitor-{number:04}" for number in range(READERS)], three_more_arrive)
        wait_until(lambda: ended_segments(system) >= READERS // PER_SEGMENT, "a round in segments has ended")
    finally:
        assert system.end() in (0, 130)
    wait_until(lambda: not system.processes(), "nothing is left behind")
