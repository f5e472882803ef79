"""pip-audit for requirements/*.txt: queries OSV for every pin, whichever platform or Python version it is for.

On its own, pip-audit would skip pins for other platforms and accepts each package only once. So it gets lists written
here, without markers and with at most one version of each package.
"""

from __future__ import annotations

import json
import re
import subprocess
import tempfile
from collections.abc import Iterable, Iterator
from pathlib import Path

from bootstrap import Environment
from errors import ProjectError
from scanners.comments import Mark, comments
from scanners.locks import Pin, pins
from scanners.tools import run, tool_error
from scanners.vulnerabilities import AuditResult

DATABASE = "OSV"
_UNREACHABLE = re.compile(
    r"ConnectionError|ConnectTimeout|ReadTimeout|NameResolution|ServiceError|HTTPError|Max retries|JSONDecodeError"
)
ACCEPTED = Mark(re.compile(r"^(?P<rules>[\w.-]+==[\w.]+).*# vulnerable(?: - (?P<reason>.+))?"), str, True)
"""A comment after a pin in an .in file that accepts its vulnerabilities, with the reason."""

Known = dict[str, list[str]]
"""name==version -> descriptions of its known vulnerabilities."""


def audit_python(root: Path, environment: Environment, url: str | None) -> list[AuditResult]:
    """Return one result for each requirements/*.txt, from OSV or from the compatible service at `url`.

    Raises ProjectError when pip-audit fails for any reason but the network.
    """
    locks = {path: [_key(pin) for pin in pins(path)] for path in sorted((root / "requirements").glob("*.txt"))}
    known: Known = {}
    for names in _one_version_each(pin for listed in locks.values() for pin in listed):
        done = _ask(root, environment, names, url)
        try:
            known |= _parsed(done)
        except (ValueError, KeyError):
            if not _UNREACHABLE.search(done.stderr):
                raise tool_error("pip-audit", done, "audit") from None
            return [
                AuditResult(_name(path), DATABASE, len(listed), unreachable="no answer")
                for path, listed in locks.items()
            ]
    return [_answer(path, listed, known) for path, listed in locks.items()]


def _ask(
    root: Path, environment: Environment, names: Iterable[str], url: str | None
) -> subprocess.CompletedProcess[str]:
    command = [str(environment.python.with_name("pip-audit")), "--no-deps", "--disable-pip", "--format", "json"]
    command += ["--progress-spinner", "off", "--vulnerability-service", "osv", *(["--osv-url", url] if url else [])]
    with tempfile.TemporaryDirectory() as folder:
        listed = Path(folder) / "pins.txt"
        listed.write_text("\n".join(names) + "\n")
        return run([*command, "--cache-dir", folder, "--requirement", str(listed)], root)


def _parsed(done: subprocess.CompletedProcess[str]) -> Known:
    """Return the vulnerabilities in pip-audit's report. Raises ValueError or KeyError when its output is not a
    report."""
    return {
        f"{one['name']}=={one['version']}": [
            f"{found['id']}, fixed in {', '.join(found['fix_versions']) or 'no version yet'}" for found in one["vulns"]
        ]
        for one in json.loads(done.stdout)["dependencies"]
    }


def _answer(path: Path, listed: list[str], known: Known) -> AuditResult:
    """Return the result for one lock file.

    Raises ProjectError for an acceptance that has no reason, or that no longer matches a vulnerability.
    """
    accepted = _accepted(path.with_suffix(".in"), known)
    found = {pin: [f"{_name(path)}: {pin}: {text}" for text in known[pin]] for pin in listed}
    left = tuple(line for pin, lines in found.items() if pin not in accepted for line in lines)
    return AuditResult(
        _name(path), DATABASE, len(listed), left, sum(len(found[pin]) for pin in accepted & found.keys())
    )


def _accepted(source: Path, known: Known) -> set[str]:
    marks = comments(_name(source), source.read_text(encoding="utf-8"), [ACCEPTED]) if source.exists() else []
    for mark in marks:
        (pin,) = mark.rules
        if not mark.reason or not known.get(pin):
            problem = "but has no known vulnerability" if mark.reason else "without a reason"
            what = f"{pin} is accepted as vulnerable, {problem}"
            raise ProjectError(f"{mark.file}:{mark.line}", what, "fix or remove the comment after the pin")
    return {pin for mark in marks for pin in mark.rules}


def _one_version_each(listed: Iterable[str]) -> Iterator[list[str]]:
    """Return lists that together hold every pin, with at most one version of a package in each list."""
    versions: dict[str, list[str]] = {}
    for pin in dict.fromkeys(listed):
        versions.setdefault(pin.partition("==")[0], []).append(pin)
    for number in range(max(map(len, versions.values()), default=0)):
        yield [of_one[number] for of_one in versions.values() if number < len(of_one)]


def _key(pin: Pin) -> str:
    """Return the pin under the name that pip-audit uses."""
    return f"{re.sub(r'[-_.]+', '-', pin.name).lower()}=={pin.version}"


def _name(path: Path) -> str:
    return f"{path.parent.name}/{path.name}"
