"""One round: a fault while visitors come and go, then no fault, then the verification.

1. All visitors act as the seed says, while the fault is active (faults.py).
2. It is removed. Visitors who were refused or disconnected and should be present reconnect, as the site's script does.
3. A new visitor arrives, so that every page receives an update.
4. Wait until all invariants hold (checks.py). The sweep counts what the stream has left; aged rows simulate time.
"""

from __future__ import annotations

import asyncio
import random
from collections.abc import Coroutine
from dataclasses import dataclass, field
from functools import partial
from itertools import count
from typing import Any

from botocore.exceptions import BotoCoreError, ClientError

from errors import ProjectError
from local_cloud.background import in_background
from local_cloud.chaos import tables
from local_cloud.chaos.checks import Findings, findings
from local_cloud.chaos.crowd import Page
from local_cloud.chaos.faults import FAULTS, System, vanish_unnoticed
from local_cloud.chaos.table import Row
from local_cloud.chaos.tables import Snapshot
from local_cloud.local_stack import SWEEP

PATIENCE_SECONDS = 120.0
"""The timeout of a round; one takes a second or two."""

_LOOK_SECONDS = 0.1
_LOOKS = 20
"""The number of checks after which nothing can be in progress any more."""


@dataclass
class Rounds:
    """The rounds of a run. seed: of all random choices. visitors: new ones in each round."""

    system: System
    seed: int
    visitors: int
    patience_seconds: float = PATIENCE_SECONDS
    _seen: str = field(init=False, default="")
    _last: Snapshot = field(init=False)

    async def play(self, number: int, fault: str) -> Row:
        """Run one round and return its row."""
        rng = random.Random(f"{self.seed}/{number}")  # noqa: S311 - not for cryptography
        crowd, name = self.system.crowd, f"chaos-{number:05}"
        let_in, refused = crowd.let_in, crowd.refused
        plan = crowd.plan(name, self.visitors, rng)
        done = ["not done"]

        async def work() -> str:
            done[0] = await FAULTS[fault](self.system, rng, lambda: crowd.do(plan))
            await crowd.return_all()
            return await self._settled(name)

        found, right = await self._in_time(work())
        seen = f"{crowd.let_in - let_in} accepted, {crowd.refused - refused} refused; {found}"
        return Row(str(number), fault, done[0], seen, right)

    async def end(self) -> Row:
        """Drop all connections without notifying the router; the sweep, three hours later, removes their rows."""
        gone = [0]

        async def work() -> str:
            gone[0] = await vanish_unnoticed(self.system)
            await in_background(partial(tables.expire_connections, self.system.cloud.stack))
            swept = await self.system.cloud.invoke(SWEEP)
            found = await self._look()
            if not found.all_right:
                raise _WrongError(str(found))
            return f"{swept['forgotten']} connections forgotten by the sweep; {self._count()}"

        found, right = await self._in_time(work())
        return Row(
            "end",
            "vanish",
            f"dropped {gone[0]} connections; every attempt to record it failed; three hours later",
            found,
            right,
        )

    async def _in_time(self, work: Coroutine[Any, Any, str]) -> tuple[str, bool]:
        """Await `work` with the timeout. Return its result or the problem, and True if it succeeded."""
        try:
            async with asyncio.timeout(self.patience_seconds):
                return await work, True
        except _WrongError as exc:
            return str(exc), False
        except (ProjectError, BotoCoreError, ClientError) as exc:
            return f"{type(exc).__name__}: {exc}", False
        except TimeoutError:
            return f"after {self.patience_seconds:.0f} s: {self._seen or 'some visitors were still refused'}", False

    async def _settled(self, name: str) -> str:
        """Wait until all invariants hold and return the count. Raises _WrongError when they never can."""
        for time in count():
            await in_background(partial(tables.age_connections, self.system.cloud.stack))
            swept = await self._sweep() if time else 0
            await self.system.crowd.arrive(Page(f"{name}-news-{time}"))
            for _ in range(_LOOKS):
                found = await self._look()
                if found.wrong:
                    raise _WrongError(str(found))
                if found.all_right:
                    return self._count() + (f", {swept} by the sweep" if swept else "")
                await asyncio.sleep(_LOOK_SECONDS)
        raise AssertionError  # the loop is infinite

    async def _look(self) -> Findings:
        self._last = await in_background(partial(tables.snapshot, self.system.cloud.stack))
        found = findings(self._last, self.system.crowd.known())
        self._seen = str(found)
        return found

    async def _sweep(self) -> int:
        """Run the sweep on visits made an hour old. Return the number of visits it counted."""
        await in_background(partial(tables.age_uncounted, self.system.cloud.stack))
        answer = await self.system.cloud.invoke(SWEEP)
        return int(answer.get("visits", 0))

    def _count(self) -> str:
        unanswered = len(self._last.visits - self.system.crowd.acknowledged)
        return f"count {self._last.count}, of these {unanswered} never acknowledged"


class _WrongError(Exception):
    """A permanent violation."""
