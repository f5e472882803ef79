"""`build.py audit`: asks databases of known vulnerabilities about every version that is pinned.

pip-audit asks OSV about requirements/*.txt, npm its registry about each package-lock.json. Both are elsewhere: where
one cannot be reached that is said, and is neither a pass nor a fail.
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
"""Exit codes; 0 says that everything was asked and nothing is known."""

HEAD = ("lock", "packages", "known vulnerabilities", "accepted")


def audit(root: Path, database: str | None, registry: str | None, say: Callable[[str], None]) -> int:
    """Asks about every lock and says what is known. Returns 0, VULNERABLE or, if none is known, OUT_OF_REACH.

    Raises UsageError for an address that is none: npm would ask its own registry instead.
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
        raise UsageError(f"audit {option}", f"{address!r} is no address", "give it whole, such as https://example.com")
