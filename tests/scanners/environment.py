"""The scanners' environment, where `build.py scan` made one. In CI it did, before the tests."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from bootstrap import Environment

ROOT = Path(__file__).resolve().parents[2]


def scanners_environment() -> Environment:
    environment = Environment(ROOT / ".venv-scan")
    if not environment.python.exists():
        reason = "no .venv-scan: run python3 build.py scan once"
        if os.environ.get("REQUIRE_BROWSER"):  # what CI sets
            pytest.fail(reason)
        pytest.skip(reason)
    return environment
