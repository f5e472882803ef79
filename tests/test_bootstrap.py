"""The bootstrap in an empty folder, installing a tiny package that is built here, offline."""

from __future__ import annotations

import ast
import hashlib
import os
import re
import shutil
import subprocess
import sys
import zipfile
from collections.abc import Sequence
from importlib.metadata import PackageNotFoundError, requires, version
from pathlib import Path

import pip
import pytest

ROOT = Path(__file__).resolve().parent.parent
MAIN = """\
import bootstrap, os, pathlib, sys
from errors import ProjectError
try:
    bootstrap.ensure("run", print, pathlib.Path(os.environ["PIP"]) if "PIP" in os.environ else None)
except ProjectError as error:
    sys.exit(f"error: {error}")
import tiny
print(f"inside {sys.prefix}: tiny {tiny.VERSION}, arguments {sys.argv[1:]}")
"""
NEWER = "99999.0"
UV = Path(sys.executable).with_name("uv")


def wheel(folder: Path, name: str, version: str, requires: Sequence[str] = (), program: Path | None = None) -> str:
    """Build a wheel in `folder` of a module with a VERSION, and return the pinned requirement with its hash.

    requires: its dependencies. program: a file to install as a command.
    """
    stem = f"{name.replace('-', '_')}-{version}"
    path = folder / f"{stem}-py3-none-any.whl"
    metadata = [f"Metadata-Version: 2.1\nName: {name}\nVersion: {version}", *(f"Requires-Dist: {r}" for r in requires)]
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr(f"{name.replace('-', '_')}.py", f"VERSION = '{version}'\n")
        archive.writestr(f"{stem}.dist-info/METADATA", "\n".join(metadata) + "\n")
        archive.writestr(f"{stem}.dist-info/WHEEL", "Wheel-Version: 1.0\nRoot-Is-Purelib: true\nTag: py3-none-any\n")
        archive.writestr(f"{stem}.dist-info/RECORD", "")
        if program:
            archive.write(program, f"{stem}.data/scripts/{program.name}")
    return f"{name}=={version} \\\n    --hash=sha256:{hashlib.sha256(path.read_bytes()).hexdigest()}\n"


class Checkout:
    """A folder with the bootstrap, and a package index in another folder, without uv unless a test adds it."""

    def __init__(self, folder: Path, pip: Path) -> None:
        self.folder = folder
        self.pip: Path | None = pip
        self.wheels = folder / "wheels"
        self.wheels.mkdir()
        for name in ("bootstrap.py", "console.py", "errors.py"):
            shutil.copy(ROOT / name, folder)
        (folder / "main.py").write_text(MAIN)
        (folder / "requirements").mkdir()
        self.lock("", "test")
        self.lock(f"uv==0 --hash=sha256:{'0' * 64}\n", "uv")
        self.lock(wheel(self.wheels, "tiny", "1.0"))

    @property
    def python(self) -> Path:
        return self.folder / ".venv/bin/python"

    def lock(self, requirements: str, name: str = "run") -> None:
        (self.folder / f"requirements/{name}.txt").write_text(requirements)

    def offer_uv(self) -> None:
        self.lock(wheel(self.wheels, "uv", version("uv"), program=UV), "uv")

    def run(self, *arguments: str, index: Path | None = None) -> subprocess.CompletedProcess[str]:
        links = str(index or self.wheels)
        environment = {
            "PATH": os.environ["PATH"],
            "HOME": str(self.folder),
            "PIP_NO_INDEX": "1",
            "PIP_FIND_LINKS": links,
            "UV_OFFLINE": "1",
            "UV_FIND_LINKS": links,
        }
        if self.pip is not None:
            environment["PIP"] = str(self.pip)
        return subprocess.run(
            [sys.executable, "main.py", *arguments],
            cwd=self.folder,
            env=environment,
            capture_output=True,
            text=True,
            check=False,
        )

    def installed(self) -> dict[str, str]:
        """Return name -> version of the packages in the environment."""
        script = "from importlib.metadata import distributions as d; print([(x.name, x.version) for x in d()])"
        listed = subprocess.run([self.python, "-c", script], capture_output=True, text=True, check=True).stdout
        return dict(ast.literal_eval(listed))


