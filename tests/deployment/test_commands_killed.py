"""Deploys killed or interrupted with Ctrl-C at any request: the next deploy completes them without leftovers.

The command is killed after a number of requests, before or after the last one is forwarded to the emulator.
"""

from __future__ import annotations

import random
import signal
import subprocess
from functools import partial

import pytest

from tests.deployment.command import Command
from tests.deployment.faulty_proxy import Fault, FaultyProxy, Wants, action
from tests.deployment.warm_python import Forked

pytestmark = pytest.mark.cloud

LAST_REQUEST = 28
"""About the number of requests of a first deploy of this site, which varies with the polling."""

MOMENTS = random.Random(4).sample(range(1, LAST_REQUEST), 10)  # noqa: S311 - the same ones each time


class Victim:
    """A deploy to which the proxy can send a signal."""

    def __init__(self, command: Command) -> None:
        self._command = command
        self._process: Forked | subprocess.Popen[str] | None = None

    def send(self, number: signal.Signals) -> None:
        assert self._process
        self._process.send_signal(number)

    def run(self) -> subprocess.CompletedProcess[str]:
        self._process = self._command.start("deploy", "--yes", "--no-smoke-test")
        out, err = self._process.communicate(timeout=120)
        assert self._process.returncode is not None
        return subprocess.CompletedProcess(self._process.args, self._process.returncode, out, err)


def signalled(proxy: FaultyProxy, command: Command, wants: Wants, number: signal.Signals) -> Victim:
    """Return a fault that sends the signal at the first matching request, which still reaches the emulator."""
    victim = Victim(command)
    proxy.faults.append(Fault(wants, before=partial(victim.send, number), times=1))
    return victim


@pytest.mark.parametrize("moment", MOMENTS)
def test_killed_and_completed_by_a_plain_run(proxied: Command, proxy: FaultyProxy, moment: int) -> None:
    victim = signalled(proxy, proxied, lambda _: len(proxy.requests) >= moment, signal.SIGKILL)
    assert victim.run().returncode == -signal.SIGKILL, "it ended before that moment"

    proxy.forget()
    done = proxied.deploy()
    assert done.returncode == 0, done.stderr
    assert proxied.status() in ("CREATE_COMPLETE", "UPDATE_COMPLETE")
    assert proxied.leftovers() == []
    assert proxied.keys() == ["404.html", "assets/app.0123456789ab.js", "index.html"]
    assert not proxied.changes()


def test_an_update_that_is_killed_after_creating_its_change_set(proxied: Command, proxy: FaultyProxy) -> None:
    proxied.deploy()
    proxied.set("[logs]\nretention_days = 7\n")
    signalled(proxy, proxied, action("DescribeChangeSet"), signal.SIGKILL).run()
    assert len(proxied.leftovers()) == 1
    proxied.set()
    done = proxied.deploy()
    assert "no changes" in done.stdout
    assert proxied.leftovers() == []


def test_ctrl_c_prints_the_operations_in_progress(proxied: Command, proxy: FaultyProxy) -> None:
    stopped = signalled(proxy, proxied, action("CreateChangeSet"), signal.SIGINT).run()
    assert stopped.returncode == 130
    assert (
        "stopped: no operation is in progress in your account" in stopped.stdout
        or "is still in progress in your account" in stopped.stdout
    )
    assert "run the same command again" in stopped.stderr
    assert "Traceback" not in stopped.stderr
    proxy.forget()
    assert proxied.deploy().returncode == 0
    assert proxied.leftovers() == []
