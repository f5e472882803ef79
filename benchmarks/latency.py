"""From a visit to the number on every page: the embedded cloud, through its edge, as `build.py local` runs it.

The clock starts when the visitor's socket begins to open, and stops, for each page, when its message has come: that
covers the handshake, `$connect`, two stream records, the fold and the broadcast, which is paced at 2,000 posts/s: the
last of 1,000 pages is told half a second after the first. On AWS the stream is asked four times a second, which adds up
to 0.25 s twice.

Usage: python -m benchmarks.latency
"""

from __future__ import annotations

import asyncio
import statistics
import sys
import tempfile
import time
from contextlib import AsyncExitStack
from dataclasses import dataclass
from pathlib import Path

import aiohttp

from tests.integration.sockets import Reader
from tests.local_system import LocalSystem, copy_project

CASES = ((1, 30), (100, 20), (1_000, 8))
"""Pages open, and visits measured."""

OPENED_AT_ONCE = 50


@dataclass(frozen=True)
class Measured:
    """Milliseconds, one for each page and visit; `right`: whether all pages ended on the one right count."""

    pages: int
    visits: int
    milliseconds: list[float]
    right: bool

    def at(self, share: float) -> float:
        ordered = sorted(self.milliseconds)
        return ordered[min(len(ordered) - 1, int(share * len(ordered)))]


class TimedReader(Reader):
    """Notes when each count came first."""

    def __init__(self, session: aiohttp.ClientSession, url: str, visit: str) -> None:
        super().__init__(session, url, visit)
        self.came: dict[int, float] = {}

    async def _read(self) -> None:
        async for message in self.socket:
            count = int(message.json()["count"])
            self.came.setdefault(count, time.perf_counter())
            self.messages.append({"count": count})
            self.changed.set()


async def measure(url: str, pages: int, visits: int, before: int) -> Measured:
    """before: the count so far."""
    slots = asyncio.Semaphore(OPENED_AT_ONCE)
    connector = aiohttp.TCPConnector(limit=0)
    async with aiohttp.ClientSession(connector=connector) as session, AsyncExitStack() as stack:

        async def opened(number: int) -> TimedReader:
            async with slots:
                return await stack.enter_async_context(TimedReader(session, url, f"reader-{pages:05}-{number:05}"))

        readers = await asyncio.gather(*map(opened, range(pages)))
        count = before + pages
        await asyncio.gather(*(reader.until_count(count) for reader in readers))
        milliseconds: list[float] = []
        for number in range(visits):
            began = time.perf_counter()
            async with TimedReader(session, url, f"visitor-{pages:05}-{number:05}"):
                count += 1
                await asyncio.gather(*(reader.until_count(count) for reader in readers))
            milliseconds += [(reader.came[count] - began) * 1000 for reader in readers]
        right = {reader.messages[-1]["count"] for reader in readers} == {before + pages + visits}
    return Measured(pages, visits, milliseconds, right)


def main() -> int:
    print(f"{'pages':>6} {'visits':>7} {'p50':>9} {'p99':>9} {'mean':>9}  all pages right")
    right, count = True, 0
    with tempfile.TemporaryDirectory() as folder:
        system = LocalSystem(copy_project(Path(folder) / "project"))
        try:
            system.ready()
            for pages, visits in CASES:
                measured = asyncio.run(measure(system.socket_url, pages, visits, count))
                count += pages + visits
                right = right and measured.right
                print(
                    f"{pages:>6,} {visits:>7} {measured.at(0.5):>6.0f} ms {measured.at(0.99):>6.0f} ms "
                    f"{statistics.mean(measured.milliseconds):>6.0f} ms  {'yes' if measured.right else 'NO'}",
                    flush=True,
                )
        finally:
            system.end()
    return 0 if right else 1


if __name__ == "__main__":
    sys.exit(main())