@pytest.fixture(scope="session")
def oldest_pip(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The oldest pip that is bundled with a supported Python, in its own folder without other packages."""
    return shutil.copytree(Path(pip.__file__).parent, tmp_path_factory.mktemp("oldest-pip") / "pip")


@pytest.fixture
def checkout(tmp_path: Path, oldest_pip: Path) -> Checkout:
    return Checkout(tmp_path, oldest_pip)


def test_it_installs_once_and_runs_the_command_with_the_same_arguments(checkout: Checkout) -> None:
    first, second = checkout.run("a", "b c"), checkout.run()
    assert first.returncode == 0, first.stderr
    assert "installing 1 pinned packages" in first.stdout
    assert f"inside {checkout.folder / '.venv'}: tiny 1.0, arguments ['a', 'b c']" in first.stdout
    assert "installing" not in second.stdout
    assert "tiny 1.0" in second.stdout


def test_the_bundled_pip_is_sufficient(checkout: Checkout) -> None:
    checkout.pip = None
    assert "tiny 1.0" in checkout.run().stdout


def test_changed_pins_and_incomplete_environments_are_repaired(checkout: Checkout) -> None:
    assert checkout.run().returncode == 0
    checkout.lock(wheel(checkout.wheels, "tiny", "2.0"))
    assert "tiny 2.0" in checkout.run().stdout, "new pins are installed into the same environment"
    checkout.python.unlink()
    assert "tiny 2.0" in checkout.run().stdout, "a lost interpreter is made anew"
    (checkout.folder / ".venv/installed").unlink()
    assert "tiny 2.0" in checkout.run().stdout, "so is what was interrupted"


def test_an_interrupted_install_is_completed_by_the_next_run(checkout: Checkout) -> None:
    """The stamp is written last, so an interrupted installation is repeated."""
    (checkout.folder / ".venv/bin").mkdir(parents=True)
    (checkout.folder / ".venv/pyvenv.cfg").write_text("home = nowhere\n")
    assert "tiny 1.0" in checkout.run().stdout


def test_a_missing_package_is_reported_and_the_next_run_succeeds(checkout: Checkout) -> None:
    nowhere = checkout.folder / "empty"
    nowhere.mkdir()
    failed = checkout.run(index=nowhere)
    assert failed.returncode == 1
    assert "No matching distribution found for tiny==1.0" in failed.stderr
    assert "next: " in failed.stderr
    assert "Traceback" not in failed.stderr
    assert "tiny 1.0" in checkout.run().stdout


@pytest.mark.parametrize("with_uv", [False, True], ids=["pip", "uv"])
def test_a_package_with_another_hash_is_rejected(checkout: Checkout, with_uv: bool) -> None:
    """By uv, and by the pip that is tried afterwards."""
    if with_uv:
        checkout.offer_uv()
    checkout.lock(f"tiny==1.0 --hash=sha256:{'0' * 64}\n")
    refused = checkout.run()
    assert refused.returncode == 1
    assert ("uv failed" in refused.stdout and "ash mismatch" in refused.stdout) == with_uv, refused.stdout
    assert "error: installing into .venv" in refused.stderr
    assert "HASHES" in refused.stderr
    assert "Traceback" not in refused.stderr
    assert checkout.installed() == {}


def pinned() -> dict[str, str]:
    """Return name -> version of the installed packages that requirements/test.txt lists for this machine."""
    found = {}
    for name in re.findall(r"^([\w.-]+)==", (ROOT / "requirements/test.txt").read_text(), re.MULTILINE):
        try:
            if name != "uv":
                found[name] = version(name)
        except PackageNotFoundError:  # of another platform or Python
            continue
    return found


@pytest.mark.parametrize("with_uv", [False, True], ids=["pip", "uv"])
def test_newer_releases_change_nothing(checkout: Checkout, with_uv: bool) -> None:
    """All pinned packages with their real dependencies, on an index that has a newer release of each.

    With the oldest bundled pip of a supported Python: it resolved a dependency's extra (coverage[toml]) to a release
    that was not in the lock.
    """
    wanted = pinned()
    assert len(wanted) > 90
    lock = []
    for name, pin in wanted.items():
        lock.append(wheel(checkout.wheels, name, pin, requires(name) or ()))
        wheel(checkout.wheels, name, NEWER, requires(name) or ())
    checkout.lock("".join(lock))
    if with_uv:
        checkout.offer_uv()
    done = checkout.run()
    assert "No module named 'tiny'" in done.stderr, "it went on inside"
    assert "uv failed" not in done.stdout
    assert ("uv is not available" in done.stdout) != with_uv
    installed = checkout.installed()
    assert installed == wanted | ({"uv": version("uv")} if with_uv else {})


def test_packages_removed_from_the_lock_are_uninstalled(checkout: Checkout) -> None:
    checkout.lock(wheel(checkout.wheels, "tiny", "1.0") + wheel(checkout.wheels, "other", "1.0"))
    assert checkout.run().returncode == 0
    assert checkout.installed() == {"tiny": "1.0", "other": "1.0"}
    checkout.lock(wheel(checkout.wheels, "tiny", "1.0"))
    assert checkout.run().returncode == 0
    assert checkout.installed() == {"tiny": "1.0"}


def test_the_larger_set_extends_the_smaller_and_satisfies_it(checkout: Checkout) -> None:
    checkout.offer_uv()
    run = checkout.folder.joinpath("requirements/run.txt").read_text()
    checkout.lock(run + wheel(checkout.wheels, "checker", "1.0"), "test")
    assert checkout.run().returncode == 0
    (checkout.folder / "main.py").write_text(MAIN.replace('"run"', '"test"'))
    larger = checkout.run()
    assert "making" not in larger.stdout
    assert checkout.installed().keys() == {"uv", "tiny", "checker"}
    (checkout.folder / "main.py").write_text(MAIN)
    assert "installing" not in checkout.run().stdout


def test_pip_installs_if_uv_reaches_no_index(checkout: Checkout) -> None:
    """An index that only pip is configured for."""
    checkout.offer_uv()
    (checkout.folder / "main.py").write_text("import os; os.environ['UV_FIND_LINKS'] = 'empty'\n" + MAIN)
    (checkout.folder / "empty").mkdir()
    done = checkout.run()
    assert "uv failed; installing with pip instead" in done.stdout
    assert "tiny 1.0" in done.stdout


def test_a_read_only_folder_is_reported(checkout: Checkout) -> None:
    (checkout.folder / ".venv").write_text("a file where the folder should be")
    refused = checkout.run()
    assert refused.returncode == 1
    assert f"error: {checkout.folder / '.venv'}" in refused.stderr
    assert "next: " in refused.stderr
    assert "Traceback" not in refused.stderr
