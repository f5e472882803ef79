"""The real bootstrap: a copy of it in an empty folder installs a tiny package that is built here, offline."""

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
    """Build a wheel in `folder`: a module with a VERSION. Return the pinned requirement with its hash.

    requires: its dependencies. program: a file that it installs among the commands.
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
    """A folder with the bootstrap and a local folder as package index. It has no uv unless a test adds one."""

    def __init__(self, folder: Path, pip: Path) -> None:
        self.folder = folder
        self.pip: Path | None = pip
        self.wheels = folder / "wheels"
        self.wheels.mkdir()
        for name in ("bootstrap.py", "errors.py"):
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
        """Return name -> version of everything in the environment."""
        script = "from importlib.metadata import distributions as d; print([(x.name, x.version) for x in d()])"
        listed = subprocess.run([self.python, "-c", script], capture_output=True, text=True, check=True).stdout
        return dict(ast.literal_eval(listed))


@pytest.fixture(scope="session")
def oldest_pip(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return the oldest pip bundled with a supported Python, alone in its folder, so that it does not find our
    packages."""
    return shutil.copytree(Path(pip.__file__).parent, tmp_path_factory.mktemp("oldest-pip") / "pip")


@pytest.fixture
def checkout(tmp_path: Path, oldest_pip: Path) -> Checkout:
    return Checkout(tmp_path, oldest_pip)


def test_it_installs_once_and_goes_on_inside_with_the_same_arguments(checkout: Checkout) -> None:
    first, second = checkout.run("a", "b c"), checkout.run()
    assert first.returncode == 0, first.stderr
    assert "installing 1 pinned packages" in first.stdout
    assert f"inside {checkout.folder / '.venv'}: tiny 1.0, arguments ['a', 'b c']" in first.stdout
    assert "installing" not in second.stdout
    assert "tiny 1.0" in second.stdout


def test_the_pip_that_came_with_this_python_will_do(checkout: Checkout) -> None:
    checkout.pip = None
    assert "tiny 1.0" in checkout.run().stdout


def test_changed_pins_and_half_made_environments_are_mended(checkout: Checkout) -> None:
    assert checkout.run().returncode == 0
    checkout.lock(wheel(checkout.wheels, "tiny", "2.0"))
    assert "tiny 2.0" in checkout.run().stdout, "new pins are installed into the same environment"
    checkout.python.unlink()
    assert "tiny 2.0" in checkout.run().stdout, "a lost interpreter is made anew"
    (checkout.folder / ".venv/installed").unlink()
    assert "tiny 2.0" in checkout.run().stdout, "so is what was interrupted"


def test_an_interrupted_install_is_completed_by_the_next_run(checkout: Checkout) -> None:
    """Wherever it was interrupted, the stamp is written last: without it the environment counts as missing."""
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


@pytest.mark.parametrize("with_uv", [False, True], ids=["pip", "uv"])
def test_a_package_with_another_hash_is_refused(checkout: Checkout, with_uv: bool) -> None:
    """Both uv, which downloads the file, and pip, which is tried next, refuse it."""
    if with_uv:
        checkout.offer_uv()
    checkout.lock(f"tiny==1.0 --hash=sha256:{'0' * 64}\n")
    refused = checkout.run()
    assert refused.returncode == 1
    assert ("uv could not" in refused.stdout and "ash mismatch" in refused.stdout) == with_uv, refused.stdout
    assert "error: installing into .venv" in refused.stderr
    assert "HASHES" in refused.stderr
    assert "Traceback" not in refused.stderr
    assert checkout.installed() == {}


def pinned() -> dict[str, str]:
    """Return name -> version of everything in requirements/test.txt for this machine that is installed here."""
    found = {}
    for name in re.findall(r"^([\w.-]+)==", (ROOT / "requirements/test.txt").read_text(), re.MULTILINE):
        try:
            if name != "uv":
                found[name] = version(name)
        except PackageNotFoundError:  # of another platform or Python
            continue
    return found


@pytest.mark.parametrize("with_uv", [False, True], ids=["pip", "uv"])
def test_what_was_released_since_changes_nothing(checkout: Checkout, with_uv: bool) -> None:
    """Install every pinned package, with its real dependencies, from an index that has a newer release of each.

    The oldest pip bundled with a supported Python treats an extra of a dependency (coverage[toml]) as another
    requirement to resolve, and found a release that was not in the lock.
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
    assert "uv could not" not in done.stdout
    assert ("uv cannot be had here" in done.stdout) != with_uv
    installed = checkout.installed()
    assert installed == wanted | ({"uv": version("uv")} if with_uv else {})


def test_what_the_lock_no_longer_has_goes(checkout: Checkout) -> None:
    checkout.lock(wheel(checkout.wheels, "tiny", "1.0") + wheel(checkout.wheels, "other", "1.0"))
    assert checkout.run().returncode == 0
    assert checkout.installed() == {"tiny": "1.0", "other": "1.0"}
    checkout.lock(wheel(checkout.wheels, "tiny", "1.0"))
    assert checkout.run().returncode == 0
    assert checkout.installed() == {"tiny": "1.0"}


def test_the_larger_set_is_added_to_the_smaller_and_serves_it_too(checkout: Checkout) -> None:
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


def test_where_uv_reaches_no_index_pip_installs(checkout: Checkout) -> None:
    """Only pip is configured for the mirror."""
    checkout.offer_uv()
    (checkout.folder / "main.py").write_text("import os; os.environ['UV_FIND_LINKS'] = 'empty'\n" + MAIN)
    (checkout.folder / "empty").mkdir()
    done = checkout.run()
    assert "uv could not, so pip does" in done.stdout
    assert "tiny 1.0" in done.stdout


def test_a_folder_that_cannot_be_written_is_named(checkout: Checkout) -> None:
    (checkout.folder / ".venv").write_text("a file where the folder should be")
    refused = checkout.run()
    assert refused.returncode == 1
    assert f"error: {checkout.folder / '.venv'}" in refused.stderr
    assert "next: " in refused.stderr
    assert "Traceback" not in refused.stderr
