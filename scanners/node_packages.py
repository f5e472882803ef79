"""npm packages, as a committed package-lock.json pins them, installed once below output/."""

from __future__ import annotations

import fcntl
import hashlib
import shutil
import subprocess
from pathlib import Path


def node_is_here() -> bool:
    return shutil.which("node") is not None and shutil.which("npm") is not None


def installed(source: Path, folder: Path) -> Path:
    """Makes `folder`/node_modules what `source`/package-lock.json says, and returns `folder`.

    Raises CalledProcessError when npm fails; others that want the same wait for the first.
    """
    folder.mkdir(parents=True, exist_ok=True)
    with (folder / "lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        wanted = hashlib.sha256((source / "package-lock.json").read_bytes()).hexdigest()
        stamp = folder / "installed"
        if not stamp.exists() or stamp.read_text() != wanted:
            for file in ("package.json", "package-lock.json"):
                shutil.copy(source / file, folder / file)
            command = ["npm", "ci", "--no-audit", "--no-fund", "--ignore-scripts"]
            subprocess.run(command, cwd=folder, check=True, capture_output=True)
            stamp.write_text(wanted)
    return folder
