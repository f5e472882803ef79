"""The list of the project's files: the same with Git and from an archive without Git."""

from __future__ import annotations

import subprocess
import zipfile
from pathlib import Path

import pytest

from scanners.checkout import files_of

IGNORED = "/.venv*\n/output/\n__pycache__/\n*.pyc\n"
OURS = ("a.py", "b/package-lock.json", "b/c/d.py", ".github/workflows/ci.yml", "b/output/kept.py")
NOT_OURS = (".venv/x.py", ".venv-scan/y.py", "output/z.py", "b/__pycache__/q.py", "b/e.pyc")


@pytest.fixture
def archive(tmp_path: Path) -> Path:
    """Return an unpacked archive with files added later."""
    (tmp_path / ".gitignore").write_text(IGNORED)
    for name in (*OURS, *NOT_OURS):
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).write_text("")
    return tmp_path


PATTERNS = ("*.py", "*package-lock.json", ".github/workflows/*.yml", "*")


@pytest.mark.parametrize("pattern", PATTERNS)
def test_without_git_the_files_are_those_that_git_would_have(
    archive: Path, pattern: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    without = files_of(archive, pattern)
    subprocess.run(["git", "init", "-q"], cwd=archive, check=True)
    assert files_of(archive, pattern) == without
    assert without
    assert not set(NOT_OURS) & set(without)
    monkeypatch.setenv("PATH", "")  # a checkout on a machine where git was taken away again
    assert files_of(archive, pattern) == without


def test_a_checkout_around_the_archive_does_not_matter(archive: Path) -> None:
    subprocess.run(["git", "init", "-q"], cwd=archive, check=True)
    (archive / ".git/info/exclude").write_text("inner\n")
    inner = archive / "inner"
    inner.mkdir()
    (inner / ".gitignore").write_text(IGNORED)
    (inner / "a.py").write_text("")
    assert files_of(inner, "*.py") == ["a.py"]


def test_a_file_that_git_still_has_and_that_is_gone_is_left_out(archive: Path) -> None:
    for command in (["init", "-q"], ["add", "a.py"]):
        subprocess.run(["git", *command], cwd=archive, check=True)
    (archive / "a.py").unlink()
    assert "a.py" not in files_of(archive, "*.py")


def test_our_own_ignore_file_is_understood_without_git(tmp_path: Path) -> None:
    """In an archive by `git archive` or GitHub, the list is everything that was packed."""
    root = Path(__file__).resolve().parents[2]
    packed = files_of(root, "*")
    with zipfile.ZipFile(tmp_path / "archive.zip", "w") as archive:
        for name in packed:
            archive.write(root / name, name)
    with zipfile.ZipFile(tmp_path / "archive.zip") as archive:
        archive.extractall(tmp_path / "unpacked")
    assert files_of(tmp_path / "unpacked", "*") == packed
    assert {"build.py", ".ci/run", ".github/workflows/ci.yml", "site/resume.json"} <= set(packed)
