"""A slow emulator, and a command that reaches it through a proxy."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.deployment.command import Command
from tests.deployment.conftest import emulator
from tests.deployment.faulty_proxy import FaultyProxy, faulty_proxy
from tests.deployment.warm_python import WarmPython


@pytest.fixture(scope="session")
def slow_endpoint(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    with emulator(tmp_path_factory.mktemp("slow"), "tests.deployment.slow_emulator") as url:
        yield url


@pytest.fixture
def slow_proxy(slow_endpoint: str) -> Iterator[FaultyProxy]:
    with faulty_proxy(slow_endpoint) as proxy:
        yield proxy


@pytest.fixture
def slowly(project: Path, tmp_path: Path, slow_proxy: FaultyProxy, python: WarmPython) -> Command:
    """A command that reaches the slow emulator through the proxy."""
    return Command(project, tmp_path, slow_proxy.url, python=python)
