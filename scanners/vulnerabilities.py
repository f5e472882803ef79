"""What is known of pinned versions: an answer for each lock, and the text that a user sees of it."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass


@dataclass(frozen=True)
class AuditResult:
    """What is known of one lock.

    known: a line for each vulnerability. accepted: how many more there are that its .in file accepts, with a reason.
    unreachable: why nothing is known; empty, when the database answered.
    """

    lock: str
    database: str
    packages: int
    known: tuple[str, ...] = ()
    accepted: int = 0
    unreachable: str = ""


def rows(answers: Iterable[AuditResult]) -> list[tuple[str, ...]]:
    """Of the locks that a database answered for."""
    return [
        (one.lock, str(one.packages), str(len(one.known)), str(one.accepted)) for one in answers if not one.unreachable
    ]


def not_audited(answers: Iterable[AuditResult]) -> str:
    """One line: which databases are out of reach, why, and for how many packages. Empty when all answered."""
    away = [one for one in answers if one.unreachable]
    reasons = {one.database: one.unreachable for one in away}
    if not away:
        return ""
    said = "; ".join(f"{database} ({reason})" for database, reason in reasons.items())
    packages = sum(one.packages for one in away)
    return f"not audited: {packages} pins in {len(away)} locks; out of reach: {said}. Try again from elsewhere"
