"""Nothing is left of a stack after `destroy --delete-data`, wherever a deploy or a destroy was killed before.

The emulator is slow, so that the kills also land while a change set is created or executed, a file is uploaded, and a
stack is deleted. Half of them come before the emulator receives a request, half after it has answered.
"""

from __future__ import annotations

import os
import random
import signal
from collections.abc import Callable
from functools import partial

import pytest

from deployment.verification.inventory import compare, take
from tests.deployment.command import PATIENCE, Command
from tests.deployment.faulty_proxy import Fault, FaultyProxy

pytestmark = pytest.mark.cloud

DEPLOY = ("deploy", "--yes", "--no-smoke-test")
DESTROY = ("destroy", "--yes", "--delete-data")
LAST_REQUEST = {DEPLOY: 80, DESTROY: 70}
"""About the number of requests of each; a command that ends before is not killed."""

SEED = int(os.environ.get("KILL_SEED", "12"))
TIMES = int(os.environ.get("KILL_TIMES", "6"))
"""More than in the suite: KILL_SEED=1 KILL_TIMES=100."""


def run_killed(command: Command, proxy: FaultyProxy, arguments: tuple[str, ...], moment: int, when: str) -> bool:
    """Run the command and kill it at its request number `moment`. Return False if it ended before."""
    proxy.forget()
    signals: list[Callable[[int], None]] = []

    def kill() -> None:
        signals[0](signal.SIGKILL)

    actions = {when: kill}
    proxy.faults.append(Fault(lambda _: bool(signals) and len(proxy.requests) >= moment, times=1, **actions))
    process = command.start(*arguments)
    signals.append(process.send_signal)
    process.communicate(timeout=PATIENCE)
    proxy.forget()
    return process.returncode == -signal.SIGKILL


def moments(number: int) -> list[tuple[int, int, str]]:
    """Return the requests at which the deploy and the destroy are killed, and when."""
    chosen = random.Random(SEED)  # noqa: S311 - the same ones each time
    return [
        (chosen.randint(1, LAST_REQUEST[DEPLOY]), chosen.randint(1, LAST_REQUEST[DESTROY]), when)
        for _ in range(number)
        for when in ("before", "after")
    ]


@pytest.mark.parametrize(("deploying", "destroying", "when"), moments(TIMES // 2))
@pytest.mark.parametrize("keep", [True, False])
def test_killed_twice_and_destroyed(
    slowly: Command, slow_proxy: FaultyProxy, keep: bool, deploying: int, destroying: int, when: str
) -> None:
    slowly.set(keep=keep)
    before = take(slowly.target)
    run_killed(slowly, slow_proxy, DEPLOY, deploying, when)
    run_killed(slowly, slow_proxy, DESTROY, destroying, when)
    done = slowly.run(*DESTROY)
    assert done.returncode == 0, done.stderr
    left = compare(before, take(slowly.target))
    assert left.empty, f"left over: {', '.join(map(str, left.appeared))}\n{done.stdout}"
