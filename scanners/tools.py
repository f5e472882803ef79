"""Runs third-party programs and parses the JSON that they print."""

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
    """Run `command` and return its parsed output. Raises ProjectError when it fails, which is not the same as no
    findings."""
    done = run(command, cwd)
    if done.returncode in accepted_codes:
        try:
            return json.loads(done.stdout or "null")
        except ValueError:
            pass
    raise tool_error(name, done)


def run(command: Sequence[str], cwd: Path) -> subprocess.CompletedProcess[str]:
    """Run `command` in `cwd` without input, and return its exit code and output."""
    return subprocess.run(
        command,
        cwd=cwd,
        capture_output=True,
        text=True,
        check=False,
        stdin=subprocess.DEVNULL,
        env={**os.environ, **QUIET},
    )


def tool_error(name: str, done: subprocess.CompletedProcess[str], verb: str = "scan") -> ProjectError:
    """Return the error for a program that failed. verb: the verb of build.py that ran it."""
    last = (done.stderr + done.stdout).strip().splitlines()[-1:] or ["it printed nothing"]
    return ProjectError(
        verb,
        f"{name} ended with {done.returncode} and no report: {last[0][:300]}",
        f"delete .venv-scan and output/node, then run: python3 build.py {verb}",
    )


def script(workplace: Workplace, name: str) -> str:
    """Return the path of the program `name` in the scanners' environment."""
    return str(workplace.environment.python.with_name(name))


def version_of(workplace: Workplace, distribution: str) -> str:
    """Return the version of `distribution` in the scanners' environment."""
    ask = f"import importlib.metadata as m; print(m.version({distribution!r}))"
    done = run([str(workplace.environment.python), "-c", ask], workplace.root)
    if done.returncode:
        raise tool_error(distribution, done)
    return done.stdout.strip()
