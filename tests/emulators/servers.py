"""The emulators: where each is installed, how it is started, and clients of it."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import tempfile
import time
import urllib.request
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

import botocore.session
from botocore.config import Config

from tests.browser.node_tools import NODE
from tests.local_system import ROOT, free_port

INSTALLED = ROOT / "output/emulators"
REGION = "us-east-1"
ACCOUNT = {"AWS_ACCESS_KEY_ID": "test", "AWS_SECRET_ACCESS_KEY": "test", "AWS_REGION": REGION}
PATIENCE = 90.0


@dataclass(frozen=True)
class Emulator:
    """An emulator on PyPI.

    python: that of its environment. arguments: after it, with {port}. health: a path.
    variables: of its process. text_conditions: it gets the booleans in conditions of policies as text."""

    name: str
    package: str
    python: Path
    arguments: tuple[str, ...]
    health: str
    variables: Mapping[str, str] = field(default_factory=dict)
    text_conditions: bool = False

    @property
    def is_installed(self) -> bool:
        return self.python.exists()

    def title(self) -> str:
        """Return the name with the installed version."""
        program = f"import importlib.metadata as m; print(m.version({self.package!r}))"
        found = subprocess.run([self.python, "-c", program], capture_output=True, text=True, check=True).stdout.strip()
        return self.name.replace(self.package, f"{self.package} {found}")


def _of_its_own(name: str) -> Path:
    return INSTALLED / name / "bin/python"


_LOCALEMU = Emulator(
    "localemu",
    "localemu",
    _of_its_own("localemu"),
    ("-c", "from localemu.cli.main import main; main()", "start", "--host", "127.0.0.1", "--port", "{port}"),
    "/_localemu/health",
)
_CHANGED_LOCALEMU = replace(
    _LOCALEMU,
    name="localemu, changed",
    arguments=(str(Path(__file__).with_name("localemu_processes.py")), *_LOCALEMU.arguments[2:]),
    text_conditions=True,
)
"""The two changes that it takes to get further: functions in processes, and text in conditions."""

_MINISTACK = Emulator("ministack", "ministack", Path(sys.executable), ("-m", "ministack"), "/_ministack/health")

EMULATORS = {
    one.name: one
    for one in (
        _MINISTACK,
        replace(_MINISTACK, name="ministack AUTH=true", variables={"AUTH": "true"}),
        _LOCALEMU,
        _CHANGED_LOCALEMU,
        Emulator(
            "moto", "moto", _of_its_own("moto"), ("-m", "moto.server", "-H", "127.0.0.1", "-p", "{port}"), "/moto-api/"
        ),
    )
}


@dataclass(frozen=True)
class Cloud:
    """A running emulator. url: the endpoint of every service. folder: for files of the checks."""

    emulator: Emulator
    url: str
    folder: Path

    def client(self, service: str, path: str = "") -> Any:
        config = Config(retries={"total_max_attempts": 1}, s3={"addressing_style": "path"}, read_timeout=60)
        keys: Any = {"aws_access_key_id": "test", "aws_secret_access_key": "test"}
        session: Any = botocore.session.get_session()
        return session.create_client(service, REGION, endpoint_url=self.url + path, config=config, **keys)


@contextmanager
def running(emulator: Emulator) -> Iterator[Cloud]:
    """Start the emulator, without Docker, and end it with all of its processes."""
    port = free_port()
    with tempfile.TemporaryDirectory() as name:
        folder, url = Path(name), f"http://127.0.0.1:{port}"
        with (folder / "log").open("ab") as log:
            process = subprocess.Popen(
                [emulator.python, *(part.format(port=port) for part in emulator.arguments)],
                cwd=folder, env=_environment(emulator, folder, port), stdin=subprocess.DEVNULL, stdout=log, stderr=log,
                start_new_session=True,
            )  # fmt: skip
        try:
            _wait_until_healthy(url + emulator.health, process, folder / "log")
            yield Cloud(emulator, url, folder)
        finally:
            os.killpg(process.pid, signal.SIGKILL)
            process.wait(PATIENCE)


def _environment(emulator: Emulator, folder: Path, port: int) -> dict[str, str]:
    """Return the environment of the emulator's process: the user's without AWS's and Python's variables.

    Every emulator gets the variables of the others too, which it does not read, and no Docker.
    """
    kept = {name: value for name, value in os.environ.items() if not name.startswith(("AWS_", "PYTHON"))}
    return {
        **kept,
        "GATEWAY_PORT": str(port),
        "GATEWAY_LISTEN": f"127.0.0.1:{port}",
        "BIND_HOST": "127.0.0.1",
        "IOT_MTLS_ENABLED": "0",
        "SFTP_ENABLED": "0",
        "STATE_DIR": str(folder / "state"),
        "S3_DATA_DIR": str(folder / "s3"),
        "PATH": f"{NODE.parent}{os.pathsep}{os.environ['PATH']}",  # which runs the distribution's function
        "HOME": str(folder),
        "DOCKER_HOST": "unix:///nonexistent",
        **emulator.variables,
    }


def _wait_until_healthy(url: str, process: subprocess.Popen[bytes], log: Path) -> None:
    deadline = time.monotonic() + PATIENCE
    while True:
        try:
            with urllib.request.urlopen(url, timeout=5):
                return
        except OSError:
            assert process.poll() is None, log.read_text(errors="replace")[-2000:]
            assert time.monotonic() < deadline, "the emulator does not answer"
            time.sleep(0.1)
