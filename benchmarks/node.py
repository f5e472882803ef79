"""The Node programs of the benchmarks. The first use installs their packages from the lock file below output/."""

from __future__ import annotations

import shutil
import subprocess
from typing import TYPE_CHECKING

from benchmarks.measure import PEERS, ROOT

if TYPE_CHECKING:
    from pathlib import Path

FOLDER = ROOT / "output" / "benchmarks"


def install() -> Path | None:
    """Install the Node programs and return their folder; None if Node is not installed."""
    if not (shutil.which("node") and shutil.which("npm")):
        return None
    FOLDER.mkdir(parents=True, exist_ok=True)
    lock = FOLDER / "package-lock.json"
    wanted = (PEERS / "package-lock.json").read_bytes()
    if not (FOLDER / "node_modules").is_dir() or not lock.is_file() or lock.read_bytes() != wanted:
        for name in ("package.json", "package-lock.json"):
            shutil.copy(PEERS / name, FOLDER)
        command = ["npm", "ci", "--omit=dev", "--ignore-scripts", "--no-audit", "--no-fund", "--loglevel=error"]
        subprocess.run(command, cwd=FOLDER, check=True, stdout=subprocess.DEVNULL)
    for path in PEERS.glob("*.mjs"):
        shutil.copy(path, FOLDER)
    return FOLDER


def version() -> str:
    return subprocess.run(
        ["node", "--version"],  # noqa: S607 - the Node of the user
        capture_output=True,
        text=True,
        check=True,
    ).stdout.strip()
