"""The bootstrap, for real: a copy of it in an empty folder installs a tiny package that is made here, offline."""

from __future__ import annotations

import hashlib
import os
import shutil
import subprocess
import sys
import zipfile
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent
MAIN = """\
import bootstrap, sys
from errors import ProjectError
try:
    bootstrap.ensure("run", print)
except ProjectError as error:
    sys.exit(f"error: {error}")
import tiny
print(f"inside {sys.prefix}: tiny {tiny.VERSION}, arguments {sys.argv[1:]}")
"""


def wheel(folder: Path, version: str) -> str:
    """Makes tiny-`version`'s wheel in `folder`. Returns the pinned requirement with its hash."""
    path = folder / f"tiny-{version}-py3-none-any.whl"
    information = f"tiny-{version}.dist-info"
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr("tiny.py", f"VERSION = '{version}'\n")
        archive.writestr(f"{information}/METADATA", f"Metadata-Version: 2.1\nName: tiny\nVersion: {version}\n")
        archive.writestr(f"{information}/WHEEL", "Wheel-Version: 1.0\nRoot-Is-Purelib: true\nTag: py3-none-any\n")
        archive.writestr(f"{information}/RECORD", "")
    return f"tiny=={version} \\\n    --hash=sha256:{hashlib.sha256(path.read_bytes()).hexdigest()}\n"


class Checkout:
    """A folder with the bootstrap and a package index that is a folder too."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.wheels = folder / "wheels"
        self.wheels.mkdir()
        for name in ("bootstrap.py", "errors.py"):
            shutil.copy(ROOT / name, folder)
        (folder / "main.py").write_text(MAIN)
        (folder / "requirements").mkdir()
        self.pin(wheel(self.wheels, "1.0"))

    @property
    def python(self) -> Path:
        return self.folder / ".venv/bin/python"

    def pin(self, requirement: str) -> None:
        (self.folder / "requirements/run.txt").write_text(requirement)

    def run(self, *arguments: str, index: Path | None = None) -> subprocess.CompletedProcess[str]:
        environment = {"PATH": os.environ["PATH"], "PIP_NO_INDEX": "1", "PIP_FIND_LINKS": str(index or self.wheels)}
        return subprocess.run(
            [sys.executable, "main.py", *arguments],
            cwd=self.folder,
            env=environment,
            capture_output=True,
            text=True,
            check=False,
        )


@pytest.fixture
def checkout(tmp_path: Path) -> Checkout:
    return Checkout(tmp_path)


def test_it_installs_once_and_goes_on_inside_with_the_same_arguments(checkout: Checkout) -> None:
    first, second = checkout.run("a", "b c"), checkout.run()
    assert first.returncode == 0, first.stderr
    assert "installing 1 pinned packages" in first.stdout
    assert f"inside {checkout.folder / '.venv'}: tiny 1.0, arguments ['a', 'b c']" in first.stdout
    assert "installing" not in second.stdout
    assert "tiny 1.0" in second.stdout


def test_changed_pins_and_half_made_environments_are_mended(checkout: Checkout) -> None:
    assert checkout.run().returncode == 0
    checkout.pin(wheel(checkout.wheels, "2.0"))
    assert "tiny 2.0" in checkout.run().stdout, "new pins are installed into the same environment"
    checkout.python.unlink()
    assert "tiny 2.0" in checkout.run().stdout, "a lost interpreter is made anew"
    shutil.rmtree(next(checkout.folder.glob(".venv/lib/python*/site-packages/pip")))
    (checkout.folder / ".venv/installed-run").unlink()
    assert "tiny 2.0" in checkout.run().stdout, "so is a lost pip"


def test_an_interrupted_install_is_completed_by_the_next_run(checkout: Checkout) -> None:
    """Whatever was interrupted, the stamp comes last: without it the environment counts as unmade."""
    (checkout.folder / ".venv/bin").mkdir(parents=True)
    (checkout.folder / ".venv/pyvenv.cfg").write_text("home = nowhere\n")
    assert "tiny 1.0" in checkout.run().stdout


def test_a_package_that_cannot_be_had_is_told_and_a_second_try_works(checkout: Checkout) -> None:
    nowhere = checkout.folder / "empty"
    nowhere.mkdir()
    failed = checkout.run(index=nowhere)
    assert failed.returncode == 1
    assert "No matching distribution found for tiny==1.0" in failed.stderr
    assert "next: " in failed.stderr
    assert "Traceback" not in failed.stderr
    assert "tiny 1.0" in checkout.run().stdout


def test_a_package_with_another_hash_is_refused(checkout: Checkout) -> None:
    checkout.pin(f"tiny==1.0 --hash=sha256:{'0' * 64}\n")
    refused = checkout.run()
    assert refused.returncode == 1
    assert "error: installing into .venv" in refused.stderr
    assert "Traceback" not in refused.stderr
