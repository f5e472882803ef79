"""The peers on Node: installed at first use, from the lock file, into the folder of generated things."""

from __future__ import annotations

import shutil
import subprocess
from typing import TYPE_CHECKING

from benchmarks.measure import PEERS, ROOT

if TYPE_CHECKING:
    from pathlib import Path

FOLDER = ROOT / "output" / "benchmarks"


def install() -> Path | None:
    """Where the peers lie, ready to run; None if this machine has no Node."""
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
        ["node", "--version"],  # noqa: S607 - whichever Node the user has
        capture_output=True,
        text=True,
        check=True,
    ).stdout.strip()
