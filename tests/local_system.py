"""The whole system, run as a user runs it: a copy of the project, and `build.py local` in it."""

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
FILES = ("build.py", "bootstrap.py", "console.py", "errors.py", "files.py", "pyproject.toml", "settings.toml")
FOLDERS = ("cli", "requirements", "settings", "template_gen", "router", "deployment", "local_cloud", "site", "site_gen")
PATIENCE = 60.0
"""Seconds until a wait gives up: many times what is needed on two busy cores."""


def copy_project(folder: Path) -> Path:
    """A checkout in `folder` that a test may edit; it shares this one's installed packages.

    With the times of the files, so that what is compiled already is not compiled again in every copy.
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
    """`build.py local` in `project`. What it prints is in `lines`; `mark` finds every process it led to."""

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
        """The next line that holds `wanted`; fails with everything printed when none comes."""
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
        """Sends the signal, as the terminal would, and returns the exit code."""
        if self.process.poll() is None:
            self.process.send_signal(number)
        code = self.process.wait(PATIENCE)
        self._reader.join(PATIENCE)
        return code

    def processes(self) -> list[int]:
        """Every process that descends from this run."""
        return marked(self.mark)

    def emulator(self) -> int:
        """The process that is the emulator."""
        for pid in self.processes():
            command = Path(f"/proc/{pid}/cmdline").read_bytes()
            if b"local_cloud" in command:
                return pid
        raise AssertionError("there is no emulator process")

    def emulator_environment(self) -> dict[str, str]:
        """The emulator's variables, its port and the run's key among them: for this user alone to read."""
        variables = Path(f"/proc/{self.emulator()}/environ").read_text().split("\0")
        return dict(variable.partition("=")[::2] for variable in variables if variable)

    @contextmanager
    def clients(self) -> Iterator[Callable[[str], Any]]:
        """Makes clients of the emulator, by service, as one of this run's own."""
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
    """Every process that was started with TEST_MARK as `mark`, and those that it led to."""
    found = []
    for entry in Path("/proc").glob("[0-9]*/environ"):
        try:
            if f"TEST_MARK={mark}".encode() in entry.read_bytes():
                found.append(int(entry.parent.name))
        except OSError:
            continue
    return found


def wait_until(condition: Callable[[], bool], what: str) -> None:
    """Returns once `condition` holds; fails, saying `what`, when it does not within the patience."""
    deadline = time.monotonic() + PATIENCE
    while not condition():
        assert time.monotonic() < deadline, f"waited {PATIENCE:.0f} s in vain until {what}"
        time.sleep(0.05)
