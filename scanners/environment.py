"""The scanners' own environment. To be replaced by `bootstrap.Environment`, which has this shape."""

from __future__ import annotations

import hashlib
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

from errors import ProjectError

ROOT = Path(__file__).resolve().parent.parent


class Environment:
    """A virtual environment in `folder`."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    @property
    def python(self) -> Path:
        return self.folder / "bin" / "python"

    def install(self, requirements: str, say: Callable[[str], None]) -> None:
        """Makes it hold what requirements/`requirements`.txt pins. Raises ProjectError when that fails."""
        pinned = ROOT / "requirements" / f"{requirements}.txt"
        stamp, wanted = self.folder / f"installed-{requirements}", hashlib.sha256(pinned.read_bytes()).hexdigest()
        if stamp.exists() and stamp.read_text() == wanted:
            return
        say(f"installing the scanners into {self.folder.name} (once; a minute or so)")
        _run([getattr(sys, "_base_executable", sys.executable), "-m", "venv", "--clear", str(self.folder)])
        pip = [str(self.python), "-m", "pip", "install", "--quiet", "--no-input", "--disable-pip-version-check"]
        _run([*pip, "--no-compile", "--no-deps", "--require-hashes", "-r", str(pinned)])
        stamp.write_text(wanted)


def _run(command: list[str]) -> None:
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    if done.returncode:
        last = (done.stdout + done.stderr).strip().splitlines()[-1:] or ["no reason was given"]
        raise ProjectError("installing the scanners", last[0], "check the network, then run the same command again")
