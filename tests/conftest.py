"""Fixtures for all tests; Hypothesis runs without deadlines."""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import settings

from tests.local_system import ROOT, LocalSystem, copy_project, wait_until

settings.register_profile("untimed", deadline=None)
settings.register_profile("thorough", deadline=None, max_examples=10_000)
settings.load_profile(os.environ.get("HYPOTHESIS_PROFILE", "untimed"))


@pytest.fixture(scope="session")
def linted() -> Path:
    """The folder of hashes of templates without findings, shared by all tests, workers and runs, because linting a
    template takes seconds."""
    folder = ROOT / "output/lint"
    folder.mkdir(parents=True, exist_ok=True)
    return folder


@pytest.fixture(scope="module")
def system(tmp_path_factory: pytest.TempPathFactory) -> Iterator[LocalSystem]:
    """The whole system, started with `build.py local` once per module."""
    running = LocalSystem(copy_project(tmp_path_factory.mktemp("project")))
    try:
        yield running.ready()
    finally:
        running.end()
        wait_until(lambda: not running.processes(), "every process of the system has ended")
