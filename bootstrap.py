"""Install the pinned requirements into `.venv`, then run the command there. Uses the standard library only.

`ensure` compares a stamp file in `.venv` with the lock file and returns if they match. Otherwise:

1. delete the stamp, so that an interrupted installation is not taken for a complete one;
2. create the virtual environment again, unless its packages are a subset of the wanted ones;
3. install exactly what `requirements/<set>.txt` lists, each file checked against its hash. No dependencies are
   resolved, so neither newer releases nor the version of pip make a difference;
4. write the stamp.

uv installs in seconds. It is pinned in requirements/uv.txt and downloaded from the package index with the pip that is
bundled with Python. If uv is not available, or cannot reach an index that only pip is configured for, pip installs the
same files.
"""

from __future__ import annotations

import contextlib
import hashlib
import importlib.util
import os
import re
import subprocess
import sys
import sysconfig
from collections.abc import Iterator
from pathlib import Path

from console import Say
from errors import OutputError, ProjectError

ROOT = Path(__file__).resolve().parent
LOCKS = ROOT / "requirements"

PARTS = {"test": ("run",)}
"""Set of requirements -> the sets that it includes. A test verifies that test.txt repeats the pins of run.txt."""

NETWORK_SIGNS = (
    *("NewConnectionError", "NameResolutionError", "Max retries", "timed out", "Connection broken"),
    *("error sending request", "dns error", "Failed to fetch"),
)
"""Text in the output of pip and uv when an index cannot be reached."""
# With retries disabled, all that pip prints for an unreachable index is that it found no version.
NOWHERE = "(from versions: none)"


def ensure(requirements: str, say: Say, pip: Path | None = None) -> None:
    """Install requirements/`requirements`.txt into `.venv` and return inside it; this may replace the process.

    pip: as for `Environment`. Raises ProjectError when the environment cannot be created or the packages cannot be
    installed.
    """
    environment = Environment(ROOT / ".venv", pip)
    environment.install(requirements, say)
    if Path(sys.prefix).resolve() != environment.folder.resolve():
        environment.replace_process()


class Environment:
    """A virtual environment in `folder`, created with the running Python."""

    def __init__(self, folder: Path, pip: Path | None = None) -> None:
        """Prepare the paths. pip: the folder of the package `pip` to use instead of the one bundled with Python."""
        self.folder = folder
        self._bin = folder / ("Scripts" if os.name == "nt" else "bin")
        self.python = self._bin / ("python.exe" if os.name == "nt" else "python")
        self._stamp = folder / "installed"
        self._pip = pip or _bundled_pip()

    def install(self, requirements: str, say: Say) -> None:
        """Make the environment match the set `requirements`. Raises ProjectError when that fails."""
        if self._has(requirements):
            return
        try:
            with one_at_a_time(self.folder):
                if self._has(requirements):  # another process has installed it meanwhile
                    return
                self._install(requirements, say)
        except OSError as error:
            raise OutputError(
                str(error.filename or self.folder),
                f"cannot be written: {error.strerror}",
                "make the folder writable, or free some disk space; then run the same command again",
            ) from error

    def replace_process(self) -> None:
        """Run the same command with the environment's Python, replacing this process."""
        command = [str(self.python), *sys.argv]
        if os.name == "nt":  # on Windows, exec returns to the shell at once
            raise SystemExit(subprocess.run(command, check=False).returncode)
        sys.stdout.flush()
        os.execv(self.python, command)  # noqa: S606 - no shell is wanted

    def _has(self, requirements: str) -> bool:
        sets = [requirements, *(whole for whole, parts in PARTS.items() if requirements in parts)]
        return self._installed() in map(_wanted, sets) and self.python.exists()

    def _installed(self) -> str:
        try:
            return self._stamp.read_text(encoding="utf-8")
        except OSError:
            return ""

    def _install(self, requirements: str, say: Say) -> None:
        reusable = self._installed() in map(_wanted, PARTS.get(requirements, ())) and self._works()
        self._stamp.unlink(missing_ok=True)
        if not reusable:
            say(f"creating {self.folder.name} with Python {sys.version.split()[0]}")
            self._make()
        lock = _lock(requirements)
        say(f"installing {_count(lock)} pinned packages into {self.folder.name}")
        if not self._install_with_uv(lock, say):
            self._install_with_pip(lock, say)
        self._stamp.write_text(_wanted(requirements), encoding="utf-8")
        say("  installed")

    def _works(self) -> bool:
        """Return True if the environment has the same Python version as this process."""
        check = f"import sys; sys.exit(sys.version_info[:2] != {sys.version_info[:2]})"
        try:
            return subprocess.run([self.python, "-c", check], capture_output=True, check=False).returncode == 0
        except OSError:
            return False

    def _make(self) -> None:
        # Without pip: copying it takes as long as installing everything else with uv.
        command = [_base_python(), "-m", "venv", "--without-pip", "--clear", str(self.folder)]
        made = _run(command)
        if made.returncode or not self._works():
            raise OutputError(
                str(self.folder),
                f"cannot be created: {_reason(made.stdout)}",
                "make the folder writable, or free some disk space; then run the same command again",
            )

    def _install_with_uv(self, lock: Path, say: Say) -> bool:
        """Return False if pip has to install instead. Raises ProjectError when no index can be reached."""
        uv = self._bin / ("uv.exe" if os.name == "nt" else "uv")
        if not uv.exists() and not self._fetch_uv(say):
            return False
        # `sync` also uninstalls packages that are not listed, so uv lists itself.
        command = [str(uv), "pip", "sync", "--quiet", "--python", str(self.python), "--require-hashes", "--no-build"]
        done = _run([*command, str(_lock("uv")), str(lock)])
        if done.returncode == 0:
            return True
        say(f"  uv failed; installing with pip instead, which takes a minute or two: {_reason(done.stdout)}")
        return False

    def _fetch_uv(self, say: Say) -> bool:
        done = _run(self._pip_install(_lock("uv")))
        if done.returncode and any(sign in done.stdout for sign in NETWORK_SIGNS):
            raise _install_error(self.folder, done.stdout)  # the other packages come from the same index
        if done.returncode:
            say(f"  uv is not available; installing with pip instead, in a minute or two: {_reason(done.stdout)}")
        return done.returncode == 0

    def _install_with_pip(self, lock: Path, say: Say) -> None:
        self._make()  # again: pip does not uninstall what a failed run of uv may have left
        total, collected, lines = _count(lock), 0, []
        with subprocess.Popen(
            self._pip_install(lock), stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, errors="replace"
        ) as pip:
            for line in pip.stdout or ():
                lines.append(line)
                if line.startswith("Collecting "):
                    collected += 1
                    if collected % 10 == 0:
                        say(f"  {collected} of {total}: {line.split()[1].split('==')[0]}")
        if pip.returncode:
            raise _install_error(self.folder, "".join(lines))

    def _pip_install(self, lock: Path) -> list[str]:
        """Return the command that installs exactly the files in `lock`: no dependencies, and no builds, which would
        download build tools.
        """
        if self._pip is None:
            raise ProjectError(
                f"installing into {self.folder.name}",
                "this Python has no bundled pip",
                "on Debian or Ubuntu: apt install python3-venv",
            )
        return [
            *(str(self.python), str(self._pip), "install", "--no-deps", "--require-hashes", "--only-binary", ":all:"),
            # Compiling every module takes longer than compiling the few that are imported, at their first import.
            *("-r", str(lock), "--no-input", "--no-compile", "--disable-pip-version-check", "--progress-bar", "off"),
        ]


