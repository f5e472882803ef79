"""Makes `.venv` match the pinned requirements, then goes on inside it. Standard library only.

`ensure` compares a stamp in the environment with the hash of the requirements file. On a match that is all. Otherwise
it makes or mends the environment and installs; the stamp is written last, so an install that was interrupted is simply
not there yet, and the next run completes it.
"""

from __future__ import annotations

import hashlib
import os
import re
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

from errors import OutputError, ProjectError

ROOT = Path(__file__).resolve().parent
VENV = ROOT / ".venv"
BIN = VENV / ("Scripts" if os.name == "nt" else "bin")
PYTHON = BIN / ("python.exe" if os.name == "nt" else "python")

INCLUDES = {"run": ("run",), "test": ("test", "run")}
"""Set of requirements -> the sets that are there once it is installed: test.txt repeats run.txt's pins."""


def ensure(requirements: str, say: Callable[[str], None]) -> None:
    """Returns inside an environment that has requirements/`requirements`.txt; replaces the process to get there.

    Raises ProjectError when the environment cannot be made or the packages cannot be installed.
    """
    if not _installed(requirements):
        _make_environment(say)
        _install(requirements, say)
        for included in INCLUDES[requirements]:
            _stamp(included).write_text(_wanted(included))
    if Path(sys.prefix).resolve() != VENV.resolve():
        _go_on_inside()


def _installed(requirements: str) -> bool:
    try:
        return PYTHON.exists() and _stamp(requirements).read_text() == _wanted(requirements)
    except OSError:
        return False


def _stamp(requirements: str) -> Path:
    return VENV / f"installed-{requirements}"


def _wanted(requirements: str) -> str:
    """What has to be installed, by its content; another Python's packages are other packages."""
    content = _requirements_file(requirements).read_bytes()
    return f"{hashlib.sha256(content).hexdigest()} python{sys.version_info.major}.{sys.version_info.minor}\n"


def _requirements_file(requirements: str) -> Path:
    return ROOT / "requirements" / f"{requirements}.txt"


def _make_environment(say: Callable[[str], None]) -> None:
    """Leaves an environment of this Python with a working pip, whatever was there before."""
    if _pip_works():
        return
    say(f"making {VENV} with Python {sys.version.split()[0]}")
    made = subprocess.run(
        [_base_python(), "-m", "venv", "--clear", str(VENV)], capture_output=True, text=True, check=False
    )
    if made.returncode or not _pip_works():
        reason = (made.stdout + made.stderr).strip().splitlines() or ["it has no working pip"]
        raise OutputError(
            str(VENV),
            f"cannot be made: {reason[-1]}",
            "make the folder writable; on Debian or Ubuntu: apt install python3-venv; then run this again",
        )


def _pip_works() -> bool:
    """True for an environment of this very Python version whose pip starts."""
    check = f"import sys, pip; sys.exit(sys.version_info[:2] != {sys.version_info[:2]})"
    try:
        return subprocess.run([PYTHON, "-c", check], capture_output=True, check=False).returncode == 0
    except OSError:
        return False


def _base_python() -> str:
    """This interpreter outside any environment: one must not be built from within itself while it is cleared."""
    return getattr(sys, "_base_executable", None) or sys.executable


def _install(requirements: str, say: Callable[[str], None]) -> None:
    """Installs the pinned packages, each checked against its hash; says how far it is."""
    path = _requirements_file(requirements)
    total = len(re.findall(r"^[\w.-]+==", path.read_text(), re.MULTILINE))
    say(f"installing {total} pinned packages into .venv (once; half a minute or so)")
    # Compiling everything takes longer than compiling, at first use, the small part that is ever imported.
    command = [str(PYTHON), "-m", "pip", "install", "--no-compile", "--no-input", "--disable-pip-version-check"]
    pip = subprocess.Popen(
        [*command, "--progress-bar", "off", "--require-hashes", "-r", str(path)],
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        errors="replace",
    )
    lines: list[str] = []
    collected = 0
    for line in pip.stdout or ():
        lines.append(line.rstrip())
        if line.startswith("Collecting "):
            collected += 1
            if collected % 10 == 0:
                say(f"  {collected} of {total}: {line.split()[1].split('==')[0]}")
    if pip.wait():
        raise _install_error(lines)
    say("  installed")


def _install_error(lines: list[str]) -> ProjectError:
    """pip's own last error line; a network that is away is said as such."""
    text = "\n".join(lines)
    errors = [line for line in lines if line.startswith("ERROR:")]
    reason = errors[-1].removeprefix("ERROR:").strip() if errors else (lines[-1] if lines else "pip said nothing")
    # With retries turned off, pip says no more of an index that is away than that it found no version there.
    signs = ("NewConnectionError", "NameResolutionError", "Max retries", "timed out", "(from versions: none)")
    offline = any(sign in text for sign in signs)
    return ProjectError(
        "installing into .venv",
        f"no package index could be reached, or none has it ({reason})" if offline else reason,
        "check the network or the proxy, then run the same command again: it goes on from here"
        if offline
        else "run the same command again; if it fails the same way, delete .venv first",
    )


def _go_on_inside() -> None:
    """Runs this same command with the environment's Python, in place of this process: same number, same signals."""
    command = [str(PYTHON), *sys.argv]
    if os.name == "nt":  # there, exec would return to the shell at once
        raise SystemExit(subprocess.run(command, check=False).returncode)
    sys.stdout.flush()
    os.execv(PYTHON, command)  # noqa: S606 - no shell is meant
