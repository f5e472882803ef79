"""The scanners' environment, if `build.py scan` created one, as it does in CI before the tests."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from bootstrap import Environment

ROOT = Path(__file__).resolve().parents[2]
REQUIRED = "REQUIRE_SCANNERS"
"""Set by .ci/run: without the environment, tests fail instead of being skipped."""


def scanners_environment() -> Environment:
    """Skip the test if there is no environment, or one of another lock; a test installs nothing."""
    environment = Environment(ROOT / ".venv-scan")
    if not environment._has("scan"):
        reason = "no .venv-scan as requirements/scan.txt has it: run python3 build.py scan once"
        if os.environ.get(REQUIRED):
            pytest.fail(reason)
        pytest.skip(reason)
    return environment
