"""The files and functions in docs/architecture.md exist."""

from __future__ import annotations

import ast
import re
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent
TEXT = (ROOT / "docs/architecture.md").read_text(encoding="utf-8")
FOLDERS = "cli|deployment|local_cloud|router|settings|site_gen|site|template_gen|tests"
PLACES = sorted(set(re.findall(rf"`((?:{FOLDERS})/[\w./-]*)(?:: (\w+))?", TEXT)))


@pytest.mark.parametrize(("path", "name"), PLACES)
def test_everything_that_the_page_names_exists(path: str, name: str) -> None:
    assert (ROOT / path).exists()
    if name and path.endswith(".py"):
        tree = ast.parse((ROOT / path).read_text(encoding="utf-8"))
        defined = {node.name for node in ast.walk(tree) if isinstance(node, ast.FunctionDef | ast.ClassDef)}
        defined |= {ast.unparse(node.target) for node in ast.walk(tree) if isinstance(node, ast.AnnAssign)}
        assert name in defined


def test_the_page_names_some() -> None:
    assert len(PLACES) > 30
