"""Apply each recipe of docs/extending.md to a copy of the project: its tests pass there, and ruff accepts its lines."""

from __future__ import annotations

import re
import shutil
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

import pytest

from tests.local_system import ROOT, copy_project

PAGE = (ROOT / "docs/extending.md").read_text(encoding="utf-8")
RECIPES = dict(part.split("\n", 1) for part in PAGE.split("\n## ")[1:])
INSTRUCTION = re.compile(
    r"^(?P<verb>Create|At the end of|In) `(?P<path>[^`]+)`(?:, (?P<where>\w[\w ]+?) `(?P<anchor>[^\n]+)`)?:\n\n"
    r"```\w+\n(?P<lines>.*?\n)```$",
    re.MULTILINE | re.DOTALL,
)


@dataclass(frozen=True)
class Edit:
    """where: "" creates the file or appends to it. anchor: a part of the one line that the edit is about."""

    path: str
    where: str
    anchor: str
    text: str

    def apply(self, project: Path) -> None:
        path = project / self.path
        if self.where:
            path.write_text(self._edited(path.read_text(encoding="utf-8")), encoding="utf-8")
            return
        path.parent.mkdir(exist_ok=True)
        before = path.read_text(encoding="utf-8") + "\n\n" if path.exists() else ""
        path.write_text(before + self.text, encoding="utf-8")

    def _edited(self, before: str) -> str:
        lines = before.splitlines(keepends=True)
        found = [number for number, line in enumerate(lines) if self.anchor in line]
        texts = self.text.splitlines(keepends=True) if self.where == "below each" else [self.text]
        assert len(found) == len(texts), f"{self.path} has {self.anchor!r} in {len(found)} lines"
        for number, text in zip(found, texts, strict=True):
            kept = lines[number]
            lines[number] = {"instead of": text, "above": text + kept}.get(self.where, kept + text)
        return "".join(lines)


def edits(recipe: str) -> list[Edit]:
    """Return the recipe's edits, in its order."""
    found = INSTRUCTION.finditer(RECIPES[recipe])
    return [Edit(one["path"], one["where"] or "", one["anchor"] or "", one["lines"]) for one in found]


def copy_with_tests(folder: Path) -> Path:
    """Copy the project with its tests, so that a recipe's tests run in the copy."""
    project = copy_project(folder / "project")
    for name in ("scanners", "tests"):
        shutil.copytree(ROOT / name, project / name)
    shutil.copy2(ROOT / "README.md", project / "README.md")
    return project


def run(project: Path, *command: str) -> None:
    """Run a module of Python in the project; fail with its output if it fails."""
    done = subprocess.run([sys.executable, "-m", *command], cwd=project, capture_output=True, text=True, check=False)
    if done.returncode:
        pytest.fail(done.stdout + done.stderr)


@pytest.mark.parametrize("recipe", RECIPES)
def test_a_recipe_does_what_it_says(recipe: str, tmp_path: Path) -> None:
    project = copy_with_tests(tmp_path)
    applied = edits(recipe)
    for edit in applied:
        edit.apply(project)
    changed = sorted({edit.path for edit in applied if edit.path.endswith(".py")})
    tests = [f"{edit.path}::{name}" for edit in applied for name in re.findall(r"(?m)^def (test_\w+)", edit.text)]
    assert tests
    run(project, "ruff", "check", *changed)
    run(project, "ruff", "format", "--check", *changed)
    run(project, "pytest", "-q", "-p", "no:cacheprovider", *tests)


@pytest.mark.parametrize("recipe", RECIPES)
def test_every_block_of_a_recipe_is_applied(recipe: str) -> None:
    assert len(edits(recipe)) == RECIPES[recipe].count("\n```\n")
