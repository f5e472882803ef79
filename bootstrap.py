"""Makes an environment match the lock, then continues inside it. Standard library only.

`ensure` compares a stamp in `.venv` with what the lock demands, and a match is all there is to it. Otherwise:

1. take the stamp away, so that an install that is interrupted counts as none;
2. make the environment anew, unless what it has is part of what is wanted;
3. install exactly what `requirements/<set>.txt` lists, each file checked against its hash. Nothing is resolved: what
   has been released since, and which pip came with this Python, changes nothing;
4. write the stamp.

uv installs in seconds. It comes from the package index itself, pinned in requirements/uv.txt, by the pip that every
Python has bundled. Where uv cannot be had, or cannot reach the index that only pip is configured for, pip installs the
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
from collections.abc import Callable, Iterator
from pathlib import Path

from errors import OutputError, ProjectError

ROOT = Path(__file__).resolve().parent
LOCKS = ROOT / "requirements"

PARTS = {"test": ("run",)}
"""Set of requirements -> the sets that it includes: test.txt repeats run.txt's pins, and a test holds it to that."""

NETWORK_SIGNS = (
    *("NewConnectionError", "NameResolutionError", "Max retries", "timed out", "Connection broken"),
    *("error sending request", "dns error", "Failed to fetch"),
)
"""What pip and uv print when an index is out of reach."""
# With retries turned off, pip says no more of an index that is away than that it found no version there.
NOWHERE = "(from versions: none)"

Say = Callable[[str], None]


def ensure(requirements: str, say: Say, pip: Path | None = None) -> None:
    """Returns inside an environment that has requirements/`requirements`.txt; replaces the process to get there.

    pip: as for `Environment`. Raises ProjectError when the environment cannot be made or the packages cannot be
    installed.
    """
    environment = Environment(ROOT / ".venv", pip)
    environment.install(requirements, say)
    if Path(sys.prefix).resolve() != environment.folder.resolve():
        environment.replace_process()


