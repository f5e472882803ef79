"""A soak test: many WebSockets connect and disconnect through `build.py local`, while memory usage is measured.

Each socket stays open for a minute on average (exponentially distributed). Then it is replaced by a new visitor (half
of them), reloads, or loses its connection and reconnects. The benchmark regularly prints the memory of the processes in
MB. At the end all pages close, the stored connections are aged by three hours and the sweep runs. Then the count must
equal the number of stored visits, all acknowledged visits must be stored, the days must add up to the count, and no
connection may be stored.

The emulator is expected to grow with the visits: it keeps all items, and one day of the stream and of the logs.

Usage: python -m benchmarks.soak [--minutes 30] [--sockets 500] [--every 30] [--seed N]
Exit status: 1 if the count is wrong or a connection is left.
"""

from __future__ import annotations

import argparse
import asyncio
import random
import statistics
import sys
import tempfile
import time
from collections.abc import Sequence
from contextlib import AsyncExitStack, suppress
from dataclasses import dataclass
from functools import partial
from pathlib import Path

from deployment.aws.target import Target
from deployment.stack.outputs import read_outputs
from local_cloud.background import in_background
from local_cloud.chaos import tables
from local_cloud.chaos.checks import Findings, findings
from local_cloud.chaos.crowd import Act, Crowd, Page
from local_cloud.descriptors import allow_many
from local_cloud.local_stack import SWEEP, LocalStack
from settings import load
from tests.local_system import LocalSystem, copy_project

STAY_SECONDS = 60.0
TIMEOUT_SECONDS = 300.0
MB = 1024 * 1024
PARTS = ("edge", "emulator", "router")
"""The process of `build.py local`, the emulator, and the largest of the function's workers, whose number varies."""

_ACTS = {Act.LEAVE: 50, Act.RELOAD: 30, Act.BREAK: 20}
_ATTEMPTS = 5
_POLL_SECONDS = 3.0


@dataclass(frozen=True)
class Sample:
    """A sample. `seconds` is the time since the start, `memory` the MB of each part."""

    seconds: float
    open: int
    visits: int
    workers: int
    memory: dict[str, float]

    def line(self) -> str:
        """Return the row of the table."""
        memory = " ".join(f"{self.memory[part]:>9.1f}" for part in PARTS)
        return f"{self.seconds:>7.0f} {self.open:>8,} {self.visits:>8,} {memory} {self.workers:>8}"


def resident(pid: int) -> float:
    """Return the resident memory of a process in MB. Source: proc_pid_status(5)."""
    for line in Path(f"/proc/{pid}/status").read_text().splitlines():
        if line.startswith("VmRSS:"):
            return int(line.split()[1]) * 1024 / MB
    return 0.0


def sample(system: LocalSystem, crowd: Crowd, seconds: float) -> Sample:
    """Measure the memory of all processes."""
    emulator = system.emulator()
    workers = []
    for pid in set(system.processes()) - {emulator, system.process.pid}:
        with suppress(OSError):  # it has just ended
            workers.append(resident(pid))
    memory = {
        "edge": resident(system.process.pid),
        "emulator": resident(emulator),
        "router": max(workers, default=0.0),
    }
    return Sample(seconds, len(crowd.here), len(crowd.acknowledged), len(workers), memory)


