"""Runs a contestant's commands, and measures the CPU of the whole tree of processes."""

from __future__ import annotations

import os
import signal
import subprocess
import tempfile
import time
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import resource
    from collections.abc import Callable, Mapping, Sequence
    from pathlib import Path

PATIENCE_SECONDS = 300.0
_POLL_SECONDS = 0.02

Arguments = tuple[str, ...]


@dataclass(frozen=True)
class Done:
    """What one or several commands took. cpu: seconds, user and system, of all processes. wall: seconds."""

    code: int
    cpu: float
    wall: float
    output: str

    def and_then(self, other: Done) -> Done:
        return Done(other.code, self.cpu + other.cpu, self.wall + other.wall, self.output + other.output)


def run(command: Arguments, folder: Path, environment: Mapping[str, str]) -> Done:
    return _finish(command, folder, environment, lambda: False)


def run_all(commands: Sequence[Arguments], folder: Path, environment: Mapping[str, str]) -> Done:
    """Run the commands until one fails, as a script with `set -e` does."""
    done = Done(0, 0, 0, "")
    for command in commands:
        done = done.and_then(run(command, folder, environment))
        if done.code:
            break
    return done


def run_killed(command: Arguments, folder: Path, environment: Mapping[str, str], moment: Callable[[], bool]) -> Done:
    """Run the command and send SIGKILL to all of its processes as soon as `moment` is there."""
    return _finish(command, folder, environment, moment)


def _finish(command: Arguments, folder: Path, environment: Mapping[str, str], moment: Callable[[], bool]) -> Done:
    begun = time.monotonic()
    with tempfile.TemporaryFile("w+") as output:
        process = subprocess.Popen(
            command,
            cwd=folder,
            env=dict(environment),
            stdin=subprocess.DEVNULL,
            stdout=output,
            stderr=subprocess.STDOUT,
            start_new_session=True,
        )
        status, usage = _wait(process.pid, begun + PATIENCE_SECONDS, moment)
        process.returncode = os.waitstatus_to_exitcode(status)
        output.seek(0)
        cpu = usage.ru_utime + usage.ru_stime  # of the process, and of every descendant that it waited for
        return Done(process.returncode, cpu, time.monotonic() - begun, output.read())


def _wait(pid: int, deadline: float, moment: Callable[[], bool]) -> tuple[int, resource.struct_rusage]:
    killed = False
    while True:
        found, status, usage = os.wait4(pid, os.WNOHANG)
        if found:
            return status, usage
        if not killed and (moment() or time.monotonic() > deadline):
            os.killpg(pid, signal.SIGKILL)
            killed = True
        time.sleep(_POLL_SECONDS)
