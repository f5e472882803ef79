"""The latency from a visit to the new count on every page, through the edge of `build.py local`.

The time of a page starts when the visitor opens the WebSocket and ends when the page receives the count. It includes
the handshake, `$connect`, two stream records, the fold and the broadcast, which is limited to 2,000 posts/s: the last
of 1,000 pages receives the count half a second after the first. On AWS, Lambda polls the stream four times per second,
which adds up to 0.25 s twice.

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
"""The numbers of open pages and of measured visits."""

MAX_CONCURRENT_OPENS = 50


@dataclass(frozen=True)
class Measured:
    """The result of one case.

    milliseconds: the latency of each page and visit
    correct: True if all pages received the correct final count
    """

    pages: int
    visits: int
    milliseconds: list[float]
    correct: bool

    def at(self, share: float) -> float:
        """Return a percentile, given as a share from 0 to 1."""
        ordered = sorted(self.milliseconds)
        return ordered[min(len(ordered) - 1, int(share * len(ordered)))]


class TimedReader(Reader):
    """A reader that records when each count first arrived."""

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
    """Measure one case. `before` is the count at its start."""
    slots = asyncio.Semaphore(MAX_CONCURRENT_OPENS)
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
        correct = {reader.messages[-1]["count"] for reader in readers} == {before + pages + visits}
    return Measured(pages, visits, milliseconds, correct)


def main() -> int:
    print(f"{'pages':>6} {'visits':>7} {'p50':>9} {'p99':>9} {'mean':>9}  all pages correct")
    correct, count = True, 0
    with tempfile.TemporaryDirectory() as folder:
        system = LocalSystem(copy_project(Path(folder) / "project"))
        try:
            system.ready()
            for pages, visits in CASES:
                measured = asyncio.run(measure(system.socket_url, pages, visits, count))
                count += pages + visits
                correct = correct and measured.correct
                print(
                    f"{pages:>6,} {visits:>7} {measured.at(0.5):>6.0f} ms {measured.at(0.99):>6.0f} ms "
                    f"{statistics.mean(measured.milliseconds):>6.0f} ms  {'yes' if measured.correct else 'NO'}",
                    flush=True,
                )
        finally:
            system.end()
    return 0 if correct else 1


if __name__ == "__main__":
    sys.exit(main())
