"""Shared fixtures: settings, a site, moto, and a real AWS emulator per worker."""

from __future__ import annotations

import os
import socket
import subprocess
import sys
import time
import urllib.request
import uuid
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest
from moto import mock_aws

from deployment.aws.target import Target
from settings import Settings, validate
from tests.browser.node_tools import NODE
from tests.deployment.command import Command
from tests.deployment.deploys import Deploys
from tests.deployment.fakes import Lines
from tests.deployment.faulty_proxy import FaultyProxy, faulty_proxy
from tests.deployment.warm_python import WarmPython, warm_python
from tests.local_system import ROOT, copy_project

PATIENCE = 30.0
"""Timeout in seconds for the start of the emulator, which takes about one."""

MakeSettings = Callable[..., Settings]


@pytest.fixture(autouse=True)
def no_aws_of_the_user(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """Remove the AWS environment variables and files of the user, so that no test reaches a real account."""
    for name in [name for name in os.environ if name.startswith("AWS_")]:
        monkeypatch.delenv(name)
    monkeypatch.setenv("AWS_CONFIG_FILE", str(tmp_path / "no-config"))
    monkeypatch.setenv("AWS_SHARED_CREDENTIALS_FILE", str(tmp_path / "no-credentials"))
    monkeypatch.setenv("AWS_EC2_METADATA_DISABLED", "true")


@pytest.fixture
def aws(no_aws_of_the_user: None) -> Iterator[Target]:
    """An empty account in moto."""
    with mock_aws():
        yield Target("eu-central-1", access_key="moto", secret_key="moto")


@pytest.fixture(scope="session")
def endpoint(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """The URL of an emulator that runs until the end of the session."""
    with emulator(tmp_path_factory.mktemp("emulator")) as url:
        yield url


@contextmanager
def emulator(folder: Path, module: str = "ministack") -> Iterator[str]:
    """Run an emulator and yield its URL. module: the program."""
    running, url = started(folder, module)
    try:
        yield url
    finally:
        running.terminate()
        try:
            running.wait(10)
        except subprocess.TimeoutExpired:
            running.kill()
            running.wait()


def started(folder: Path, module: str = "ministack") -> tuple[subprocess.Popen[bytes], str]:
    """Start an emulator and return it with its URL. If another process takes the port first, try another one."""
    for _ in range(3):
        port = free_port()
        environment = {
            **{name: value for name, value in os.environ.items() if not name.startswith("AWS_")},
            "GATEWAY_PORT": str(port),
            "BIND_HOST": "127.0.0.1",
            "IOT_MTLS_ENABLED": "0",
            "HOME": str(folder),
            "PATH": f"{NODE.parent}{os.pathsep}{os.environ['PATH']}",  # which runs the distribution's function
            "PYTHONPATH": str(ROOT),
            "STATE_DIR": str(folder / "state"),
        }
        with (folder / "log").open("ab") as log:
            process = subprocess.Popen(
                [sys.executable, "-m", module], cwd=folder, env=environment, stdout=log, stderr=log
            )
        if is_healthy(f"http://127.0.0.1:{port}/_ministack/health", process):
            return process, f"http://127.0.0.1:{port}"
        process.kill()
        process.wait()
    raise AssertionError(f"the emulator does not start: {(folder / 'log').read_text()[-2000:]}")


def free_port() -> int:
    with socket.socket() as sock:
        sock.bind(("127.0.0.1", 0))
        port: int = sock.getsockname()[1]
        return port


def is_healthy(url: str, emulator: subprocess.Popen[bytes]) -> bool:
    """Return True once the emulator responds, False if it exits or times out."""
    deadline = time.monotonic() + PATIENCE
    while time.monotonic() < deadline and emulator.poll() is None:
        try:
            with urllib.request.urlopen(url, timeout=1):
                return True
        except OSError:
            time.sleep(0.02)  # a breath between two looks
    return False


@pytest.fixture
def cloud(endpoint: str) -> Target:
    return Target("us-east-1", endpoint, access_key="test", secret_key="test")


@pytest.fixture
def output(tmp_path: Path, linted: Path) -> Path:
    folder = tmp_path / "output"
    folder.mkdir()
    (folder / "lint").symlink_to(linted)
    return folder


@pytest.fixture
def site(tmp_path: Path) -> Path:
    """A custom site: a page, its stylesheet, and an asset with a hash in its name."""
    folder = tmp_path / "mysite"
    (folder / "assets").mkdir(parents=True)
    (folder / "index.html").write_text("<h1>One</h1>")
    (folder / "style.css").write_text("h1 { color: teal }")
    (folder / "assets/app.0123456789ab.js").write_text("console.log(1)")
    return folder


@pytest.fixture
def make_settings(tmp_path: Path, site: Path) -> MakeSettings:
    """Factory of settings for a stack that only this test uses: `make_settings(keep=False, tags={...})`."""
    name = f"cv-{uuid.uuid4().hex[:8]}"

    def make(*, keep: bool = True, **tables: Any) -> Settings:
        stack = {"name": name, "keep_data_on_destroy": keep}
        return validate({"stack": stack, "site": {"folder": site.name}, **tables}, tmp_path / "settings.toml")

    return make


@pytest.fixture
def deploys(cloud: Target, output: Path, site: Path, make_settings: MakeSettings) -> Deploys:
    return Deploys(cloud, output, site, make_settings())


@pytest.fixture
def say() -> Lines:
    return Lines()


@pytest.fixture(scope="session")
def project(tmp_path_factory: pytest.TempPathFactory, linted: Path) -> Path:
    """A checkout per worker, which a test may edit if it restores everything."""
    folder = copy_project(tmp_path_factory.mktemp("project"))
    (folder / "output").mkdir()
    (folder / "output/lint").symlink_to(linted)
    return folder


@pytest.fixture(scope="session")
def python() -> Iterator[WarmPython]:
    with warm_python() as python:
        yield python


@pytest.fixture
def command(project: Path, tmp_path: Path, endpoint: str, python: WarmPython) -> Iterator[Command]:
    command = Command(project, tmp_path, endpoint, python=python)
    yield command
    command.clean_up()


@pytest.fixture
def users_command(project: Path, tmp_path: Path, endpoint: str) -> Iterator[Command]:
    """The command in a new Python process, as a user starts it."""
    command = Command(project, tmp_path, endpoint)
    yield command
    command.clean_up()


@pytest.fixture
def proxy(endpoint: str) -> Iterator[FaultyProxy]:
    with faulty_proxy(endpoint) as proxy:
        yield proxy


@pytest.fixture
def proxied(project: Path, tmp_path: Path, proxy: FaultyProxy, python: WarmPython) -> Iterator[Command]:
    """A command that reaches the emulator through the proxy."""
    command = Command(project, tmp_path, proxy.url, python=python)
    yield command
    proxy.forget()
    command.clean_up()
