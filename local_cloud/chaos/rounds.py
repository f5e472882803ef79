"""One round: a fault while visitors come and go, then calm, then whether everything is right.

1. Everybody does what the seed says, while the fault is on (faults.py).
2. It is taken back. Whoever was refused or cut off and wants to be here comes again, as the site's script does.
3. Somebody new arrives, so that there is news for every page.
4. Wait until all is right (checks.py). What the stream has left is the sweep's; time passes by making rows older.
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
"""Until a round is given up; it takes a second or two."""

_LOOK_SECONDS = 0.1
_LOOKS = 20
"""After so many, what is left to do is not on its way any more."""


@dataclass
class Rounds:
    """seed: of everything that is chosen by chance. visitors: new ones in each round."""

    system: System
    seed: int
    visitors: int
    patience_seconds: float = PATIENCE_SECONDS
    _seen: str = field(init=False, default="")
    _last: Snapshot = field(init=False)

    async def play(self, number: int, fault: str) -> Row:
        dice = random.Random(f"{self.seed}/{number}")  # noqa: S311 - a dice
        crowd, name = self.system.crowd, f"chaos-{number:05}"
        let_in, refused = crowd.let_in, crowd.refused
        plan = crowd.plan(name, self.visitors, dice)
        done = ["not done"]

        async def work() -> str:
            done[0] = await FAULTS[fault](self.system, dice, lambda: crowd.do(plan))
            await crowd.return_all()
            return await self._settled(name)

        found, right = await self._in_time(work())
        seen = f"{crowd.let_in - let_in} let in, {crowd.refused - refused} refused; {found}"
        return Row(str(number), fault, done[0], seen, right)

    async def end(self) -> Row:
        """Everybody goes, and nothing is told of it; what is left is for the sweep, three hours later."""
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
            "end", "vanish", f"cut {gone[0]} connections, and each note of it failed; three hours later", found, right
        )

    async def _in_time(self, work: Coroutine[Any, Any, str]) -> tuple[str, bool]:
        """What it found, and whether that is right."""
        try:
            async with asyncio.timeout(self.patience_seconds):
                return await work, True
        except _WrongError as exc:
            return str(exc), False
        except (ProjectError, BotoCoreError, ClientError) as exc:
            return f"{type(exc).__name__}: {exc}", False
        except TimeoutError:
            return f"after {self.patience_seconds:.0f} s: {self._seen or 'not everybody was let in'}", False

    async def _settled(self, name: str) -> str:
        """What it has come to. Raises _WrongError when it can never come right."""
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
        raise AssertionError  # it counts without end

    async def _look(self) -> Findings:
        self._last = await in_background(partial(tables.snapshot, self.system.cloud.stack))
        found = findings(self._last, self.system.crowd.known())
        self._seen = str(found)
        return found

    async def _sweep(self) -> int:
        """Of visits that are an hour old. How many it counted."""
        await in_background(partial(tables.age_uncounted, self.system.cloud.stack))
        answer = await self.system.cloud.invoke(SWEEP)
        return int(answer.get("visits", 0))

    def _count(self) -> str:
        unanswered = len(self._last.visits - self.system.crowd.acknowledged)
        return f"count {self._last.count}, of these {unanswered} never acknowledged"


class _WrongError(Exception):
    """What is wrong, and stays so."""
