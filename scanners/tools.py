"""Running somebody else's program and reading the JSON that it prints."""

from __future__ import annotations

import json
import os
import subprocess
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from errors import ProjectError
from scanners.finding import Workplace

QUIET = {"PYTHONWARNINGS": "ignore", "NO_COLOR": "1"}


def run_json(name: str, command: Sequence[str], cwd: Path, accepted_codes: Sequence[int] = (0,)) -> Any:
    """What `command` prints, parsed. Raises ProjectError when it fails: a scanner that broke has found nothing."""
    done = run(command, cwd)
    if done.returncode in accepted_codes:
        try:
            return json.loads(done.stdout or "null")
        except ValueError:
            pass
    raise broken(name, done)


def run(command: Sequence[str], cwd: Path) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        command,
        cwd=cwd,
        capture_output=True,
        text=True,
        check=False,
        stdin=subprocess.DEVNULL,
        env={**os.environ, **QUIET},
    )


def broken(name: str, done: subprocess.CompletedProcess[str], verb: str = "scan") -> ProjectError:
    """verb: the one of build.py that ran the program."""
    last = (done.stderr + done.stdout).strip().splitlines()[-1:] or ["it printed nothing"]
    return ProjectError(
        verb,
        f"{name} ended with {done.returncode} and no report: {last[0][:300]}",
        f"delete .venv-scan and output/node, then run: python3 build.py {verb}",
    )


def script(workplace: Workplace, name: str) -> str:
    """The program `name` of the scanners' environment."""
    return str(workplace.environment.python.with_name(name))


def version_of(workplace: Workplace, distribution: str) -> str:
    """Which version of `distribution` the scanners' environment has."""
    ask = f"import importlib.metadata as m; print(m.version({distribution!r}))"
    done = run([str(workplace.environment.python), "-c", ask], workplace.root)
    if done.returncode:
        raise broken(distribution, done)
    return done.stdout.strip()
