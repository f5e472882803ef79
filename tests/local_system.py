"""The whole system as a user runs it: `build.py local` in a copy of the project."""

from __future__ import annotations

import os
import queue
import shutil
import signal
import socket
import subprocess
import sys
import threading
import time
import uuid
from collections.abc import Callable, Iterator
from contextlib import ExitStack, closing, contextmanager
from pathlib import Path
from typing import Any

import botocore.session

ROOT = Path(__file__).resolve().parent.parent
FILES = (
    *("build.py", "bootstrap.py", "console.py", "errors.py", "files.py", "source_text.py", "pyproject.toml"),
    "settings.toml",
)
FOLDERS = ("cli", "requirements", "settings", "template_gen", "router", "deployment", "local_cloud", "site", "site_gen")
PATIENCE = 60.0
"""Timeout of a wait in seconds, many times the usual duration on two busy cores."""


def copy_project(folder: Path) -> Path:
    """Make a checkout in `folder` that a test may edit; it shares the installed packages of this one.

    File times are preserved, so that compiled bytecode stays valid.
    """
    folder.mkdir(exist_ok=True)
    for name in FOLDERS:
        shutil.copytree(ROOT / name, folder / name)
    for name in FILES:
        shutil.copy2(ROOT / name, folder / name)
    (folder / ".venv").symlink_to(ROOT / ".venv")
    return folder


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


class LocalSystem:
    """`build.py local` in `project`. lines: its output. mark: identifies all of its processes."""

    def __init__(self, project: Path, *arguments: str, port: int | None = None, **environment: str) -> None:
        self.project = project
        self.port = port or free_port()
        self.url = f"http://localhost:{self.port}"
        self.socket_url = f"ws://localhost:{self.port}/live"
        self.mark = uuid.uuid4().hex
        self.lines: list[str] = []
        self.visits = 0  # for a test to keep
        self._unread: queue.Queue[str | None] = queue.Queue()
        self.process = subprocess.Popen(
            [sys.executable, "build.py", "local", "--no-open", "--port", str(self.port), *arguments],
            cwd=project,
            env={**os.environ, "TEST_MARK": self.mark, **environment},
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            start_new_session=True,
        )
        self._reader = threading.Thread(target=self._read, daemon=True)
        self._reader.start()

    def _read(self) -> None:
        assert self.process.stdout
        with self.process.stdout as output:
            for line in output:
                self.lines.append(line.rstrip("\n"))
                self._unread.put(self.lines[-1])
        self._unread.put(None)

    def wait_for(self, wanted: str) -> str:
        """Return the next line that contains `wanted`; fail with the whole output if there is none in time."""
        deadline = time.monotonic() + PATIENCE
        while (remaining := deadline - time.monotonic()) > 0:
            try:
                line = self._unread.get(timeout=remaining)
            except queue.Empty:
                break
            if line is None:
                break
            if wanted in line:
                return line
        raise AssertionError(f"no line with {wanted!r}:\n" + self.output)

    def ready(self) -> LocalSystem:
        self.wait_for(f"Ready: {self.url}")
        return self

    @property
    def output(self) -> str:
        return "\n".join(self.lines)

    def end(self, number: int = signal.SIGINT) -> int:
        """Send the signal as the terminal does, and return the exit code."""
        if self.process.poll() is None:
            self.process.send_signal(number)
        code = self.process.wait(PATIENCE)
        self._reader.join(PATIENCE)
        return code

    def processes(self) -> list[int]:
        """Return all processes of this run."""
        return marked(self.mark)

    def emulator(self) -> int:
        """Return the process of the emulator."""
        for pid in self.processes():
            command = Path(f"/proc/{pid}/cmdline").read_bytes()
            if b"local_cloud" in command:
                return pid
        raise AssertionError("there is no emulator process")

    def emulator_environment(self) -> dict[str, str]:
        """Return the environment of the emulator, with its port and the key of the run; only this user can read it."""
        variables = Path(f"/proc/{self.emulator()}/environ").read_text().split("\0")
        return dict(variable.partition("=")[::2] for variable in variables if variable)

    @contextmanager
    def clients(self) -> Iterator[Callable[[str], Any]]:
        """Return a factory of clients of the emulator, with the credentials of this run."""
        environment, session = self.emulator_environment(), botocore.session.get_session()
        with ExitStack() as stack:
            yield lambda service: stack.enter_context(
                closing(
                    session.create_client(
                        service,
                        environment["AWS_REGION"],
                        endpoint_url=f"http://127.0.0.1:{environment['GATEWAY_PORT']}",
                        aws_access_key_id=environment["AWS_ACCESS_KEY_ID"],
                        aws_secret_access_key=environment["AWS_SECRET_ACCESS_KEY"],
                        aws_session_token=environment.get("AWS_SESSION_TOKEN"),
                    )
                )
            )


def marked(mark: str) -> list[int]:
    """Return all processes with TEST_MARK set to `mark`, and their descendants."""
    found = []
    for entry in Path("/proc").glob("[0-9]*/environ"):
        try:
            if f"TEST_MARK={mark}".encode() in entry.read_bytes():
                found.append(int(entry.parent.name))
        except OSError:
            continue
    return found


def wait_until(condition: Callable[[], bool], what: str) -> None:
    """Wait until `condition` holds; fail with `what` after the timeout."""
    deadline = time.monotonic() + PATIENCE
    while not condition():
        assert time.monotonic() < deadline, f"waited {PATIENCE:.0f} s in vain until {what}"
        time.sleep(0.05)
