"""Hours in minutes: many sockets that come and go through `build.py local`, and what memory does meanwhile.

Each socket stays for a while (a minute on average, exponentially distributed), then leaves for a new visitor (half of
them), reloads, or breaks and comes back. Every so often a row says what the processes hold, in MB. At the end everybody
leaves, three hours pass in the table of connections, the sweep runs, and all must be right: the count is exactly the
visits recorded, those are all that were acknowledged, the days sum to it, and no connection is remembered.

Memory that grows by visit is expected of the emulator: it keeps every row, and a day of the tables' stream and of logs.

Usage: python -m benchmarks.soak [--minutes 30] [--sockets 500] [--every 30] [--seed N]
Exit code: 1 when the count is wrong or a connection is left.
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
PATIENCE_SECONDS = 300.0
MB = 1024 * 1024
PARTS = ("edge", "emulator", "router")
"""`build.py local` itself; the emulator; the largest of the function's workers, whose number comes and goes."""

_ACTS = {Act.LEAVE: 50, Act.RELOAD: 30, Act.BREAK: 20}
_TRIES = 5
_LOOK_SECONDS = 3.0


@dataclass(frozen=True)
class Sample:
    """seconds: since the start. held: MB by part."""

    seconds: float
    open: int
    visits: int
    workers: int
    held: dict[str, float]

    def line(self) -> str:
        held = " ".join(f"{self.held[part]:>9.1f}" for part in PARTS)
        return f"{self.seconds:>7.0f} {self.open:>8,} {self.visits:>8,} {held} {self.workers:>8}"


def resident(pid: int) -> float:
    """MB of memory. Source: proc_pid_status(5)."""
    for line in Path(f"/proc/{pid}/status").read_text().splitlines():
        if line.startswith("VmRSS:"):
            return int(line.split()[1]) * 1024 / MB
    return 0.0


def sample(system: LocalSystem, crowd: Crowd, seconds: float) -> Sample:
    emulator = system.emulator()
    workers = []
    for pid in set(system.processes()) - {emulator, system.process.pid}:
        with suppress(OSError):  # it has just ended
            workers.append(resident(pid))
    held = {
        "edge": resident(system.process.pid),
        "emulator": resident(emulator),
        "router": max(workers, default=0.0),
    }
    return Sample(seconds, len(crowd.here), len(crowd.acknowledged), len(workers), held)


def growth(samples: Sequence[Sample], part: str) -> float:
    """MB an hour, by a linear fit over the second half."""
    half = samples[len(samples) // 2 :]
    if len({one.seconds for one in half}) < 2:
        return 0.0
    fit = statistics.linear_regression([one.seconds for one in half], [one.held[part] for one in half])
    return fit.slope * 3600


async def sit(number: int, crowd: Crowd, dice: random.Random, ended: asyncio.Event) -> None:
    """One socket, by one visitor after the other, until the end."""
    visitors = 0
    page = Page(f"soak-{number:05}-{visitors:06}")
    await crowd.arrive(page, _TRIES)
    while not await _is_over(ended, dice.expovariate(1 / STAY_SECONDS)):
        act = dice.choices(list(_ACTS), weights=list(_ACTS.values()))[0]
        await crowd.do([(page, act)])
        if act is Act.LEAVE:
            visitors += 1
            page = Page(f"soak-{number:05}-{visitors:06}")
            await crowd.arrive(page, _TRIES)
    await crowd.do([(page, Act.LEAVE)])


async def _is_over(ended: asyncio.Event, seconds: float) -> bool:
    try:
        async with asyncio.timeout(seconds):
            await ended.wait()
    except TimeoutError:
        return False
    return True


def stack_of(system: LocalSystem) -> LocalStack:
    """What `build.py local` has deployed, with its own key."""
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
    """Whether all was right."""
    samples: list[Sample] = []
    ended = asyncio.Event()
    async with AsyncExitStack() as stack:
        crowd = await stack.enter_async_context(Crowd(system.socket_url))
        sitting = [
            asyncio.create_task(sit(number, crowd, random.Random(f"{arguments.seed}/{number}"), ended))  # noqa: S311 - a dice
            for number in range(arguments.sockets)
        ]
        began = time.monotonic()
        while (seconds := time.monotonic() - began) < arguments.minutes * 60:
            await asyncio.sleep(min(arguments.every, arguments.minutes * 60 - seconds))
            samples.append(sample(system, crowd, time.monotonic() - began))
            print(samples[-1].line(), flush=True)
        ended.set()
        await asyncio.gather(*sitting)
        print(f"{crowd.let_in:,} connections opened, {crowd.refused:,} tries refused")
        right = await settled(stack_of(system), crowd)
    told = ", ".join(f"{part} {growth(samples, part):+.1f}" for part in PARTS)
    print(f"growth over the second half, MB an hour: {told}")
    return right


async def settled(stack: LocalStack, crowd: Crowd) -> bool:
    """Once everybody has left: what is then remembered is for the sweep to find. Says what came of it."""
    before = await _unchanging(stack)
    found = Findings()
    with suppress(TimeoutError):
        async with asyncio.timeout(PATIENCE_SECONDS):
            while True:
                found = await _swept(stack, crowd)
                if found.all_right or found.wrong:
                    break
                await asyncio.sleep(_LOOK_SECONDS)
    after = await in_background(partial(tables.snapshot, stack))
    never = len(after.visits - crowd.acknowledged)
    print(f"count {after.count:,}: {len(crowd.acknowledged):,} acknowledged visits and {never} that never were")
    print(
        f"connections remembered of closed pages: {len(before.connections)}, after the sweep {len(after.connections)}"
    )
    print("all right" if found.all_right else f"NOT RIGHT: {found}")
    return found.all_right


async def _unchanging(stack: LocalStack) -> tables.Snapshot:
    """The tables, once what the last pages have led to is done."""
    before = None
    while (now := await in_background(partial(tables.snapshot, stack))) != before:
        before = now
        await asyncio.sleep(_LOOK_SECONDS)
    return now


async def _swept(stack: LocalStack, crowd: Crowd) -> Findings:
    def work() -> tables.Snapshot:
        tables.age_uncounted(stack)
        tables.expire_connections(stack)
        stack.invoke(SWEEP)
        return tables.snapshot(stack)

    return findings(await in_background(work), crowd.known())


def parsed(arguments: Sequence[str]) -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m benchmarks.soak", description="Memory and count under churn.")
    parser.add_argument("--minutes", type=float, default=30, help="how long (30)")
    parser.add_argument("--sockets", type=int, default=500, help="open at a time (500)")
    parser.add_argument("--every", type=float, default=30, help="seconds between two rows (30)")
    parser.add_argument("--seed", type=int, default=1, help="of who does what when (1)")
    found = parser.parse_args(arguments)
    if found.minutes <= 0 or found.sockets < 1 or found.every <= 0:
        parser.error("minutes, sockets and seconds have to be more than nothing")
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
