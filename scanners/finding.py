"""A scanner's findings, its report, and the folders it works in."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path

from bootstrap import Environment


@dataclass(frozen=True)
class Finding:
    """One finding. `subject` is what an acceptance names: a logical ID, or a file with its line."""

    rule: str
    subject: str
    where: str
    message: str

    def __str__(self) -> str:
        return f"{self.rule} {self.subject} ({self.where}): {self.message}"


@dataclass(frozen=True)
class Report:
    """A scanner's result. `suppressed` counts the accepted findings, `reasons` their distinct reasons."""

    version: str
    read: str
    findings: tuple[Finding, ...]
    suppressed: int = 0
    reasons: int = 0


class CannotRunError(Exception):
    """The scanner needs something that this machine does not have; the message names it."""


@dataclass(frozen=True)
class Workplace:
    """The folders that scanners read and write. root: the checkout. folder: the scanners' folder below output/."""

    root: Path
    folder: Path
    region: str
    environment: Environment
    templates: dict[str, Path] = field(default_factory=dict)
    """Variant name -> file with its template."""


Scan = Callable[[Workplace], Report]
