"""A running system for a whole module, and a copy of the project for tests that start their own."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.local_system import LocalSystem, copy_project, wait_until


@pytest.fixture(scope="module")
def system(tmp_path_factory: pytest.TempPathFactory) -> Iterator[LocalSystem]:
    running = LocalSystem(copy_project(tmp_path_factory.mktemp("project")))
    try:
        yield running.ready()
    finally:
        running.end()
        wait_until(lambda: not running.processes(), "every process of the system has ended")


@pytest.fixture
def project(tmp_path: Path) -> Path:
    return copy_project(tmp_path / "project")
