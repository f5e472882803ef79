"""A site folder with a résumé, and files to import beside it."""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path
from types import MappingProxyType
from typing import Any, Protocol

import pytest

from site_gen.importing.plan import ImportPlan

BEFORE = '{"basics": {"name": "Before"}}'


class MakeFile(Protocol):
    def __call__(self, content: Any, name: str = ..., beside: Mapping[str, bytes] = ...) -> Path: ...


@pytest.fixture
def site(tmp_path: Path) -> Path:
    folder = tmp_path / "site"
    folder.mkdir()
    (folder / "resume.json").write_text(BEFORE)
    return folder


@pytest.fixture
def foreign(tmp_path: Path) -> MakeFile:
    """Write a file in a folder of its own; `content` is JSON-encoded unless it is bytes."""

    def make(content: Any, name: str = "cv.json", beside: Mapping[str, bytes] = MappingProxyType({})) -> Path:
        folder = tmp_path / "downloads"
        folder.mkdir(exist_ok=True)
        for other, data in beside.items():
            (folder / other).parent.mkdir(parents=True, exist_ok=True)
            (folder / other).write_bytes(data)
        path = folder / name
        path.write_bytes(content if isinstance(content, bytes) else json.dumps(content, indent=2).encode())
        return path

    return make


def document_of(plan: ImportPlan) -> dict[str, Any]:
    """Return the document that a plan would write."""
    document: dict[str, Any] = json.loads(plan.content)
    return document