def _lock(requirements: str) -> Path:
    return LOCKS / f"{requirements}.txt"


def _count(lock: Path) -> int:
    return len(re.findall(r"^[\w.-]+==", lock.read_text(encoding="utf-8"), re.MULTILINE))


def _wanted(requirements: str) -> str:
    """Return the stamp for `requirements`: the hash of the lock file and the Python version, which decide the files."""
    digest = hashlib.sha256(_lock(requirements).read_bytes()).hexdigest()
    return f"{requirements} {digest} python{sys.version_info.major}.{sys.version_info.minor}\n"


def _base_python() -> str:
    """Return the interpreter outside any virtual environment, as `.venv` cannot be cleared by its own Python."""
    return getattr(sys, "_base_executable", None) or sys.executable


def _bundled_pip() -> Path | None:
    """Return the path of pip inside its bundled wheel, which can be run directly; None if there is no such wheel.

    Source: WHEEL_PKG_DIR is a distributor's folder of wheels (CPython's configure, --with-wheel-pkg-dir).
    """
    ensurepip = importlib.util.find_spec("ensurepip")  # a separate package on Debian
    folders = [sysconfig.get_config_var("WHEEL_PKG_DIR")]
    if ensurepip and ensurepip.origin:
        folders.append(str(Path(ensurepip.origin).parent / "_bundled"))
    wheels = [wheel for folder in filter(None, folders) for wheel in sorted(Path(folder).glob("pip-*.whl"))]
    return wheels[0] / "pip" if wheels else None


def _run(command: list[str]) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, errors="replace", check=False
    )


def _reason(output: str) -> str:
    """Return the last error in the output of pip or uv, or its last line, followed by the cause that uv reports."""
    lines = [line.strip() for line in output.splitlines() if line.strip()]
    errors = [line for line in lines if re.match(r"(?i)error:", line)]
    causes = [line.removeprefix("cause: ") for line in lines if line.startswith("cause: ")]
    return ": ".join([re.sub(r"(?i)^error:\s*", "", (errors or lines or ["no reason was given"])[-1]), *causes[-1:]])


def _install_error(folder: Path, output: str) -> ProjectError:
    where = f"installing into {folder.name}"
    reason = _reason(output)
    if "No space left on device" in output:
        return OutputError(where, reason, "free some space, then run the same command again")
    if any(sign in output for sign in (*NETWORK_SIGNS, NOWHERE)):
        return ProjectError(
            where,
            f"the package index could not be reached, or does not have the package ({reason})",
            "check the network and the proxy, then run the same command again",
        )
    return ProjectError(where, reason, "run the same command again; if it fails the same way, report it as a bug")


@contextlib.contextmanager
def one_at_a_time(folder: Path) -> Iterator[None]:
    """Hold a lock so that only one process installs into `folder`. Does nothing on Windows, which has no flock."""
    if os.name == "nt":
        yield
        return
    import fcntl

    with (folder.parent / f"{folder.name}.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield
