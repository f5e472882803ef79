"""A Python process that has imported the libraries and forks for each command, as importing takes most of its time.

Each command runs in its own process with its own memory, session, streams, folder and environment. No module of the
project is imported before the fork.

The server has a single thread. For each command it forks a keeper, which forks the command, reports its process ID,
waits for it and reports its exit status.
"""

from __future__ import annotations

import contextlib
import importlib
import json
import os
import runpy
import signal
import socket
import subprocess
import sys
import threading
from collections.abc import Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from typing import IO

LIBRARIES = (
    *("boto3", "s3transfer.manager", "jsonschema", "jinja2", "markdown_it", "crawleruseragents", "json", "argparse"),
    *("troposphere", "troposphere.cloudfront", "troposphere.dynamodb", "troposphere.awslambda", "awacs.aws"),
    *("PIL.Image", "PIL.ImageDraw", "PIL.ImageFont", "PIL.PngImagePlugin", "pygments.lexers.javascript"),
)
LENGTH_BYTES = 4


@dataclass
class Forked:
    """A running command, with the interface of `subprocess.Popen`."""

    args: Sequence[str]
    pid: int
    out: IO[str]
    err: IO[str]
    end: IO[str]
    returncode: int | None = None

    def communicate(self, timeout: float) -> tuple[str, str]:
        """Wait for the command and return its output; kill it after `timeout` seconds."""
        timer = threading.Timer(timeout, self.send_signal, [signal.SIGKILL])
        timer.start()
        with self.out, self.err, self.end, ThreadPoolExecutor(2) as pool:
            out, err = pool.map(lambda stream: stream.read(), (self.out, self.err))
            self.returncode = int(self.end.readline())
        timer.cancel()
        return out, err

    def send_signal(self, number: int) -> None:
        with contextlib.suppress(ProcessLookupError):
            os.kill(self.pid, number)


class WarmPython:
    """The client of such a process, which runs until `close`."""

    def __init__(self) -> None:
        self._channel, other = socket.socketpair()
        with other:
            self._server = subprocess.Popen(
                [sys.executable, __file__, str(other.fileno())],
                pass_fds=[other.fileno()],
                stdin=subprocess.DEVNULL,
                stdout=subprocess.DEVNULL,
            )

    def start(self, arguments: Sequence[str], folder: Path, environment: Mapping[str, str]) -> Forked:
        """Run the program `arguments[0]` in `folder`, in a new session, with empty standard input."""
        order = json.dumps([list(arguments), str(folder), dict(environment)]).encode()
        ours, theirs = zip(*(os.pipe() for _ in range(3)), strict=True)
        try:
            socket.send_fds(self._channel, [len(order).to_bytes(LENGTH_BYTES)], theirs)
            self._channel.sendall(order)
        finally:
            for descriptor in theirs:
                os.close(descriptor)
        out, err, end = (os.fdopen(descriptor, encoding="utf-8") for descriptor in ours)
        return Forked(arguments, int(end.readline()), out, err, end)

    def close(self) -> None:
        self._channel.close()
        self._server.wait()


@contextlib.contextmanager
def warm_python() -> Iterator[WarmPython]:
    python = WarmPython()
    try:
        yield python
    finally:
        python.close()


def _next_command(channel: socket.socket) -> list[str]:
    """Serve requests. Returns only in the forked process of a command, with its arguments."""
    while head := socket.recv_fds(channel, LENGTH_BYTES, 3):
        _reap()
        if not head[0]:
            os._exit(0)
        arguments, folder, environment = json.loads(_read(channel, int.from_bytes(head[0])))
        out, err, end = head[1]
        if os.fork() == 0:
            channel.close()
            if command := os.fork():
                os.close(out)
                os.close(err)
                _keep(command, end)
            _become(out, err, end)
            os.chdir(folder)
            os.environ.clear()
            os.environ.update(environment)
            sys.path[0] = folder
            return list(arguments)
        for descriptor in head[1]:
            os.close(descriptor)
    raise AssertionError("unreachable")


def _read(channel: socket.socket, length: int) -> bytes:
    content = b""
    while len(content) < length:
        content += channel.recv(length - len(content))
    return content


def _reap() -> None:
    """Reap the keepers that have exited."""
    with contextlib.suppress(ChildProcessError):
        while os.waitpid(-1, os.WNOHANG)[0]:
            pass


def _keep(command: int, end: int) -> None:
    """Report the process ID and the exit status of the command, then exit."""
    os.write(end, f"{command}\n".encode())
    _, status = os.waitpid(command, 0)
    os.write(end, f"{os.waitstatus_to_exitcode(status)}\n".encode())
    os._exit(0)


def _become(out: int, err: int, end: int) -> None:
    os.setsid()
    os.dup2(out, 1)
    os.dup2(err, 2)
    for descriptor in (out, err, end):
        os.close(descriptor)


if __name__ == "__main__":
    for library in LIBRARIES:
        importlib.import_module(library)
    sys.argv = _next_command(socket.socket(fileno=int(sys.argv[1])))
    runpy.run_path(sys.argv[0], run_name="__main__")
