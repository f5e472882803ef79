"""The steps of a tiny budget on the embedded cloud, as a user sees them: `build.py local` and a crowd.

Visitors come one after the other and stay, and each of them says something now and then. Once sockets are refused they
try again every few seconds, until a new month of the budget lets them in. Printed are the lines of `local`, and what
the crowd saw.

Usage: python -m benchmarks.budget [DOLLARS [SECONDS OF A MONTH]]        (0.0001, 120)
"""

from __future__ import annotations

import asyncio
import json
import sys
import tempfile
import time
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path
from urllib.request import urlopen

import aiohttp

from router.contract import tables
from tests.integration.sockets import Reader
from tests.local_system import LocalSystem, copy_project

ARRIVALS_SECONDS = 2.0
AGAIN_SECONDS = 10.0
TALKERS = 3


@dataclass
class Seen:
    """What the crowd saw. pages: the HTTP statuses of the page. live: the values in count.json while it was refused."""

    admitted: int = 0
    refused: int = 0
    recovered: int = 0
    count: int = 0
    pages: set[int] = field(default_factory=set)
    live: set[object] = field(default_factory=set)
    readers: list[Reader] = field(default_factory=list)


def prepared(folder: Path, dollars: str) -> Path:
    """Return a copy of the project with this budget."""
    project = copy_project(folder / "project")
    settings = project / "settings.toml"
    settings.write_text(settings.read_text().replace("dollars_a_month = 5 ", f"dollars_a_month = {dollars} "))
    return project


async def crowd(system: LocalSystem, seen: Seen, month: float) -> None:
    """Come until refused, and then until let in again in another month."""
    async with aiohttp.ClientSession() as session:
        ends = time.monotonic() + 3 * month
        while time.monotonic() < ends and not seen.recovered:
            await _one_more(session, system, seen)
            await _talk(seen)
            await asyncio.to_thread(_look, system, seen)
            await asyncio.sleep(AGAIN_SECONDS if seen.refused and not seen.recovered else ARRIVALS_SECONDS)
        await asyncio.sleep(ARRIVALS_SECONDS)
        seen.count = await asyncio.to_thread(stored_count, system)
        for reader in seen.readers:
            await reader.socket.close()


def stored_count(system: LocalSystem) -> int:
    """Return the count in the table."""
    with system.clients() as client:
        (table,) = (name for name in client("dynamodb").list_tables()["TableNames"] if "isitor" in name)
        row = client("dynamodb").get_item(TableName=table, Key={tables.ID: {"S": tables.VISITOR_COUNT}})["Item"]
    return int(row[tables.CURRENT_COUNT]["N"])


async def _one_more(session: aiohttp.ClientSession, system: LocalSystem, seen: Seen) -> None:
    try:
        reader = await Reader(session, system.socket_url, f"visitor-{seen.admitted:06}").__aenter__()
    except aiohttp.WSServerHandshakeError:
        seen.refused += 1
        return
    seen.admitted += 1
    seen.recovered += bool(seen.refused)
    seen.readers.append(reader)
    await reader.socket.send_str('{"action":"hello"}')


async def _talk(seen: Seen) -> None:
    for reader in seen.readers[-TALKERS:]:
        with suppress(ConnectionError):
            await reader.socket.send_str("{}")


def _look(system: LocalSystem, seen: Seen) -> None:
    seen.pages.add(urlopen(system.url).status)  # noqa: S310 - the page of `local`
    if seen.refused and not seen.recovered:
        file = urlopen(f"{system.url}/count.json").read()  # noqa: S310 - the same server
        seen.live.add(json.loads(file).get("live", True))


def main(arguments: list[str]) -> int:
    dollars, month = [*arguments, "0.0001", "120"][:2] if len(arguments) < 2 else arguments
    seen = Seen()
    with tempfile.TemporaryDirectory() as folder:
        system = LocalSystem(prepared(Path(folder), dollars), "--budget-month", month)
        try:
            system.ready()
            asyncio.run(crowd(system, seen, float(month)))
        finally:
            system.end()
    print("\n".join(system.lines[1:]))
    correct = seen.count == seen.admitted and seen.pages == {200} and bool(seen.recovered)
    print(
        f"admitted {seen.admitted}, refused {seen.refused}, then admitted again: {'yes' if seen.recovered else 'NO'}; "
        f"count {seen.count}; page {sorted(seen.pages)}; count.json live while refused: {sorted(map(str, seen.live))}"
    )
    return 0 if correct else 1


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