class Environment:
    """A virtual environment in `folder`, of the Python that runs this."""

    def __init__(self, folder: Path, pip: Path | None = None) -> None:
        """pip: the folder of the package `pip`, instead of the one that came with this Python."""
        self.folder = folder
        self._bin = folder / ("Scripts" if os.name == "nt" else "bin")
        self.python = self._bin / ("python.exe" if os.name == "nt" else "python")
        self._stamp = folder / "installed"
        self._pip = pip or _bundled_pip()

    def install(self, requirements: str, say: Say) -> None:
        """Makes the environment match the set `requirements`. Raises ProjectError when it cannot."""
        if self._has(requirements):
            return
        try:
            with one_at_a_time(self.folder):
                if self._has(requirements):  # another process has just installed it
                    return
                self._install(requirements, say)
        except OSError as error:
            raise OutputError(
                str(error.filename or self.folder),
                f"cannot be written: {error.strerror}",
                "make the folder writable, or free some space on its disk; then run this again",
            ) from error

    def replace_process(self) -> None:
        """Runs this same command with the environment's Python, in place of this process."""
        command = [str(self.python), *sys.argv]
        if os.name == "nt":  # there, exec would return to the shell at once
            raise SystemExit(subprocess.run(command, check=False).returncode)
        sys.stdout.flush()
        os.execv(self.python, command)  # noqa: S606 - no shell is meant

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
            say(f"making {self.folder.name} with Python {sys.version.split()[0]}")
            self._make()
        lock = _lock(requirements)
        say(f"installing {_count(lock)} pinned packages into {self.folder.name}")
        if not self._install_with_uv(lock, say):
            self._install_with_pip(lock, say)
        self._stamp.write_text(_wanted(requirements), encoding="utf-8")
        say("  installed")

    def _works(self) -> bool:
        """True for an environment of this very Python version."""
        check = f"import sys; sys.exit(sys.version_info[:2] != {sys.version_info[:2]})"
        try:
            return subprocess.run([self.python, "-c", check], capture_output=True, check=False).returncode == 0
        except OSError:
            return False

    def _make(self) -> None:
        # Without pip: copying it in takes as long as installing everything else with uv.
        command = [_base_python(), "-m", "venv", "--without-pip", "--clear", str(self.folder)]
        made = _run(command)
        if made.returncode or not self._works():
            raise OutputError(
                str(self.folder),
                f"cannot be made: {_reason(made.stdout)}",
                "make the folder writable and see that its disk has space; then run this again",
            )

    def _install_with_uv(self, lock: Path, say: Say) -> bool:
        """False where pip has to do it. Raises ProjectError where no index can be reached."""
        uv = self._bin / ("uv.exe" if os.name == "nt" else "uv")
        if not uv.exists() and not self._fetch_uv(say):
            return False
        # `sync` also takes away what is not listed, so uv lists itself.
        command = [str(uv), "pip", "sync", "--quiet", "--python", str(self.python), "--require-hashes", "--no-build"]
        done = _run([*command, str(_lock("uv")), str(lock)])
        if done.returncode == 0:
            return True
        say(f"  uv could not, so pip does, which takes a minute or two: {_reason(done.stdout)}")
        return False

    def _fetch_uv(self, say: Say) -> bool:
        done = _run(self._pip_install(_lock("uv")))
        if done.returncode and any(sign in done.stdout for sign in NETWORK_SIGNS):
            raise _install_error(self.folder, done.stdout)  # the other packages would have to come from the same place
        if done.returncode:
            say(f"  uv cannot be had here, so pip installs, which takes a minute or two: {_reason(done.stdout)}")
        return done.returncode == 0

    def _install_with_pip(self, lock: Path, say: Say) -> None:
        self._make()  # anew: pip only adds to what is there, which may be half of what uv was about to install
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
        """Only files that the lock names: no dependency is looked for. Nothing is built, which would fetch tools."""
        if self._pip is None:
            raise ProjectError(
                f"installing into {self.folder.name}",
                "this Python came without pip",
                "on Debian or Ubuntu: apt install python3-venv",
            )
        return [
            *(str(self.python), str(self._pip), "install", "--no-deps", "--require-hashes", "--only-binary", ":all:"),
            # Compiling everything takes longer than compiling, at first use, the small part that is ever imported.
            *("-r", str(lock), "--no-input", "--no-compile", "--disable-pip-version-check", "--progress-bar", "off"),
        ]


def _lock(requirements: str) -> Path:
    return LOCKS / f"{requirements}.txt"


def _count(lock: Path) -> int:
    return len(re.findall(r"^[\w.-]+==", lock.read_text(encoding="utf-8"), re.MULTILINE))


def _wanted(requirements: str) -> str:
    """What has to be installed, by its content; another Python's packages are other packages."""
    digest = hashlib.sha256(_lock(requirements).read_bytes()).hexdigest()
    return f"{requirements} {digest} python{sys.version_info.major}.{sys.version_info.minor}\n"


def _base_python() -> str:
    """This interpreter outside any environment: one must not be built from within itself while it is cleared."""
    return getattr(sys, "_base_executable", None) or sys.executable


def _bundled_pip() -> Path | None:
    """The package in the wheel of pip that came with this Python, which runs as it is; None where there is none.

    Source: WHEEL_PKG_DIR is where a distributor keeps wheels instead (CPython's configure, --with-wheel-pkg-dir).
    """
    ensurepip = importlib.util.find_spec("ensurepip")  # Debian has it in a package of its own
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
    """The last error line of pip or uv, else the last line; with the cause that uv gives below it."""
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
            f"no package index could be reached, or none has it ({reason})",
            "check the network or the proxy, then run the same command again",
        )
    return ProjectError(where, reason, "run the same command again; if it fails the same way, report it as a bug")


@contextlib.contextmanager
def one_at_a_time(folder: Path) -> Iterator[None]:
    """Waits while another process installs into `folder`. On Windows, where there is no flock, nothing is awaited."""
    if os.name == "nt":
        yield
        return
    import fcntl

    with (folder.parent / f"{folder.name}.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield
