"""The faults, by name. Each injects a fault into a running system while `act` runs, and removes it afterwards.

    system, seeded random numbers, concurrent activity  ->  description of what was done

A fault that cannot be injected for real on this machine is not in the table.
"""

from __future__ import annotations

import asyncio
import os
import random
import resource
import signal
from collections import Counter
from collections.abc import Awaitable, Callable
from contextlib import suppress
from dataclasses import dataclass
from functools import partial
from itertools import chain, takewhile
from pathlib import Path

from local_cloud.background import in_background
from local_cloud.chaos.cloud import Cloud
from local_cloud.chaos.crowd import Crowd, Page
from local_cloud.chaos.network import NO_FAULTS, Conditions, NetworkFault
from local_cloud.chaos.stream import Record, is_wanted, pages
from local_cloud.visits.kept import journal_files

Act = Callable[[], Awaitable[None]]


@dataclass(frozen=True)
class System:
    """The embedded cloud and its visitors."""

    cloud: Cloud
    crowd: Crowd


Fault = Callable[[System, random.Random, Act], Awaitable[str]]

_TORN_BYTES = 300
_BATCH = 100
_REUSED = 5


async def kill_emulator(system: System, rng: random.Random, act: Act) -> str:
    """Kill the emulator between two answers, with everything of this run but the visitors and the edge; then restart
    it."""

    async def strike() -> None:
        await system.cloud.kill()
        await system.cloud.start()

    after = await _in_the_middle(system.crowd, rng, act, strike)
    return f"killed the emulator after {after} answers, restarted it from its saved state"


async def kill_router(system: System, rng: random.Random, act: Act) -> str:
    """Kill the router's workers while the crowd connects. Return what was done."""
    killed: list[int] = []

    async def strike() -> None:
        for pid in system.cloud.workers():
            with suppress(ProcessLookupError):
                os.kill(pid, signal.SIGKILL)
                killed.append(pid)

    after = await _in_the_middle(system.crowd, rng, act, strike)
    return f"killed {len(killed)} processes of the router after {after} answers"


async def throttle(system: System, _rng: random.Random, act: Act) -> str:
    """Throttle a share of the router's requests during the round. Return what was done."""
    return await _with_conditions(
        system, Conditions(0.4, frozenset({NetworkFault.THROTTLED, NetworkFault.EXCEEDED})), act
    )


async def conflict(system: System, rng: random.Random, act: Act) -> str:
    """Let every transaction conflict with another writer until a number of attempts have failed."""
    network, times = system.cloud.network, rng.randrange(1, 5)
    before = network.met[NetworkFault.CONFLICT]

    async def act_until_met() -> None:
        await act()
        await network.until_met(NetworkFault.CONFLICT, before + times)

    conditions = Conditions(1.0, frozenset({NetworkFault.CONFLICT}), frozenset({"TransactWriteItems"}))
    return await _with_conditions(system, conditions, act_until_met)


async def drop_requests(system: System, _rng: random.Random, act: Act) -> str:
    """Let a share of the router's requests fail or be slow during the round. Return what was done."""
    faults = frozenset({NetworkFault.RESET, NetworkFault.SERVER_ERROR, NetworkFault.SLOW})
    return await _with_conditions(system, Conditions(0.35, faults), act)


async def lose_answers(system: System, _rng: random.Random, act: Act) -> str:
    """Execute a share of the router's requests and lose their responses. Return what was done."""
    return await _with_conditions(system, Conditions(0.35, frozenset({NetworkFault.LOST})), act)


async def corrupt_answers(system: System, _rng: random.Random, act: Act) -> str:
    """Cut off or damage a share of the responses to the router. Return what was done."""
    return await _with_conditions(system, Conditions(0.35, frozenset({NetworkFault.BROKEN, NetworkFault.DAMAGED})), act)


async def replay(system: System, rng: random.Random, act: Act) -> str:
    """Deliver a batch again, in whole and in part, concurrently with and after others, as a stream may.

    All visits of the batch are left to the stream.
    """
    network = system.cloud.network
    usual, network.contention = network.contention, 1.0
    try:
        await act()
    finally:
        network.contention = usual
    records = await in_background(partial(_recent, system.cloud))
    start = rng.randrange(max(1, len(records) - _BATCH // 2))
    batch = records[start : start + _BATCH]
    part = batch[: rng.randrange(1, len(batch) + 1)] if batch else []
    await asyncio.gather(*(system.cloud.invoke({"Records": again}) for again in (batch, part) if again))
    return f"delivered {len(batch)} stream records again, and {len(part)} of them once more at the same time"


async def reuse(system: System, rng: random.Random, act: Act) -> str:
    """Reuse visit ids, which are public: a reload, a second tab or anyone else may send one again."""
    known = rng.sample(sorted(system.crowd.acknowledged), min(len(system.crowd.acknowledged), _REUSED))
    new = [f"twice-{rng.randrange(10**12):012}" for _ in range(_REUSED)]
    tabs = [Page(visit, patient=False) for visit in (*known, *new) for _ in range(2)]
    await asyncio.gather(act(), *map(system.crowd.arrive, tabs))
    return f"used {len(known)} known visit ids and {len(new)} new ones, each in two tabs at once"


async def vanish(system: System, _rng: random.Random, act: Act) -> str:
    """Drop connections whose end the function is not notified of or cannot record."""
    await act()
    gone = await vanish_unnoticed(system)
    return f"dropped {gone} connections; every attempt to record it failed"


async def full_queue(system: System, _rng: random.Random, act: Act) -> str:
    """Reserve no concurrency for the function: stream records queue up, and connects are refused."""
    await system.cloud.reserve(0)
    try:
        await act()
    finally:
        await system.cloud.reserve(None)
    return "no concurrency left for the router, the stream's invocations included"


async def full_disk(system: System, rng: random.Random, act: Act) -> str:
    """Limit the emulator's file size: its journal breaks off within a line, or between two."""
    room = rng.randrange(_TORN_BYTES)
    pid = system.cloud.running.process.pid
    before = resource.prlimit(pid, resource.RLIMIT_FSIZE)
    size = max((file.stat().st_size for file in journal_files(system.cloud.state.visits)), default=0)
    resource.prlimit(pid, resource.RLIMIT_FSIZE, (size + room, before[1]))
    try:
        await act()
    finally:
        resource.prlimit(pid, resource.RLIMIT_FSIZE, before)
    return f"{room} bytes left on the disk for the journal of visits"


async def vanish_unnoticed(system: System) -> int:
    """Drop the connection of every open page but keep its row. Return the number of pages."""
    network = system.cloud.network
    network.conditions = Conditions(1.0, frozenset({NetworkFault.SERVER_ERROR}), frozenset({"DeleteItem"}))
    before = network.met[NetworkFault.SERVER_ERROR]
    try:
        gone = await system.crowd.vanish_all()
        await network.until_met(NetworkFault.SERVER_ERROR, before + 2 * gone)  # each is tried twice
    finally:
        network.conditions = NO_FAULTS
    return gone


_EVERYWHERE: dict[str, Fault] = {
    "kill-emulator": kill_emulator,
    "throttle": throttle,
    "conflict": conflict,
    "drop": drop_requests,
    "lost-answer": lose_answers,
    "corrupt": corrupt_answers,
    "replay": replay,
    "reuse": reuse,
    "vanish": vanish,
    "full-queue": full_queue,
}
FAULTS: dict[str, Fault] = {
    **_EVERYWHERE,
    **({"kill-router": kill_router} if Path("/proc/self/stat").exists() else {}),
    **({"full-disk": full_disk} if hasattr(resource, "prlimit") else {}),
}
"""Name -> function that injects the fault."""


async def _with_conditions(system: System, conditions: Conditions, act: Act) -> str:
    network = system.cloud.network
    before, requests = network.met.copy(), network.requests
    network.conditions = conditions
    try:
        await act()
    finally:
        network.conditions = NO_FAULTS
    met = Counter(network.met) - before
    faults = ", ".join(f"{number} {fault.value}" for fault, number in met.most_common()) or "none"
    return f"of {network.requests - requests} requests of the router: {faults}"


async def _in_the_middle(crowd: Crowd, rng: random.Random, act: Act, strike: Callable[[], Awaitable[None]]) -> int:
    """Call `strike` once some of the attempts made by `act` have been answered. Return the number of answers until
    then."""
    answers = rng.randrange(1, 8)
    before = crowd.answers
    acting = asyncio.ensure_future(act())
    waiting = asyncio.create_task(crowd.until(lambda: crowd.answers - before >= answers))
    try:
        await asyncio.wait({acting, waiting}, return_when=asyncio.FIRST_COMPLETED)
        had = crowd.answers - before
        await strike()
        await acting
    finally:
        waiting.cancel()
        acting.cancel()
    return had


def _recent(cloud: Cloud) -> list[Record]:
    """Return the stream's records that the function receives. Blocks."""
    target = cloud.stack.target
    stream = target.client("dynamodb").describe_table(TableName=cloud.stack.visits_table)["Table"]["LatestStreamArn"]
    found = takewhile(bool, pages(target.client("dynamodbstreams"), stream))
    return [record for record in chain.from_iterable(found) if is_wanted(record)]
