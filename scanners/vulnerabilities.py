"""The result of an audit for each lock file, and its presentation to the user."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass


@dataclass(frozen=True)
class AuditResult:
    """The known vulnerabilities of one lock file.

    known: one line for each vulnerability. accepted: how many more its .in file accepts with a reason. unreachable: why
    the database gave no answer; empty if it did.
    """

    lock: str
    database: str
    packages: int
    known: tuple[str, ...] = ()
    accepted: int = 0
    unreachable: str = ""


def rows(answers: Iterable[AuditResult]) -> list[tuple[str, ...]]:
    """Return the table rows of the lock files for which a database answered."""
    return [
        (one.lock, str(one.packages), str(len(one.known)), str(one.accepted)) for one in answers if not one.unreachable
    ]


def not_audited(answers: Iterable[AuditResult]) -> str:
    """Return one line naming the databases that did not answer, why, and for how many packages. Empty when all
    answered."""
    away = [one for one in answers if one.unreachable]
    reasons = {one.database: one.unreachable for one in away}
    if not away:
        return ""
    names = "; ".join(f"{database} ({reason})" for database, reason in reasons.items())
    packages = sum(one.packages for one in away)
    return f"not audited: {packages} pins in {len(away)} lock files; unreachable: {names}. Retry with network access"
