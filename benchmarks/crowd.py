"""Many WebSockets opened at the same time, through the edge of `build.py local`.

The wall time is the waiting time of a user on an idle machine; the CPU time is the cost on any machine. Each number of
sockets is measured with a new system. This process reads the sockets, which uses CPU as well.

Usage: python -m benchmarks.crowd [NUMBER OF SOCKETS]…        (1,000 and 2,000)
"""

from __future__ import annotations

import asyncio
import os
import sys
import tempfile
import time
from collections.abc import Iterable
from contextlib import AsyncExitStack
from dataclasses import dataclass, field
from pathlib import Path

import aiohttp

from local_cloud.descriptors import allow_many
from tests.integration.sockets import Reader
from tests.local_system import LocalSystem, copy_project

CROWDS = (1_000, 2_000)
IDLE_SECONDS = 5.0
TIMEOUT_SECONDS = 300.0
_TICKS = os.sysconf("SC_CLK_TCK")


@dataclass
class Measured:
    """The result for one number of sockets.

    open: the seconds until all sockets were open
    shown: the seconds until all sockets had received the final count
    cpu: the CPU seconds of each part of the system
    idle: the CPU usage of the emulator without events
    threads: the maximum number of threads of the emulator
    """

    sockets: int
    refused: int = 0
    open: float = 0.0
    shown: float = 0.0
    correct: bool = False
    cpu: dict[str, float] = field(default_factory=dict)
    idle: float = 0.0
    threads: int = 0


def cpu_seconds(system: LocalSystem) -> dict[str, float]:
    """Return the CPU seconds of each part of the system. Workers of the function that have ended are not included."""
    found = {"edge": 0.0, "emulator": 0.0, "function": 0.0}
    emulator = system.emulator()
    for pid in system.processes():
        part = "edge" if pid == system.process.pid else "emulator" if pid == emulator else "function"
        fields = Path(f"/proc/{pid}/stat").read_text().rsplit(")", 1)[1].split()
        found[part] += (int(fields[11]) + int(fields[12])) / _TICKS
    return found


def threads_of(pid: int) -> int:
    return len(list(Path(f"/proc/{pid}/task").iterdir()))


async def measure(system: LocalSystem, number: int) -> Measured:
    measured = Measured(number)
    emulator = system.emulator()

    async def watch() -> None:
        while True:
            measured.threads = max(measured.threads, threads_of(emulator))
            await asyncio.sleep(0.1)

    async with aiohttp.ClientSession(connector=aiohttp.TCPConnector(limit=0)) as session, AsyncExitStack() as stack:

        async def opened(visit: int) -> Reader | None:
            try:
                return await stack.enter_async_context(Reader(session, system.socket_url, f"crowd-{visit:06}"))
            except aiohttp.ClientError:
                measured.refused += 1
                return None

        watching = asyncio.create_task(watch())
        before, began = cpu_seconds(system), time.perf_counter()
        readers = [reader for reader in await asyncio.gather(*map(opened, range(number))) if reader]
        measured.open = time.perf_counter() - began
        await until_shown(readers, number - measured.refused)
        measured.shown = time.perf_counter() - began
        after = cpu_seconds(system)
        measured.cpu = {part: after[part] - before[part] for part in after}
        await asyncio.sleep(IDLE_SECONDS)
        later = cpu_seconds(system)
        measured.idle = (later["emulator"] - after["emulator"]) / IDLE_SECONDS
        measured.correct = {reader.messages[-1]["count"] for reader in readers} == {number}
        await asyncio.gather(*(reader.socket.close() for reader in readers))
        watching.cancel()
    return measured


async def until_shown(readers: Iterable[Reader], count: int) -> None:
    """Wait until all readers have received the count, for longer than Reader.until_count waits."""
    async with asyncio.timeout(TIMEOUT_SECONDS):
        for reader in readers:
            while not reader.messages or reader.messages[-1]["count"] < count:
                reader.changed.clear()
                await reader.changed.wait()


def main(arguments: list[str]) -> int:
    allow_many()
    print(
        f"{'sockets':>8} {'refused':>8} {'all open':>9} {'all shown':>10} {'emulator':>9} {'function':>9} {'edge':>7} "
        f"{'threads':>8} {'idle':>6}  all correct"
    )
    correct = True
    for number in [int(argument.replace(",", "")) for argument in arguments] or CROWDS:
        with tempfile.TemporaryDirectory() as folder:
            system = LocalSystem(copy_project(Path(folder) / "project"))
            try:
                system.ready()
                one = asyncio.run(measure(system, number))
            finally:
                system.end()
        correct = correct and one.correct and not one.refused
        print(
            f"{one.sockets:>8,} {one.refused:>8} {one.open:>7.1f} s {one.shown:>8.1f} s {one.cpu['emulator']:>7.1f} s "
            f"{one.cpu['function']:>7.1f} s {one.cpu['edge']:>5.1f} s {one.threads:>8} {one.idle:>6.0%}  "
            f"{'yes' if one.correct else 'NO'}",
            flush=True,
        )
    return 0 if correct else 1


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
