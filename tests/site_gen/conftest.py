"""A minimal site folder to build from, which tests can modify."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any, Protocol

import pytest

ROOT = Path(__file__).parents[2]


class MakeSource(Protocol):
    def __call__(self, resume: Any = ..., theme: dict[str, str] | None = ...) -> Path: ...


@pytest.fixture
def site() -> Path:
    """Return the project's own site folder."""
    return ROOT / "site"


@pytest.fixture
def make_source(tmp_path: Path) -> MakeSource:
    """Write a site folder; `resume` is JSON-encoded unless it is a string."""

    def make(resume: Any = None, theme: dict[str, str] | None = None) -> Path:
        source = tmp_path / "source"
        document = {"basics": {"name": "Ada"}} if resume is None else resume
        files = {"index.html.jinja": "<h1>{{ resume.basics.name }}</h1>\n"} if theme is None else theme
        (source / "theme").mkdir(parents=True, exist_ok=True)
        text = document if isinstance(document, str) else json.dumps(document)
        (source / "resume.json").write_text(text, encoding="utf-8")
        for name, content in files.items():
            (source / "theme" / name).write_text(content, encoding="utf-8")
        return source

    return make
