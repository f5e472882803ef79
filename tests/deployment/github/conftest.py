"""A checkout of a user's repository for each test, in the account that the emulator gives everybody."""

from __future__ import annotations

import uuid
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.deployment.github.checkout import Checkout


@pytest.fixture
def checkout(tmp_path: Path, endpoint: str, linted: Path) -> Iterator[Checkout]:
    made = Checkout(tmp_path, endpoint, f"ci-{uuid.uuid4().hex[:6]}")
    (made.root / "output").mkdir()
    (made.root / "output/lint").symlink_to(linted)
    yield made
    for name in made.stacks():
        made.target.client("cloudformation").delete_stack(StackName=name)