def growth(samples: Sequence[Sample], part: str) -> float:
    """Return the growth of a part in MB per hour, by linear regression over the second half of the samples."""
    half = samples[len(samples) // 2 :]
    if len({one.seconds for one in half}) < 2:
        return 0.0
    fit = statistics.linear_regression([one.seconds for one in half], [one.memory[part] for one in half])
    return fit.slope * 3600


async def occupy(number: int, crowd: Crowd, random_: random.Random, ended: asyncio.Event) -> None:
    """Keep one socket open until the end, used by one visitor after another."""
    visitors = 0
    page = Page(f"soak-{number:05}-{visitors:06}")
    await crowd.arrive(page, _ATTEMPTS)
    while not await _is_over(ended, random_.expovariate(1 / STAY_SECONDS)):
        act = random_.choices(list(_ACTS), weights=list(_ACTS.values()))[0]
        await crowd.do([(page, act)])
        if act is Act.LEAVE:
            visitors += 1
            page = Page(f"soak-{number:05}-{visitors:06}")
            await crowd.arrive(page, _ATTEMPTS)
    await crowd.do([(page, Act.LEAVE)])


async def _is_over(ended: asyncio.Event, seconds: float) -> bool:
    try:
        async with asyncio.timeout(seconds):
            await ended.wait()
    except TimeoutError:
        return False
    return True


def stack_of(system: LocalSystem) -> LocalStack:
    """Return the stack that `build.py local` has deployed, with its credentials."""
    own = system.emulator_environment()
    target = Target(
        region=own["AWS_REGION"],
        endpoint_url=f"http://127.0.0.1:{own['GATEWAY_PORT']}",
        access_key=own["AWS_ACCESS_KEY_ID"],
        secret_key=own["AWS_SECRET_ACCESS_KEY"],
        session_token=own["AWS_SESSION_TOKEN"],
    )
    return LocalStack(target, read_outputs(load(system.project / "settings.toml"), target))


async def soak(system: LocalSystem, arguments: argparse.Namespace) -> bool:
    """Run the test, print its results and return True if all checks pass."""
    samples: list[Sample] = []
    ended = asyncio.Event()
    async with AsyncExitStack() as stack:
        crowd = await stack.enter_async_context(Crowd(system.socket_url))
        tasks = [
            asyncio.create_task(occupy(number, crowd, random.Random(f"{arguments.seed}/{number}"), ended))  # noqa: S311 - reproducible choices
            for number in range(arguments.sockets)
        ]
        began = time.monotonic()
        while (seconds := time.monotonic() - began) < arguments.minutes * 60:
            await asyncio.sleep(min(arguments.every, arguments.minutes * 60 - seconds))
            samples.append(sample(system, crowd, time.monotonic() - began))
            print(samples[-1].line(), flush=True)
        ended.set()
        await asyncio.gather(*tasks)
        print(f"{crowd.let_in:,} connections opened, {crowd.refused:,} attempts refused")
        correct = await settled(stack_of(system), crowd)
    growths = ", ".join(f"{part} {growth(samples, part):+.1f}" for part in PARTS)
    print(f"growth over the second half, MB per hour: {growths}")
    return correct


async def settled(stack: LocalStack, crowd: Crowd) -> bool:
    """Run the sweep after all pages have closed, print the results and return True if all checks pass."""
    before = await _unchanging(stack)
    found = Findings()
    with suppress(TimeoutError):
        async with asyncio.timeout(TIMEOUT_SECONDS):
            while True:
                found = await _swept(stack, crowd)
                if found.all_right or found.wrong:
                    break
                await asyncio.sleep(_POLL_SECONDS)
    after = await in_background(partial(tables.snapshot, stack))
    unacknowledged = len(after.visits - crowd.acknowledged)
    print(f"count {after.count:,}: {len(crowd.acknowledged):,} acknowledged visits, {unacknowledged} not acknowledged")
    print(f"stored connections of closed pages: {len(before.connections)}, after the sweep {len(after.connections)}")
    print("correct" if found.all_right else f"NOT CORRECT: {found}")
    return found.all_right


async def _unchanging(stack: LocalStack) -> tables.Snapshot:
    """Return the tables once they no longer change."""
    before = None
    while (now := await in_background(partial(tables.snapshot, stack))) != before:
        before = now
        await asyncio.sleep(_POLL_SECONDS)
    return now


async def _swept(stack: LocalStack, crowd: Crowd) -> Findings:
    def work() -> tables.Snapshot:
        tables.age_uncounted(stack)
        tables.expire_connections(stack)
        stack.invoke(SWEEP)
        return tables.snapshot(stack)

    return findings(await in_background(work), crowd.known())


def parsed(arguments: Sequence[str]) -> argparse.Namespace:
    parser = argparse.ArgumentParser(
        prog="python -m benchmarks.soak",
        description="Measure memory and verify the count while sockets connect and disconnect.",
    )
    parser.add_argument("--minutes", type=float, default=30, help="the duration (30)")
    parser.add_argument("--sockets", type=int, default=500, help="the number of open sockets (500)")
    parser.add_argument("--every", type=float, default=30, help="the seconds between two rows (30)")
    parser.add_argument("--seed", type=int, default=1, help="the seed of the random choices (1)")
    found = parser.parse_args(arguments)
    if found.minutes <= 0 or found.sockets < 1 or found.every <= 0:
        parser.error("--minutes, --sockets and --every must be greater than 0")
    return found


def main(arguments: Sequence[str]) -> int:
    options = parsed(arguments)
    allow_many()
    with tempfile.TemporaryDirectory() as folder:
        system = LocalSystem(copy_project(Path(folder) / "project"))
        try:
            system.ready()
            print(
                f"{'seconds':>7} {'sockets':>8} {'visits':>8} {'edge':>9} {'emulator':>9} {'router':>9} {'workers':>8}"
            )
            return 0 if asyncio.run(soak(system, options)) else 1
        finally:
            system.end()


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
