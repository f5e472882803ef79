"""`build.py audit`: checks every pinned version against databases of known vulnerabilities.

pip-audit queries OSV for requirements/*.txt, and npm queries its registry for each package-lock.json. Both need the
network: a database that cannot be reached is reported, and counts as neither a pass nor a failure.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import Path

from bootstrap import Environment
from errors import UsageError
from scanners.node_packages import Node
from scanners.npm_audit import audit_npm
from scanners.python_audit import audit_python
from scanners.run import table
from scanners.vulnerabilities import not_audited, rows

VULNERABLE, OUT_OF_REACH = 1, 3
"""Exit codes; 0 means that every database answered and no vulnerability is known."""

HEAD = ("lock", "packages", "known vulnerabilities", "accepted")


def audit(root: Path, database: str | None, registry: str | None, say: Callable[[str], None]) -> int:
    """Query the databases for every lock file and print the results.

    Return 0, VULNERABLE or, if no vulnerability is known but a database did not answer, OUT_OF_REACH.

    Raises UsageError for an invalid address, because npm would query its default registry instead.
    """
    for option, address in (("--database", database), ("--registry", registry)):
        _require_address(option, address)
    environment = Environment(root / ".venv-scan")
    environment.install("scan", say)
    node = Node.of(environment.folder)
    answers = [*audit_python(root, environment, database), *audit_npm(root, node, registry)]
    for one in (line for answer in answers for line in answer.known):
        say(f"  {one}")
    if answered := rows(answers):
        say("\n".join(table([HEAD, *answered])))
    away = not_audited(answers)
    if away:
        say(away)
    if any(answer.known for answer in answers):
        return VULNERABLE
    return OUT_OF_REACH if away else 0


def _require_address(option: str, address: str | None) -> None:
    if address is not None and not re.match(r"https?://[^/]", address):
        raise UsageError(f"audit {option}", f"{address!r} is not a URL", "pass a full URL such as https://example.com")
