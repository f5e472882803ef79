"""A copy of the project for tests that start a system of their own."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.local_system import copy_project


@pytest.fixture
def project(tmp_path: Path) -> Path:
    return copy_project(tmp_path / "project")
