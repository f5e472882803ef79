"""`build.py audit`: asks databases of known vulnerabilities about every version that is pinned.

pip-audit asks OSV about requirements/*.txt, npm its registry about each package-lock.json. Both are elsewhere: where
one cannot be reached that is said, and is neither a pass nor a fail.
"""

from __future__ import annotations

import json
import re
import shutil
import subprocess
import tempfile
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

from bootstrap import Environment
from scanners.run import table
from scanners.tools import broken, run

VULNERABLE, OUT_OF_REACH = 1, 3
"""Exit codes; 0 says that everything was asked and nothing is known."""

_UNREACHABLE = re.compile(
    r"ConnectionError|ConnectTimeout|ReadTimeout|NameResolution|ServiceError|HTTPError|Max retries"
)


@dataclass(frozen=True)
class Answer:
    """What is known of one lock. `unreachable` says why nothing is; empty: the database answered."""

    lock: str
    packages: int
    known: tuple[str, ...]
    unreachable: str = ""


def audit(root: Path, database: str | None, registry: str | None, say: Callable[[str], None]) -> int:
    """Asks about every lock and says what is known. Returns 0, VULNERABLE or, if none is known, OUT_OF_REACH."""
    environment = Environment(root / ".venv-scan")
    environment.install("scan", say)
    answers = [*python_answers(root, environment, database), *npm_answers(root, registry)]
    for answer in answers:
        for one in answer.known:
            say(f"  {one}")
    say("\n".join(table([("lock", "packages", "known vulnerabilities"), *map(_row, answers)])))
    if any(answer.known for answer in answers):
        return VULNERABLE
    if away := [answer for answer in answers if answer.unreachable]:
        say(f"not audited: no database could be reached for {', '.join(answer.lock for answer in away)}; try elsewhere")
        return OUT_OF_REACH
    return 0


def python_answers(root: Path, environment: Environment, database: str | None) -> Iterator[Answer]:
    """One answer for each requirements/*.txt, from OSV or from the server at `database`."""
    command = [str(environment.python.with_name("pip-audit")), "--no-deps", "--disable-pip", "--format", "json"]
    command += ["--progress-spinner", "off", "--vulnerability-service", "osv"]
    command += ["--osv-url", database] if database else []
    for path in sorted((root / "requirements").glob("*.txt")):
        done = run([*command, "--requirement", str(path)], root)
        yield _python_answer(f"requirements/{path.name}", done)


def _python_answer(lock: str, done: subprocess.CompletedProcess[str]) -> Answer:
    try:
        found = json.loads(done.stdout)["dependencies"]
    except (ValueError, KeyError):
        if not _UNREACHABLE.search(done.stderr):
            raise broken("pip-audit", done) from None
        return Answer(lock, 0, (), done.stderr.strip().splitlines()[-1])
    known = [
        f"{lock}: {one['name']} {one['version']}: {vulnerability['id']}, mended in "
        f"{', '.join(vulnerability['fix_versions']) or 'no version yet'}"
        for one in found
        for vulnerability in one.get("vulns", ())
    ]
    return Answer(lock, len(found), tuple(known))


def npm_answers(root: Path, registry: str | None) -> Iterator[Answer]:
    """One answer for each package-lock.json in git, from npm's registry or the one at `registry`."""
    listed = subprocess.run(
        ["git", "ls-files", "*package-lock.json"],  # noqa: S607 - git is found wherever the checkout came from it
        cwd=root,
        capture_output=True,
        text=True,
        check=True,
    )
    for name in listed.stdout.split():
        yield _npm_answer(root / name, name, registry)


def _npm_answer(lock: Path, name: str, registry: str | None) -> Answer:
    packages = len(json.loads(lock.read_text())["packages"]) - 1
    if shutil.which("npm") is None:
        return Answer(name, packages, (), "npm is not installed")
    command = ["npm", "audit", "--json", "--package-lock-only", "--fetch-retries=0"]
    with tempfile.TemporaryDirectory() as folder:  # npm may write beside the lock
        for file in (lock, lock.with_name("package.json")):
            shutil.copy(file, folder)
        done = run([*command, *([f"--registry={registry}"] if registry else [])], Path(folder))
    answer = json.loads(done.stdout or "{}")
    if "auditReportVersion" not in answer:
        return Answer(name, packages, (), str(answer.get("message") or "the registry has no audit"))
    known = [f"{name}: {one['name']} {one['range']}: {one['severity']}" for one in answer["vulnerabilities"].values()]
    return Answer(name, packages, tuple(known))


def _row(answer: Answer) -> tuple[str, str, str]:
    said = f"not known: {answer.unreachable[:80]}" if answer.unreachable else str(len(answer.known))
    return answer.lock, str(answer.packages or ""), said
